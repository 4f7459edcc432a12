"""Web pushes as jobs, in the queue of notifications."""

from collections.abc import Awaitable, Callable

from prometheus_client import Counter
from pydantic import BaseModel, Field, field_validator
from structlog import get_logger

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.kind import Kind, Patience
from mailroom.actors.jobs.notify import NOTIFICATION
from mailroom.actors.metrics import child
from mailroom.actors.providers.webpush import (
    PAYLOAD_BYTES_MAX,
    TOPIC_CHARS_MAX,
    TTL_SECONDS_MAX,
    EndpointError,
    GoneError,
    RefusedError,
    Subscription,
    Urgency,
    WebPush,
)
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected

log = get_logger("mailroom.webpush")

PUSHES = Counter("mailroom_web_pushes_total", "Web pushes that came to their end", ["outcome"])

Forget = Callable[[str], Awaitable[None]]
"""Forget the subscription with this endpoint. May be called more than once."""


class PushNotice(BaseModel):
    """A message for one browser. `payload` is what its service worker reads, as text."""

    subscription: Subscription
    payload: str = Field(min_length=1)
    ttl_seconds: int = Field(default=86_400, ge=0, le=TTL_SECONDS_MAX)
    urgency: Urgency = "normal"
    topic: str | None = Field(default=None, pattern=rf"^[A-Za-z0-9_-]{{1,{TOPIC_CHARS_MAX}}}$")

    @field_validator("payload")
    @classmethod
    def _is_small(cls, payload: str) -> str:
        if len(payload.encode(errors="replace")) > PAYLOAD_BYTES_MAX:
            raise ValueError(f"at most {PAYLOAD_BYTES_MAX} bytes: send a reference to what is larger")
        return payload


WEBPUSH = Kind("webpush", PushNotice, Patience(timeout_seconds=20.0), queue=NOTIFICATION)


def webpush_handlers(bot: str, push: WebPush, forget: Forget) -> Handlers:
    """The jobs of web push, to be included into those of a bot's queue."""
    handlers = Handlers(NOTIFICATION, bot)

    @handlers.job(WEBPUSH)
    async def webpush(wanted: PushNotice, context: JobContext) -> Outcome:
        # What can be tried again is raised: `retry_after` of the error is when.
        try:
            await push.send(
                wanted.subscription,
                wanted.payload.encode(),
                ttl_seconds=wanted.ttl_seconds,
                urgency=wanted.urgency,
                topic=wanted.topic,
            )
        except GoneError as error:
            # People uninstall browsers every day: nothing for on-call, and no dead letter.
            await forget(wanted.subscription.endpoint)
            child(PUSHES, "gone").inc()
            log.info("subscription_gone", job=context.id, why=str(error))
            return Done()
        except (RefusedError, EndpointError) as error:
            child(PUSHES, "refused").inc()
            return Rejected(str(error))
        child(PUSHES, "sent").inc()
        return Done()

    return handlers
