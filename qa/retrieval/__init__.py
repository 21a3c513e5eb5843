"""A question to ranked hits, and to the sentences within them that may answer it."""
