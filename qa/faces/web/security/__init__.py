"""Who may come in and how often, and what a page may load and run."""
