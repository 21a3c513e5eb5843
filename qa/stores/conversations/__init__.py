"""Conversations that are kept: one SQLite file beside a library."""
