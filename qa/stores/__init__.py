"""Storage of documents and conversations, and search in documents."""
