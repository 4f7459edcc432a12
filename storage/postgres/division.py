"""How the connections that a process may have are divided among those who use them. Pure."""

from dataclasses import dataclass

CONNECTIONS_MIN = 8
"""What a process with up to four queues needs."""
CONNECTIONS_DEFAULT = 16
"""A small plan has twenty: some are left for `mailroom migrate`, for on-call and for a person."""
CONNECTIONS_MAX = 1_000

ALONE = 3
"""The lease has two, one for each loop that renews it, and LISTEN one: nobody's work may take these."""
QUEUES_PER_CONNECTION = 4
"""Of what handlers use, there is one for so many queues at least, and one more."""
TURNS = ("work", "general", "work", "claims", "work", "general", "outcomes")
"""Who gets the next one, over and over, after each has what it cannot do without."""


@dataclass(frozen=True, slots=True)
class Division:
    """The connections of each."""

    general: int
    """Chats, webhooks, pages, on-call."""
    claims: int
    """Claims of all queues, the notifier, periodic work: short statements."""
    outcomes: int
    """What became of the jobs of all queues: short statements too."""
    work: int
    """What the handlers of all queues read and write, and the effects that they write with a job's end."""


def least(queues: int) -> int:
    """How many are enough for a process that works so many queues."""
    return ALONE + 3 + _work_min(queues)


def wanted(queues: int) -> int:
    """How many a process has that was not told: as many as there were queues for, or what is enough."""
    return max(CONNECTIONS_DEFAULT, least(queues))


def divided(connections: int, queues: int, *, working: bool = True) -> Division:
    """All but those that stand alone; in a process that works no jobs, all for what it does."""
    if not working:
        return Division(connections - ALONE - 1, claims=1, outcomes=0, work=0)
    shares = {"general": 1, "claims": 1, "outcomes": 1, "work": _work_min(queues)}
    for turn in range(connections - least(queues)):
        shares[TURNS[turn % len(TURNS)]] += 1
    return Division(**shares)


def _work_min(queues: int) -> int:
    return 1 + -(-queues // QUEUES_PER_CONNECTION)
