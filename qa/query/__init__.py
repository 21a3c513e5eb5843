"""What a question's words are taken to mean: their weights, what was meant by a typo, what else is so called."""
