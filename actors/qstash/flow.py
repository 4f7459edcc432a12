"""How many messages of one key may be on their way at once, and how many may start in a period."""

from dataclasses import dataclass

from mailroom.actors.qstash.durations import seconds_of
from mailroom.actors.qstash.refusal import RefusalError

WEEK_SECONDS = 7 * 86_400
PERIOD_SECONDS_DEFAULT = 1
LIMIT_MAX = 1_000_000
KEY_CHARS_MAX = 400
PARTS = ("parallelism", "rate", "period")


@dataclass(frozen=True, slots=True)
class FlowControl:
    """The limits of a key over all addresses; None: no limit of this kind."""

    key: str
    parallelism: int | None
    rate: int | None
    period_seconds: int = PERIOD_SECONDS_DEFAULT


def flow_control(key: str | None, value: str | None) -> FlowControl | None:
    """Read `Upstash-Flow-Control-Key` and `-Value`. Raises `RefusalError`."""
    if key is None and value is None:
        return None
    if key is None or value is None:
        missing = "Key" if key is None else "Value"
        raise RefusalError(f"Upstash-Flow-Control-{missing} is missing: a key and its value go together")
    if len(key) > KEY_CHARS_MAX:
        raise RefusalError(f"Upstash-Flow-Control-Key has at most {KEY_CHARS_MAX} characters")
    said = _parts(value)
    parallelism, rate = _limit("parallelism", said), _limit("rate", said)
    if parallelism is None and rate is None:
        raise RefusalError("Upstash-Flow-Control-Value must say parallelism, rate or both")
    period = said.get("period")
    return FlowControl(
        key, parallelism, rate, PERIOD_SECONDS_DEFAULT if period is None else period_of(period)
    )


def period_of(text: str) -> int:
    """The seconds of a period, which may be a plain number of them. Raises `RefusalError`."""
    seconds = seconds_of("the period", f"{text}s" if text.isdigit() else text, most=WEEK_SECONDS)
    if not seconds:
        raise RefusalError("the period must be at least 1s")
    return seconds


def limit_of(what: str, text: str) -> int:
    """A parallelism or a rate. Raises `RefusalError`."""
    if (
        not (text.isascii() and text.isdigit())
        or len(text) > len(str(LIMIT_MAX))
        or not 0 < int(text) <= LIMIT_MAX
    ):
        raise RefusalError(f"the {what} must be a number from 1 to {LIMIT_MAX}, not {text[:40]!r}")
    return int(text)


def _parts(value: str) -> dict[str, str]:
    said: dict[str, str] = {}
    for part in filter(None, (one.strip() for one in value.split(","))):
        name, _, text = (one.strip() for one in part.partition("="))
        if name not in PARTS or not text or name in said:
            raise RefusalError(
                "Upstash-Flow-Control-Value must be like parallelism=5, rate=10, period=1m;"
                f" it has {part[:40]!r}"
            )
        said[name] = text
    return said


def _limit(what: str, said: dict[str, str]) -> int | None:
    return limit_of(what, said[what]) if what in said else None
