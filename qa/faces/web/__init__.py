"""The chat page and what is served beside it: pages of documents, and the HTTP API."""
