"""Tables of every format: cells with their heads, written as sentences."""
