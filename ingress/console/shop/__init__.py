"""The shop's section of the console."""
