"""Who waits for whom: an actor that would wait for itself gets an error at once, instead of a deadlock.

An actor handles one message at a time. While its handler awaits an answer it handles nothing, so waits form a
graph, and a circle in it (A asks B, whose handler asks A) would sleep for ever. Each await of an answer draws
an edge and first looks whether its own actor can be reached from the target. That also catches circles of
unrelated messages, which a chain passed along with each message would not see.
"""

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from mailroom.actors.runtime.inbox import Inbox


class Waiter(Protocol):
    """The reference of an actor that waits, or is waited for: its inbox is its node in the graph."""

    actor_inbox: Inbox


class ReentrancyError(RuntimeError):
    """An actor asked itself, directly or through others, and awaited the answer: that answer cannot come.

    Use `tell` to send yourself work for later, or call the method directly.
    """


current_actor: contextvars.ContextVar[Waiter | None] = contextvars.ContextVar("current_actor", default=None)
"""The actor whose code runs here: set once in the actor's task, inherited by what its handlers start."""


@contextmanager
def waiting_for(asker: Waiter, asked: Waiter) -> Iterator[None]:
    """Hold an edge of the graph; raise ReentrancyError if it would close a circle."""
    refuse_circle(asker, asked)
    inbox = asker.actor_inbox
    inbox.waits_for += (asked.actor_inbox,)
    try:
        yield
    finally:
        edges = list(inbox.waits_for)
        edges.remove(asked.actor_inbox)
        inbox.waits_for = tuple(edges)


def refuse_circle(asker: Waiter, asked: Waiter) -> None:
    """Raise ReentrancyError if the asked actor waits for the asker, or is the asker."""
    if _waits_for(asked.actor_inbox, asker.actor_inbox):
        raise ReentrancyError(f"{asker} would wait for {asked}, which itself waits for {asker} to finish")


def _waits_for(start: Inbox, wanted: Inbox) -> bool:
    seen = set()
    to_visit = [start]
    while to_visit:
        inbox = to_visit.pop()
        if inbox is wanted:
            return True
        if inbox not in seen:
            seen.add(inbox)
            to_visit.extend(inbox.waits_for)
    return False
