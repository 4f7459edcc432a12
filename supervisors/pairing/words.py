"""What on-call reads about stores that do not fit together."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from mailroom.actors.providers.payments import MINOR_DIGITS, MINOR_DIGITS_DEFAULT
from mailroom.storage.postgres.lost_payments import LostSum
from mailroom.supervisors.pairing.judgement import Found, What

SHOW_GO = "`mailroom restored --show / --go`"
UNITS_SECONDS = {"d": 86_400, "h": 3600, "min": 60}


def refusal(what: What, found: Found) -> str:
    """Why a process does not start with these stores."""
    if what == "foreign" and found.redis is not None:
        return belongs_to(found.redis.id, found.postgres.id)
    return (
        "REDIS_URL: there are chats in this Redis, and nothing says whose they are, while the database of"
        f" DATABASE_URL (installation {found.postgres.id}) has been used with a Redis that does say so. Give"
        " it its own Redis, or an empty one. If this is its own, from a backup or a version that did not say"
        " so yet: `mailroom installation join`."
    )


def belongs_to(owner: str, ours: str) -> str:
    """A Redis of another installation."""
    return (
        f"REDIS_URL: this Redis belongs to installation {owner}, and the database of DATABASE_URL to {ours}."
        " Give each its own. If the database was restored from a backup made before it had that name, or is"
        f" new in the place of one that was lost: `mailroom installation new --name {owner}`, and it goes on"
        " as a restored one."
    )


EMPTIED = (
    "Redis is empty: messages not yet answered, timers and dialogue states are gone; orders and jobs are"
    " complete"
)


def behind(seconds: float | None) -> str:
    """Redis has lost its last seconds, or was restored."""
    if seconds is None:
        return "Redis went back: messages of that time may be answered twice or not at all"
    return (
        f"Redis went back by {length(seconds)}: messages of these {length(seconds)} may be answered twice or"
        " not at all"
    )


def went_back(back_to_ms: int | None, seconds: float | None) -> str:
    """Postgres was restored."""
    if back_to_ms is None or seconds is None:
        return "Postgres went back to before its first start with this Redis"
    return f"Postgres went back to {moment(back_to_ms)} ({length(seconds)})"


def both_went_back(back_to_ms: int) -> str:
    """Both stores were restored from one night: only a gateway tells of it."""
    return f"Both stores went back, to {moment(back_to_ms)} or before"


def story(held: object, asked: Mapping[str, str], sums: Sequence[LostSum]) -> str:
    """Why nothing acts, in a sentence: what went back, which payments are unknown here, who cannot say so.
    `asked` says of each gateway whether it was `listed`, was `not_yet` or is `impossible` to ask.
    """
    parts = [str(held)]
    for currency in sorted({one.currency for one in sums}):
        of_it = [one for one in sums if one.currency == currency]
        count, minor = sum(one.payments for one in of_it), sum(one.amount_minor for one in of_it)
        parts.append(f"{count} payment{'s' * (count != 1)} of {money(minor, currency)} unknown here")
    for state, says in (("impossible", "cannot be asked"), ("not_yet", "was not asked yet")):
        if names := [name for name, one in asked.items() if one == state]:
            parts.append(f"{', '.join(names)} {says}")
    return "; ".join([*parts, SHOW_GO])


def money(minor: int, currency: str) -> str:
    """A sum for people: 14 300 ₽."""
    digits = MINOR_DIGITS.get(currency, MINOR_DIGITS_DEFAULT)
    whole, rest = divmod(minor, 10**digits)
    number = f"{whole:,}".replace(",", " ") + (f".{rest:0{digits}d}" if rest else "")
    return f"{number} {'₽' if currency == 'RUB' else currency}"


def length(seconds: float) -> str:
    """A length of time in its largest unit: 12 h."""
    for unit, size in UNITS_SECONDS.items():
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def moment(at_ms: int) -> str:
    """A moment, to the minute: 29 Nov 03:00."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"{at.day} {at:%b %H:%M} UTC"
