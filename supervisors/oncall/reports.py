"""What on-call is shown: plain values, the same for the command line, the HTTP API and the page."""

from dataclasses import dataclass, field
from typing import Literal

from mailroom.storage.redis.entry import Chat

State = Literal["starting", "running", "restarting", "stopping", "stopped", "suspended", "parked", "stuck"]


@dataclass(frozen=True, slots=True)
class NodeReport:
    """One node of a process's tree. `path` is from below the root, like `chats/timers`; the root's is "".

    `restarts` counts since the process started. `error` is the last error in one line, `traceback` all of it,
    `error_ms` when it was. `next_start_ms` is there while it waits to be restarted. `details` is what the
    node tells of itself: the epoch, how many chats are in memory. `ails` says what keeps it from its work
    although it runs: the store behind it does not answer, Telegram does not know the bot.
    """

    path: str
    type: Literal["worker", "supervisor"]
    state: State
    uptime_seconds: float
    restarts: int
    strategy: str = ""
    error: str = ""
    traceback: str = ""
    error_ms: int = 0
    next_start_ms: int = 0
    ails: str = ""
    details: dict[str, str | int | float] = field(default_factory=dict)
    children: tuple["NodeReport", ...] = ()


@dataclass(frozen=True, slots=True)
class ProcessReport:
    """One process of the installation. `root` is None when it did not answer in time; `why` says so."""

    id: str
    roles: tuple[str, ...]
    pid: int
    host: str
    uptime_seconds: float
    root: NodeReport | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class ChatLine:
    """A chat in a list of many: how much waits, and for how long already. `suspended` names what holds it:
    the chat itself, its bot, or everything; empty when nothing does.
    """

    chat: Chat
    depth: int
    age_seconds: float
    suspended: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message in line. `attempts` were begun so far; `payload` is cut to what a screen holds."""

    seq: int
    order: int | None
    kind: str
    accepted_ms: int
    attempts: int
    trace: str
    expedited: bool
    payload: str


@dataclass(frozen=True, slots=True)
class ChatReport:
    """One chat: its mailbox, state, owner, and what holds it up. `actor` is what its actor says of itself
    where it is in memory (`running`: the numbers of the messages being handled; `crashes`; `last_error`).
    """

    chat: Chat
    partition: int
    depth: int
    waiting: tuple[Waiting, ...]
    state: dict[str, str]
    parked_until_ms: int
    suspended: str
    owner: str
    epoch: int
    timers: dict[str, int]
    dead_letters: int
    actor: dict[str, object]


@dataclass(frozen=True, slots=True)
class Suspension:
    """Something on-call has put aside, or that the supervisor parked because it kept crashing (`who` is
    `supervisor` then). `target` is as on-call writes it: `everything`, a bot, `bot:chat`, a path of the tree.
    """

    target: str
    who: str
    why: str
    since_ms: int


@dataclass(frozen=True, slots=True)
class Intervention:
    """A line of the audit: who did what to what, when, why, and what came of it."""

    at_ms: int
    who: str
    action: str
    target: str
    why: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an action, in a sentence for a person, and as numbers. `unfinished` counts messages or
    nodes that were still at work when the time was up; `failed` items of a bulk action that could not be
    done.
    """

    target: str
    says: str
    done: int = 1
    failed: int = 0
    unfinished: int = 0


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, and why: written to the audit with every action."""

    who: str
    why: str
