"""Calls endpoints: HTTP/1.1 over connections of our own, ten times as fast as a client for everything."""
