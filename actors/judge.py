"""What becomes of work whose handler failed: one table, by whose failure it was and what the work is.

Pure: whoever runs the work asks `judge` and does what the verdict says. Where it matters whether the other
side serves the bot at all, `must_ask` says so, and the answer goes into the `Tries`.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

from mailroom.actors.owners import Owner


class Work(Enum):
    """What a handler is run for."""

    MESSAGE = "message"
    """In the box of its chat, which waits for it."""
    EXPEDITED = "expedited"
    """In the fast lane of its chat: it waits by itself."""
    ALBUM = "album"
    """All parts of a media group, as one."""
    EVENT = "event"
    """A timer, or what a job told the chat: nobody is there to be told of a failure."""
    JOB = "job"
    NOTICE = "notice"
    """A job that is one call: telling a chat something."""
    RECIPIENT = "recipient"
    """One chat of a broadcast."""


OF_CHATS = (Work.MESSAGE, Work.EXPEDITED, Work.ALBUM, Work.EVENT)
OF_JOBS = (Work.JOB, Work.NOTICE)


class Pause(Enum):
    """When it is run again."""

    BACKOFF = "its own backoff"
    OUTAGE = "1 s, doubled each time"
    HOLD = "when the other side is asked for the bot"
    TOLD = "as long as was said"
    IN_LINE = "in its place in line"
    NEXT_OWNER = "by its next owner"


Level = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of it. What is written of the chat's state is undone unless `keeps_state`; the records of
    calls that were made live as long as the work can be run again, as a dead letter too.
    """

    word: str
    """How log, metrics and stories call it."""
    level: Level
    again: Pause | None = None
    """When it is run again; None: it is over."""
    counted: bool = False
    """Whether it was one of the few attempts that it has."""
    outage: bool = False
    """Whether it counts among the outages in a row."""
    holds: bool = False
    """Whether the bot holds, until the other side knows it again."""
    keeps_state: bool = False
    dead: bool = False
    """Whether it becomes a dead letter."""
    apologises: bool = False
    """Whether the user is told that something went wrong."""
    stops_all: bool = False
    """Whether the whole broadcast is paused: nobody else should be told."""
    says: str = ""
    """What on-call reads before the error, where the word is not enough."""


# How a chat's message ends, or goes on.
HANDLED = Verdict("handled", "info", counted=True, keeps_state=True)
UNHANDLED = replace(HANDLED, word="unhandled")
REFUSED = Verdict("refused", "error", counted=True, keeps_state=True)
STOPPED = Verdict("stopped", "info", counted=True)
AGAIN = Verdict("raised", "warning", Pause.BACKOFF, counted=True)
DEAD = Verdict("dead", "error", counted=True, dead=True, apologises=True)
DEAD_UNTOLD = replace(DEAD, apologises=False)
PARKED = Verdict("parked", "warning", Pause.TOLD)
OUTAGE = Verdict("outage", "warning", Pause.OUTAGE, outage=True)
HELD = replace(OUTAGE, holds=True)
BACK = Verdict("back", "info", Pause.IN_LINE)
LEFT = Verdict("left", "warning", Pause.NEXT_OWNER, counted=True)
TAKEN_BACK = Verdict("taken back", "info", Pause.NEXT_OWNER)
RESTARTED = Verdict("restarted", "info", Pause.NEXT_OWNER, counted=True)
# How an attempt at a job does. After its last attempt the store makes a dead letter of `retry`.
RETRY = Verdict("retry", "warning", Pause.BACKOFF, counted=True)
RETRY_WHEN_TOLD = replace(RETRY, again=Pause.TOLD)
SNOOZED = Verdict("snoozed", "info", Pause.OUTAGE, outage=True, says="a store is away")
SNOOZED_HELD = Verdict("snoozed", "info", Pause.HOLD, holds=True, says="the bot holds")
GIVEN_BACK = Verdict("snoozed", "info", Pause.NEXT_OWNER, says="its worker was stopped")
REJECTED = Verdict("rejected", "error", counted=True, dead=True, says="Telegram will not deliver it")
LOST = Verdict("lost", "error")
# How telling one chat of a broadcast does.
WAITING = Verdict("waiting", "info", Pause.OUTAGE, outage=True)
WAITING_AS_TOLD = Verdict("waiting", "info", Pause.TOLD)
WAITING_HELD = replace(WAITING, holds=True)
UNKNOWN = Verdict("unknown", "info", counted=True, outage=True)
FAILED = Verdict("failed", "info", counted=True)
PAUSED = Verdict("waiting", "error", Pause.IN_LINE, stops_all=True)

