"""Make what comes with Pincite: models, tables, and the weights of support."""
