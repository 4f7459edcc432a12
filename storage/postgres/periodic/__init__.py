"""Periodic work in Postgres: a name, a schedule, and the time of the next run, which survives every restart.

    schedule.py   when the next run is, given the last      works.py   whose turn it is, for one process only

A run is nothing but a job in the outbox, written in the transaction that moves the next run: it is enqueued
once, and what happens to it then is the business of its queue.
"""
