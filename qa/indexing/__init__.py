"""Files to stored documents: find, read, cut, encode, store."""
