"""What bots' own code is called for: counted and timed, whoever the bot and wherever it is called from.

Each kind of callback has its time; each of them by its name, which a program gives it, how often it was
called, how that ended and how long it took in all. No label grows with what people do.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Literal, ParamSpec, TypeVar

from prometheus_client import Counter, Histogram

from mailroom.actors.metrics import child
from mailroom.actors.pages.answer import Problem
from mailroom.storage.postgres.outbox.outcome import Rejected, Retry, Snoozed

Kind = Literal[
    "answers",
    "job",
    "ask",
    "live",
    "hook",
    "purpose",
    "roles",
    "forget",
    "prepare",
    "measure",
    "restored",
    "whose",
]

SECONDS = Histogram(
    "mailroom_callback_seconds",
    "How long a bot's own code took, by what it was called for",
    ["bot", "callback"],
    buckets=(0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
CALLS = Counter(
    "mailroom_callbacks_total",
    "Calls of a bot's own code that have ended, by what for and how",
    ["bot", "callback", "name", "outcome"],
)
SPENT = Counter(
    "mailroom_callback_spent_seconds_total",
    "How long a bot's own code took in all, by what it was called for",
    ["bot", "callback", "name"],
)
OUTCOMES = {Retry: "retry", Rejected: "rejected", Snoozed: "snoozed"}
"""Of jobs, besides `done`."""


class ExitError(Exception):
    """A bot's code called `sys.exit`, as if it were a script: it cannot end the process that serves all."""


P = ParamSpec("P")
T = TypeVar("T")


async def counted(bot: str, kind: Kind, name: str, call: Awaitable[T]) -> T:
    """What the call gives or raises. It has ended `done`, with a `problem` that it answers, as a job does, or
    was `cut`; anything else that it has `raised` is its mistake, or a store's.
    """
    began, outcome = time.perf_counter(), "raised"
    try:
        result = await call
        outcome = OUTCOMES.get(type(result), "done")
    except Problem:
        outcome = "problem"
        raise
    except asyncio.CancelledError:
        outcome = "cut"
        raise
    except SystemExit as error:
        raise ExitError(f"it called sys.exit({error.code!r})") from error
    finally:
        seconds = time.perf_counter() - began
        child(SECONDS, bot, kind).observe(seconds)
        child(CALLS, bot, kind, name, outcome).inc()
        child(SPENT, bot, kind, name).inc(seconds)
    return result


def counting(
    bot: str, kind: Kind, name: str, function: Callable[P, Awaitable[T]]
) -> Callable[P, Awaitable[T]]:
    """The same function, which counts."""

    async def called(*args: P.args, **kwargs: P.kwargs) -> T:
        return await counted(bot, kind, name, function(*args, **kwargs))

    return called
