"""Plain pages that load and run nothing: documents, how they were read, and reports."""
