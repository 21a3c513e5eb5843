"""Text recognition for pages that hold no text."""
