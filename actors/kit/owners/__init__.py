"""Those who run a bot: their roles, what they do and what it is refused for, tables they send, broadcasts."""
