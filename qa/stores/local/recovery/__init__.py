"""Find out what is damaged in a library's folder, and repair it."""
