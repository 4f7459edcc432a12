"""Tables as owners send them, read into rows, with what is wrong line by line. Pure."""