TIMES_MAX = 1_000
"""For so many times in a row a store may be away from one piece of work: most of a day. After that it is the
work.
"""
DOUBTFUL_TIMES_MAX = 20
"""The same for what a handler can bring about itself."""
OUTAGES_MAX = 5
OUTAGES_SECONDS_MAX = 300.0
"""From the fifth outage of one message on, or five minutes after its first, it is asked whether there is one:
a message may be what nobody can deliver. A hold lasts as long as it lasts: only how often a message
ran into one says something of it.
"""


@dataclass(frozen=True, slots=True)
class Tries:
    """How often it was tried. `attempt` counts this one; `outages` are those in a row before it, the first of
    them `since_seconds` ago. `served`: the other side has done something else for the bot since the call that
    failed, or does when it is asked.
    """

    attempt: int = 1
    attempts_max: int = 3
    outages: int = 0
    since_seconds: float = 0.0
    served: bool = False


class Until(Enum):
    """When a rule is over: from then on the failure is the work's own."""

    LAST_ATTEMPT = "the last attempt"
    TIMES = f"{TIMES_MAX} times in a row"
    DOUBTFUL_TIMES = f"{DOUBTFUL_TIMES_MAX} times in a row"
    SERVED = f"{OUTAGES_MAX} in a row or 5 min, while it serves the bot"
    SERVED_TIMES = f"{OUTAGES_MAX} in a row, while it serves the bot"


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of it; `then` once `until` is reached, which is, if not said, what is the work's own."""

    verdict: Verdict
    until: Until | None = None
    then: Verdict | None = None


