"""The tables of a PDF."""
