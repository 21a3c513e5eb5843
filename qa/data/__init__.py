"""Tables that come with Pincite."""
