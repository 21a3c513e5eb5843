"""Print the figures that the documents quote."""
