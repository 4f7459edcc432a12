"""What needs on-call, as a list that begins with what needs it most: plain values, the same for all
interfaces.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "store",
    "process",
    "worker",
    "restored",
    "parked",
    "part",
    "chats",
    "payments",
    "dead_jobs",
    "dead_letters",
    "queues",
    "periodic",
    "unseen",
    "suspensions",
]
"""In the order of need: what stands still for everybody, then for some, then what on-call did itself.
`unseen` is what could not be looked at.
"""
Level = Literal["act", "look", "know"]
"""act: users or money suffer until somebody does something. look: it may come to that. know: on-call's own
doing, and chats that have only just begun to wait.
"""
KINDS: tuple[Kind, ...] = get_args(Kind)
THINGS_MAX = 5
"""Things named in one line; the others are a number, and stand where it leads to."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that is meant. `at` is where it is looked at: `chat/shop:1`, `job/job:5`, `process/ID`,
    `node/ID/chats/timers` (or `node//…` for all processes), `queue/shop.payment`,
    `work/payment.reconcile`, the name of a list, or nothing. `why` is what is known of it.
    """

    name: str
    at: str = ""
    why: str = ""
    since_ms: int = 0


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that needs on-call: what it is, what is to be done about it, and the command that looks at it
    or ends it. `number` counts all of them, `things` names the first few.
    """

    kind: Kind
    level: Level
    says: str
    todo: str
    command: str = ""
    number: int = 1
    things: tuple[Thing, ...] = ()


def about(
    kind: Kind, level: Level, says: str, todo: str, command: str, things: Sequence[Thing], number: int = 0
) -> Concern:
    """What is wrong with these things: all of them are counted, or so many, and the first few are named."""
    return Concern(kind, level, says, todo, command, number or len(things), tuple(things[:THINGS_MAX]))


def in_order(concerns: Iterable[Concern]) -> list[Concern]:
    """What needs on-call most comes first."""
    return sorted(concerns, key=lambda one: KINDS.index(one.kind))
