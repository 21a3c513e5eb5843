"""Measurements of Pincite, training of its models, and stress tests. Run from the repository's root."""
