"""How the connections that a process may have are divided among those who use them. Pure."""

from dataclasses import dataclass

CONNECTIONS_MIN = 8
"""One for each user, and two for most of the work."""
CONNECTIONS_DEFAULT = 16
"""A small plan has twenty: some are left for `mailroom migrate`, for on-call and for a person."""
CONNECTIONS_MAX = 1_000

ALONE = 3
"""The lease has two, one for each loop that renews it, and LISTEN one: nobody's work may take these."""
TURNS = ("general", "completions", "handlers", "completions", "handlers", "claims", "general")
"""Who gets the next one, over and over, after each has got its first."""


@dataclass(frozen=True, slots=True)
class Division:
    """The connections of each."""

    general: int
    """Chats, webhooks, pages, on-call."""
    claims: int
    """Claims of all queues, the bell, periodic work: short statements."""
    completions: int
    """Outcomes of all queues, and effects that are written with them."""
    handlers: int
    """What the handlers of all queues read and write besides."""


def divided(connections: int, *, working: bool = True) -> Division:
    """All but those that stand alone; in a process that works no jobs, all for what it does."""
    shares = dict.fromkeys(Division.__slots__, 1)
    turns = TURNS if working else ("general",)
    for turn in range(connections - ALONE - len(shares)):
        shares[turns[turn % len(turns)]] += 1
    return Division(**shares)
