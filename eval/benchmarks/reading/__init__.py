"""Measure the readers on known files."""
