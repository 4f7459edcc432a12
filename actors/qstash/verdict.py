"""What an attempt means for a message: delivered, tried again later, or failed."""

from dataclasses import dataclass
from datetime import datetime

from mailroom.actors.qstash.backoff import seconds_before
from mailroom.actors.qstash.client.answer import Answer, CallError
from mailroom.actors.qstash.config import Config
from mailroom.storage.postgres.qstash.ending import State

NEVER_AGAIN_STATUS = 489
NEVER_AGAIN = ("upstash-nonretryable-error", "true")
"""With that status this header says that trying again is of no use; the status alone does not."""
_DELIVERED = range(200, 300)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state` WAITING: it is tried again, `after_seconds`."""

    state: State
    error: str | None = None
    after_seconds: float = 0.0


def verdict(found: Answer | CallError, retried: int, config: Config, now: datetime) -> Verdict:
    """Judge an attempt at a message that was retried so often before."""
    if isinstance(found, CallError):
        error, headers, hopeless = str(found), {}, found.why == "private"
    elif found.status in _DELIVERED:
        return Verdict(State.DELIVERED)
    else:
        error, headers = f"the endpoint answered {found.status}", dict(found.headers)
        said_so = headers.get(NEVER_AGAIN[0], "").strip().lower() == NEVER_AGAIN[1]
        hopeless = said_so and found.status == NEVER_AGAIN_STATUS
    if hopeless or retried >= config.retries:
        return Verdict(State.FAILED, error)
    wait = seconds_before(retried + 1, config.retry_delay, headers, now)
    return Verdict(State.WAITING, error, wait)
