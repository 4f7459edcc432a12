"""The service as one tree of supervision, on one page: started from top to bottom, stopped from bottom to
top.

What a child is made of is given by whoever puts the process together (`ops/parts.py`); where it stands,
what falls with it and how often it may fall is said here. `mailroom tree` shows it as it runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailroom.supervisors.otp.child import Start
from mailroom.supervisors.otp.spec import Backoff, ChildSpec, SupervisorSpec

QUICK = Backoff(min_seconds=0.1, max_seconds=5.0)
"""For our own parts: what ails them is over soon, or is a fault that on-call must see."""
PATIENT = Backoff(min_seconds=1.0, max_seconds=60.0)
"""For what depends on others: Telegram may be away for minutes."""
PATIENT_RESTARTS_MAX = 10
"""More than PATIENT's pauses let fall into a minute: whoever has it is never put aside, only tried more and
more rarely. For a bot's line to Telegram, which must come back by itself whatever was wrong.
"""
DRAIN_SECONDS = 20.0
"""Handlers get the policy's 10 s to finish, then are cancelled; this is when we stop believing in them."""
CLOSING_SECONDS = 10.0
"""How long a bot's shutdown hooks, or requests in progress, may take."""
BESIDE_QUEUES = frozenset({"ears", "periodic", "prune", "moving"})
"""The parts of the outbox that are no queues: those finish what they have in hand when they are asked to
stop, as broadcasts do.
"""


@dataclass(frozen=True, slots=True)
class Chats:
    """The parts of a process that works the chats."""

    lease: Start
    bots: Mapping[str, Start]
    actors: Start
    sweep: Start
    timers: Start
    arrivals: Start
    """Word from other processes that take messages in: a `web`, or an `up` that stands by."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one process. A `web` process has no chats, a `worker` no listener."""

    postgres: Start
    redis: Start
    pair: Start
    """Whether the two fit together."""
    oncall: Start
    gauges: Start
    listener: Start | None = None
    metrics: Start | None = None
    """A listener for metrics alone, where there is no other."""
    chats: Chats | None = None
    jobs: Mapping[str, Start] = field(default_factory=dict)
    """The queues of the outbox, and what works beside them."""
    holds: Mapping[str, Start] = field(default_factory=dict)
    """What brings a bot back that Telegram does not know, by bot."""
    telegram: Mapping[str, Start] = field(default_factory=dict)


def tree(parts: Parts) -> SupervisorSpec:
    """The whole process. When its root gives up, the process ends, and the platform starts another."""
    children = [
        # The connections heal by themselves; here they can be looked at and opened anew.
        ChildSpec("stores", supervise=_each(_stores(parts), QUICK)),
        ChildSpec("oncall", parts.oncall),
        ChildSpec("gauges", parts.gauges),
    ]
    if parts.listener:
        children.append(ChildSpec("listener", parts.listener, traps_exit=True, shutdown=CLOSING_SECONDS))
    if parts.metrics:
        children.append(ChildSpec("metrics", parts.metrics))
    if parts.holds:
        # Outside of the chats' lease: jobs find out too that Telegram does not know a bot.
        children.append(ChildSpec("holds", supervise=_each(parts.holds, QUICK)))
    if parts.jobs:
        # Before the chats, for whose lease a process may have to wait: every worker works the queues, and
        # what a job says to a chat waits in its mailbox. One queue that cannot work is parked alone.
        queues = SupervisorSpec(
            tuple(
                ChildSpec(name, part, traps_exit=name not in BESIDE_QUEUES, shutdown=CLOSING_SECONDS + 2)
                for name, part in parts.jobs.items()
            ),
            intensity=5, period=60, backoff=PATIENT, give_up="park",
        )  # fmt: skip
        children.append(ChildSpec("jobs", supervise=queues))
    if parts.chats:
        children.append(ChildSpec("chats", supervise=_chats(parts.chats)))
    if parts.telegram:
        # Last, so that it stops first: no more is let in while the chats finish what they have.
        lines = SupervisorSpec(
            tuple(ChildSpec(name, line, traps_exit=True) for name, line in parts.telegram.items()),
            intensity=PATIENT_RESTARTS_MAX, period=60, backoff=PATIENT, give_up="park",
        )  # fmt: skip
        children.append(ChildSpec("telegram", supervise=lines))
    return SupervisorSpec(tuple(children), strategy="one_for_one", intensity=3, period=300, backoff=QUICK)


def _chats(chats: Chats) -> SupervisorSpec:
    """The lease, and all that may only be done by its holder: when it is lost, everything below
    starts anew.
    """
    bots = SupervisorSpec(
        tuple(
            ChildSpec(name, bot, traps_exit=True, shutdown=CLOSING_SECONDS)
            for name, bot in chats.bots.items()
        ),
        intensity=5, period=60, backoff=PATIENT, give_up="park",
    )  # fmt: skip
    work = {"sweep": chats.sweep, "timers": chats.timers, "arrivals": chats.arrivals}
    return SupervisorSpec(
        (
            ChildSpec("lease", chats.lease),
            ChildSpec("bots", supervise=bots),
            ChildSpec("actors", chats.actors, traps_exit=True, shutdown=DRAIN_SECONDS),
            ChildSpec("work", supervise=_each(work, QUICK)),
        ),
        strategy="rest_for_one", intensity=5, period=60, backoff=QUICK,
    )  # fmt: skip


def _stores(parts: Parts) -> dict[str, Start]:
    return {"postgres": parts.postgres, "redis": parts.redis, "pair": parts.pair}


def _each(parts: Mapping[str, Start], backoff: Backoff) -> SupervisorSpec:
    """Parts that do not depend on each other."""
    children = tuple(ChildSpec(name, start) for name, start in parts.items())
    return SupervisorSpec(children, strategy="one_for_one", intensity=5, period=60, backoff=backoff)
