"""Question sets to measures to reports: how well a library answers, and why not."""
