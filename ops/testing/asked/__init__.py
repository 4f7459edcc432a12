"""A room asked without HTTP, by the code that HTTP is made of: its page, section and hooks."""
