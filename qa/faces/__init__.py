"""User interfaces and APIs: the command line, the page, HTTP, MCP, other frameworks."""
