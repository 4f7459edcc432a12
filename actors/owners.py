"""Whose a failure is. Each channel, and our stores, bring a table of what they raise; what follows from whose
it is, is said in `judge.py` for all of them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Owner(Enum):
    """Whose business a failure is."""

    MESSAGE = "message"
    """The message's or the job's own, or its handler's."""
    CONTENT = "content"
    """What was to be said: the other side would take it from nobody, for nobody."""
    NOBODY = "nobody"
    """A refusal that stays as it is (blocked, chat not found)."""
    BOT = "bot"
    """The other side does not know the bot."""
    OUTSIDE = "outside"
    """The other side, or what stands before it, did not answer readably: the call may have been made."""
    UNREACHED = "unreached"
    """Nobody took the call: it was not made."""
    WAIT = "wait"
    """The other side said how long to wait."""
    US = "us"
    """Our stores: nothing that a handler brings about by itself."""
    PERHAPS_US = "perhaps us"
    """Our stores, or what a handler asks of them: a statement that takes too long, say."""
    TAKEN = "taken"
    """It is not ours any more: another owner has taken over."""
    LEAVING = "leaving"
    """We break it off ourselves, because we end or hand over."""
    ON_CALL = "on call"
    """On-call restarts the chat in the middle of it."""
    STOPPED = "stopped"
    """An urgent handler of the same chat has had it stopped."""
    LINE = "line"
    """It was taken for urgent, and a handler wins that is not."""


HEAVIEST_FIRST = (
    Owner.TAKEN, Owner.LINE, Owner.US, Owner.WAIT, Owner.BOT, Owner.OUTSIDE, Owner.UNREACHED,
    Owner.PERHAPS_US, Owner.MESSAGE, Owner.CONTENT, Owner.NOBODY,
)  # fmt: skip
"""Of several failures at once, in a task group or an album, which one decides: what is to be run again in any
case comes before what is over.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """What is raised, and whose it is. `only` narrows it by what the error says; `told` gives the seconds
    that it asks to wait.
    """

    raised: type[BaseException]
    owner: Owner
    only: Callable[[Any], bool] | None = None
    told: Callable[[Any], float] | None = None


_ANYTHING_ELSE = Row(BaseException, Owner.MESSAGE)


@dataclass(frozen=True, slots=True)
class Fault:
    """Whose a failure is, the error that says so, and how many seconds it asks to wait."""

    owner: Owner
    error: BaseException
    told_seconds: float = 0.0


def row_in(rows: Sequence[Row], error: BaseException) -> Row:
    """The first row that fits this error. What fits none is the message's own."""
    return next((row for row in rows if _fits(row, error)), _ANYTHING_ELSE)


def fault_in(rows: Sequence[Row], error: BaseException) -> Fault:
    """Whose this error is; of a group of errors, the one that decides."""
    if isinstance(error, BaseExceptionGroup):
        return heaviest(fault_in(rows, one) for one in error.exceptions)
    row = row_in(rows, error)
    return Fault(row.owner, error, row.told(error) if row.told else 0.0)


def heaviest(faults: Iterable[Fault]) -> Fault:
    """The one of several that decides about all: of several waits the longest."""
    return min(faults, key=lambda one: (HEAVIEST_FIRST.index(one.owner), -one.told_seconds))


def _fits(row: Row, error: BaseException) -> bool:
    try:
        return isinstance(error, row.raised) and (row.only is None or row.only(error))
    except Exception:
        return False  # an error need not let itself be looked at
