"""A company that carries mail and SMS: what it carries arrives on its own page."""
