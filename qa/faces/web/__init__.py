"""The chat page, the pages of documents, and the HTTP API."""
