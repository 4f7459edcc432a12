"""Durable jobs in Postgres: written in the transaction of the fact they follow from, run at least once.

    enqueue.py   write jobs in a transaction of the caller's    coalesce.py  for callers without one
    claim.py     take the jobs that are due, in batches         complete.py  say how they ended, in batches
    notifier.py  tell the other processes that there is work    listen.py    hear of it
    seen.py      look at jobs                                   oncall.py    act on them
    prune.py     forget what is old                             pools.py     connections with pinned plans
    renamed.py   jobs by the names that queues had before

Keys. Jobs of one key run one at a time, in the order in which they were enqueued; a job with a delay joins
the line when its time has come. A job that is claimed for the first time takes the key: a row of
`outbox_key`, whose primary key is what holds when two workers claim at once. The row goes away in the
transaction that ends the job (done, dead or dropped), so that a job which waits for another attempt, or whose
worker was killed, keeps the others of its key waiting, and nobody else's.

Nothing is ever parked: a job whose key is taken stays where it is, is passed over once by each worker's
claims (they go on from where they were, see `low_water.py`), and is moved to the end of the line when its
turn comes. Should that move get lost, the sweep finds the job where it is.

Times are those of the database's clock; the clocks of workers do not matter.
"""
