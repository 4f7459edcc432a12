"""Messages to HTTP endpoints in Postgres: a job of the outbox each, with a row beside it."""
