"""Code shared by tests and the measurements of eval/: simple models, made files, a running page."""
