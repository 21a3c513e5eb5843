"""The chat page: its components, what happens in a conversation, and the documents beside it."""
