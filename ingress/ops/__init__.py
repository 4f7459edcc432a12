"""`/ops`: what on-call can see and do, as JSON, and who is let in."""
