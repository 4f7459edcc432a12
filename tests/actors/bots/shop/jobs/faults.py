"""A fault at any one step of the jobs of one payment: before the step, or after it and before its answer.

A step is whatever leaves the process from inside of a job's handler: a statement, the begin and the end of a
transaction, a call of the provider, an event into a chat. Jobs of one payment know each other by their trace,
so that hundreds of payments can each have their own fault in one run.
"""

from collections import Counter
from contextvars import ContextVar
from functools import wraps

import asyncpg.connection
import asyncpg.pool

from mailroom.actors.jobs import worker
from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.ops.testing.opened import queues

STATEMENTS = ("execute", "fetch", "fetchrow", "fetchval")
_trace: ContextVar[str | None] = ContextVar("trace", default=None)


class CrashedError(Exception):
    """What the test did."""


class Faults:
    """`plan` says by trace at which step, counted from 1, and whether before it or after it."""

    def __init__(self):
        self.plan = {}
        self.steps = Counter()
        self.struck = set()

    def install(self, monkeypatch, provider):
        """Around all steps there are, for as long as the test lasts."""
        attempt = worker.attempt

        async def traced(handlers, context):
            token = _trace.set(context.trace)
            try:
                return await attempt(handlers, context)
            finally:
                _trace.reset(token)

        for module in (worker, queues):
            monkeypatch.setattr(module, "attempt", traced)
        for name in STATEMENTS:
            self._wrap(monkeypatch, asyncpg.pool.PoolConnectionProxy, name)
        # What a transaction says goes to the connection itself.
        self._wrap(monkeypatch, asyncpg.connection.Connection, "execute")
        self._wrap(monkeypatch, ChatSender, "put")
        for name in ("fetch", "refund"):
            self._wrap(monkeypatch, type(provider), name)

    def _wrap(self, monkeypatch, kind, name):
        call = getattr(kind, name)

        @wraps(call)
        async def step(*args, **options):
            trace = _trace.get()
            if trace is None:
                return await call(*args, **options)
            self.steps[trace] += 1
            here = (self.steps[trace], self.plan.get(trace))
            self._strike(trace, here, "before")
            result = await call(*args, **options)
            self._strike(trace, here, "after")
            return result

        monkeypatch.setattr(kind, name, step)

    def _strike(self, trace, here, when):
        number, planned = here
        if planned == (number, when) and trace not in self.struck:
            self.struck.add(trace)
            raise CrashedError(f"{when} step {number}")
