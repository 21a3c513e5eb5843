"""What the readers make of known files."""