_CHATS: dict[Owner, Rule] = {
    Owner.MESSAGE: Rule(AGAIN, Until.LAST_ATTEMPT, DEAD),
    Owner.CONTENT: Rule(AGAIN, Until.LAST_ATTEMPT, DEAD),
    Owner.NOBODY: Rule(REFUSED),
    Owner.BOT: Rule(HELD, Until.SERVED_TIMES),
    Owner.OUTSIDE: Rule(OUTAGE, Until.SERVED),
    Owner.UNREACHED: Rule(OUTAGE, Until.SERVED),
    Owner.WAIT: Rule(PARKED),
    Owner.US: Rule(OUTAGE, Until.TIMES),
    # Somebody waits for the answer: they are told soon.
    Owner.PERHAPS_US: Rule(AGAIN, Until.LAST_ATTEMPT, DEAD),
    Owner.TAKEN: Rule(LEFT),
    Owner.LEAVING: Rule(TAKEN_BACK),
    Owner.ON_CALL: Rule(RESTARTED),
    Owner.STOPPED: Rule(STOPPED),
    Owner.LINE: Rule(BACK),
}
_IN_LINE: dict[Owner, Rule] = {owner: rule for owner, rule in _CHATS.items() if owner is not Owner.LINE}
_UNTOLD = Rule(AGAIN, Until.LAST_ATTEMPT, DEAD_UNTOLD)
_EVENTS: dict[Owner, Rule] = {
    owner: _UNTOLD if rule.then is DEAD else rule for owner, rule in _IN_LINE.items()
}
_JOBS: dict[Owner, Rule] = {
    Owner.MESSAGE: Rule(RETRY),
    Owner.CONTENT: Rule(RETRY),
    Owner.NOBODY: Rule(RETRY),
    Owner.BOT: Rule(SNOOZED_HELD),
    # A job has attempts for hours, and nobody stands behind it: whoever was asked was asked.
    Owner.OUTSIDE: Rule(RETRY),
    Owner.UNREACHED: Rule(RETRY),
    Owner.WAIT: Rule(RETRY_WHEN_TOLD),
    Owner.US: Rule(SNOOZED, Until.TIMES),
    Owner.PERHAPS_US: Rule(SNOOZED, Until.DOUBTFUL_TIMES),
    Owner.TAKEN: Rule(LOST),
    Owner.LEAVING: Rule(GIVEN_BACK),
}
_WILL_NOT: dict[Owner, Rule] = dict.fromkeys((Owner.MESSAGE, Owner.CONTENT, Owner.NOBODY), Rule(REJECTED))
_RECIPIENTS: dict[Owner, Rule] = {
    Owner.MESSAGE: Rule(FAILED),
    Owner.CONTENT: Rule(PAUSED),
    Owner.NOBODY: Rule(FAILED),
    Owner.BOT: Rule(WAITING_HELD),
    # No provider of ours takes an idempotency key for a message: nobody is told twice.
    Owner.OUTSIDE: Rule(UNKNOWN),
    Owner.UNREACHED: Rule(WAITING),
    Owner.WAIT: Rule(WAITING_AS_TOLD),
    Owner.US: Rule(WAITING),
}
TABLE: dict[Work, dict[Owner, Rule]] = {
    Work.MESSAGE: _IN_LINE,
    Work.EXPEDITED: _CHATS,
    Work.ALBUM: _IN_LINE,
    Work.EVENT: _EVENTS,
    Work.JOB: _JOBS,
    Work.NOTICE: _JOBS | _WILL_NOT,
    Work.RECIPIENT: _RECIPIENTS,
}


def judge(owner: Owner, work: Work, tries: Tries = Tries()) -> Verdict:
    """What becomes of work after a failure of this owner."""
    rule = TABLE[work][owner]
    if not (_is_reached(rule.until, tries) and (tries.served or not must_ask(owner, work, tries))):
        return rule.verdict
    return rule.then or judge(Owner.MESSAGE, work, tries)


def must_ask(owner: Owner, work: Work, tries: Tries) -> bool:
    """Whether the verdict depends on what the other side does for the bot besides: `Tries.served`."""
    until = TABLE[work][owner].until
    return until in (Until.SERVED, Until.SERVED_TIMES) and _is_reached(until, tries)


def pause_seconds(
    pause: Pause, tries: Tries, *, told: float = 0.0, first: float = 1.0, most: float = 60.0
) -> float:
    """How long the pause is; `first` and `most` are those of the work's own backoff."""
    match pause:
        case Pause.TOLD:
            return told
        case Pause.BACKOFF:
            return min(first * 2.0 ** (tries.attempt - 1), most)
        case Pause.OUTAGE:
            return min(2.0 ** min(tries.outages, DOUBLINGS_MAX), most)
    return 0.0


DOUBLINGS_MAX = 16
"""Past any longest pause."""


def _is_reached(until: Until | None, tries: Tries) -> bool:
    again = tries.outages + 1
    match until:
        case Until.LAST_ATTEMPT:
            return tries.attempt >= tries.attempts_max
        case Until.TIMES:
            return again > TIMES_MAX
        case Until.DOUBTFUL_TIMES:
            return again > DOUBTFUL_TIMES_MAX
        case Until.SERVED:
            return again >= OUTAGES_MAX or tries.since_seconds >= OUTAGES_SECONDS_MAX
        case Until.SERVED_TIMES:
            return again >= OUTAGES_MAX
    return False
