"""What is told of each attempt: one line in the log, and the metrics."""

from prometheus_client import Counter, Histogram
from structlog import get_logger

from mailroom.actors.metrics import child
from mailroom.actors.outcome import Done, Later
from mailroom.storage.redis.entry import Chat, Entry
from mailroom.storage.words import words

log = get_logger("mailroom.chat")

HANDLED = Counter(
    "mailroom_messages_handled_total", "Messages finished, by how they ended", ["bot", "verdict"]
)
FAILED = Counter(
    "mailroom_attempts_failed_total", "Attempts that did not finish their message", ["bot", "reason"]
)
LATE = Counter(
    "mailroom_messages_late_total",
    "Messages handled after one with a higher update_id of the same chat",
    ["bot"],
)
LATE_PARTS = Counter(
    "mailroom_album_parts_late_total",
    "Parts of an album that came after the album had been handled, and were handled by themselves",
    ["bot"],
)
HANDLING = Histogram(
    "mailroom_handling_seconds",
    "From the start of the attempt that finished a message to its end",
    ["bot"],
    # Up to what a handler may take: a slow model is no failure, and should be told from a hanging one.
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300),
)
WAITED = Histogram(
    "mailroom_waited_seconds",
    "From accept to the start of the attempt that finished the message",
    ["bot"],
    # Up to a quarter of an hour, which is a full mailbox, and an hour, which is an outage.
    buckets=(0.005, 0.025, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600),
)


def finished(chat: Chat, entry: Entry, done: Done, *, late: bool, waited_ms: int, seconds: float) -> None:
    """A message has come to its end: handled, unhandled, refused, stopped or dead."""
    child(HANDLED, chat.bot, done.verdict.word).inc(1 + len(done.others))
    child(HANDLING, chat.bot).observe(seconds)
    child(WAITED, chat.bot).observe(waited_ms / 1000)
    if late:
        child(LATE, chat.bot).inc()
    album = {"parts": 1 + len(done.others)} if done.others else {}
    write = getattr(log, done.verdict.level)
    write(
        done.verdict.word,
        chat=str(chat),
        update_id=entry.order,
        kind=entry.kind,
        attempt=done.attempt,
        late=late,
        waited_ms=waited_ms,
        took_ms=round(seconds * 1000, 1),
        left=done.committed.depth,
        trace=entry.trace,
        **album,
        error=_why(done.error),
        exc_info=done.error if done.verdict.dead else None,
    )


def late_parts(chat: Chat, parts: int) -> None:
    """So many parts of a media group came too late for it."""
    child(LATE_PARTS, chat.bot).inc(parts)


def put_off(chat: Chat, entry: Entry, later: Later) -> None:
    """A message is to be tried again."""
    child(FAILED, chat.bot, later.verdict.word).inc()
    write = getattr(log, later.verdict.level)
    write(
        "put_off",
        chat=str(chat),
        update_id=entry.order,
        kind=entry.kind,
        reason=later.verdict.word,
        attempt=later.attempt,
        again_in_seconds=round(later.seconds, 1),
        error=_why(later.error),
        trace=entry.trace,
        exc_info=later.error if later.verdict.counted else None,
    )


def _why(error: BaseException | None) -> str | None:
    return None if error is None else words(error)
