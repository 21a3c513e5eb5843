"""What several tests share, and measurements of eval/ too: models by hand, made files, a page that runs."""
