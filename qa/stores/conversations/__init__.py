"""Stored conversations: one SQLite file beside a library."""
