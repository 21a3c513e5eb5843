"""What people and programs see: the command line, the page, HTTP, MCP, other frameworks."""
