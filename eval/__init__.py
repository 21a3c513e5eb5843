"""Measurements of Pincite, the making of its models, and what tries to break it. Run from the repository's root."""
