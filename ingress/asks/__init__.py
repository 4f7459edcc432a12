"""What rooms are asked over HTTP: the part that is the same for a page, a link and the console."""
