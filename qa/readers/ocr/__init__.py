"""Text recognition for pages without text."""
