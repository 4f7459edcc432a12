"""What comes in from outside: webhooks, polling, health, metrics."""
