"""The models: an encoder, a reranker and a reader of passages."""
