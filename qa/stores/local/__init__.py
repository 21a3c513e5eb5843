"""The default store, in one folder: SQLite, and a FAISS index derived from it."""
