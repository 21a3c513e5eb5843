"""Pages of a PDF as they are printed, with a quote's words highlighted on them."""
