"""One adapter for each contestant; nothing but the child processes imports them."""
