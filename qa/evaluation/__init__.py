"""Question sets: drafting them, checking them, and measuring the library on them."""
