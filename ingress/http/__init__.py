"""HTTP/1.1 as it comes in: connections, heads and bodies, read strictly and within limits."""
