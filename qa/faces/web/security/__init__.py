"""Who may come in, how often, and what a page may load and run."""
