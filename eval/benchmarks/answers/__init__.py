"""How well Pincite finds and answers."""
