"""Which sentences answer, how surely, or why none does."""
