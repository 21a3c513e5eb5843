"""Static pages that load nothing and run no script: documents, how they were read, and reports."""
