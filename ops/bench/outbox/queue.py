"""What a contestant has to offer to be measured."""

import json
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Protocol

BODY = "x" * 200
"""A payload as jobs have it: a few ids and a text. All contestants carry the same."""

Handle = Callable[[float], None]
"""The no-op that handlers are: told when its job was wanted."""


class Queue(Protocol):
    """One durable queue over one database. A process either produces or works."""

    async def prepare(self) -> None:
        """Make the tables, once for a database."""

    async def open(self) -> None:
        """Get ready to enqueue."""

    async def enqueue(self, wanted_at: float) -> None:
        """Write one job; it is durable on return. Called by many at once."""

    async def enqueue_batch(self, wanted_at: Sequence[float]) -> None:
        """Write jobs in the quickest way there is for many."""

    async def work(self, handle: Handle) -> None:
        """Take jobs and call `handle` with each, until cancelled."""

    async def close(self) -> None:
        """Let go of the database."""


def make(module: str, url: str, settings: dict[str, Any]) -> Queue:
    """The queue of an adapter: its module has a class `Adapter`."""
    queue: Queue = import_module(f"mailroom.ops.bench.outbox.queues.{module}").Adapter(url, **settings)
    return queue


def payload(wanted_at: float) -> str:
    """A job's payload as JSON."""
    return json.dumps({"wanted_at": wanted_at, "body": BODY})
