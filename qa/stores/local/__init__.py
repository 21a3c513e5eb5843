"""The default store, in one folder: SQLite, and the FAISS index that is derived from it."""
