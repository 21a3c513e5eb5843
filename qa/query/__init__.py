"""What a question's words are taken to mean: how telling each is, what was meant by a typo, what else is so called."""
