"""`outbox`: our durable jobs beside PgQueuer, procrastinate and DBOS, on one Postgres, in one run.

    bench.py        all measures, in turns, and their figures    measures/   what is measured, a file each
    contestants.py  who takes part, with which settings          plan.py     how much of it, and how quick
    entrant.py      a contestant with a database of its own      peers.py    the libraries of the others
    remote.py       a process of a contestant, seen from here    part.py     the same, seen from within
    queues/         an adapter for each                          queue.py    what an adapter has to offer

The benchmark itself neither enqueues nor works: every contestant has a producer and a worker of its own, in
processes of their own, which are started and told what to do in the same words. A job carries the time at
which it was wanted, by the clock that all processes of a machine share, and its handler does nothing but note
its own.
"""
