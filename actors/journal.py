"""The replies of one message, never sent twice.

Every call that a handler makes to the platform is numbered, and its result is recorded before the handler
goes on. When the message is run again (the process died, or the handler raised and is retried), a call that
was recorded gets its recorded result back instead of going out again. Only the one call that was in flight at
a crash can have gone out without a record: a replay makes it again and counts it as ambiguous.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import blake2b

from prometheus_client import Counter

REPLAYED = Counter(
    "mailroom_journal_replayed_total",
    "Calls that were answered from the journal instead of going out again",
    ["bot"],
)
AMBIGUOUS = Counter(
    "mailroom_journal_ambiguous_total",
    "Calls that may have gone out twice: in flight when an attempt ended",
    ["bot"],
)
DIVERGED = Counter(
    "mailroom_journal_diverged_total",
    "Calls of a replay that differ from the recorded one at their number",
    ["bot"],
)

DIGEST_BYTES = 8


def fingerprint(method: str, body: bytes) -> bytes:
    """What tells one call from another: the method and its arguments."""
    return blake2b(method.encode() + b"\0" + body, digest_size=DIGEST_BYTES).digest()


@dataclass(slots=True)
class Journal:
    """The calls of one message. `record` writes one durably; `recorded` is what earlier attempts left."""

    bot: str
    record: Callable[[int, bytes], Awaitable[None]]
    recorded: dict[int, bytes] = field(default_factory=dict)
    attempt: int = 1
    calls: int = 0
    _ambiguous_seen: bool = False

    def next_number(self) -> int:
        """The number of the call that begins now; the first is 0."""
        number = self.calls
        self.calls += 1
        return number

    def replay(self, number: int, mark: bytes) -> bytes | None:
        """The recorded result of this call, or None when it has to go out."""
        known = self.recorded.get(number)
        if known is None:
            if self.attempt > 1 and not self._ambiguous_seen:
                self._ambiguous_seen = True
                AMBIGUOUS.labels(self.bot).inc()
            return None
        if known[:DIGEST_BYTES] != mark:
            DIVERGED.labels(self.bot).inc()
            return None
        REPLAYED.labels(self.bot).inc()
        return known[DIGEST_BYTES:]

    async def keep(self, number: int, mark: bytes, result: bytes) -> None:
        """Record the result of a confirmed call. After this returned, no replay makes the call again."""
        await self.record(number, mark + result)
