"""The page: hostile text, many users, no network, every state."""
