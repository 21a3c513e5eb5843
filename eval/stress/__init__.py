"""Try to break Pincite."""
