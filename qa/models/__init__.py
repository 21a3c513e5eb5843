"""The models: an encoder and a reader of passages."""
