"""From question sets to measures and reports: how well a library answers, and where it fails."""
