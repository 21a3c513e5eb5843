"""The readers: hostile and random files."""
