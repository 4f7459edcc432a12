"""Durable jobs at work: what takes them from the outbox, runs their handlers, and writes down how it ended.

    handlers.py   the jobs of a queue by name, and their payloads    context.py    what a handler is given
    run.py        one attempt, whatever happens in it                chat_sender.py  a message into a chat
    worker.py     one queue: claim, run, complete                    limits.py     how much of it at once
    held.py       attempts in progress, and their leases             deadlines.py  the ends of their time
    writer.py     outcomes, in batches
    outage.py     waiting for Postgres                               report.py     log line and metrics
    actor.py      the worker as an actor in the tree                 depth.py      the queues' backlog
    queue.py      a queue that each bot has for itself               kind.py       a kind of job, a value

A job runs at least once. Its effect takes place at most once if the handler sees to it, by one of three ways:
rows of our database are written in `context.ending()`, outside systems are given `context.idempotency_key`,
and a message into a chat (`context.put_event`) is deduplicated by its mailbox.
"""
