"""Where documents and conversations are kept, and documents are searched."""
