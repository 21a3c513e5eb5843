"""Find damage in a library's folder, and repair it."""
