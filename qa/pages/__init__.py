"""Pages of a PDF as printed, with a quote's words highlighted."""
