"""`/console`: the page on-call works with."""
