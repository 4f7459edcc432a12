"""The log of Bot API calls in the order they took effect, kept in memory and bounded."""

import time
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import Any

CALLS_MAX = 100_000
BYTES_MAX = 64 * 2**20
"""By the size of the requests: long texts shorten the log instead of filling the memory."""

PAGE_MAX = 10_000


@dataclass(slots=True)
class LoggedCall:
    """One call as `/sim/calls` shows it."""

    n: int
    at: float
    token: str
    method: str
    chat_id: int | None
    args: dict[str, Any]
    size: int
    ok: bool
    message_id: int | None
    error: str | None

    def shown(self) -> dict[str, Any]:
        """Return the entry as JSON."""
        return {
            "n": self.n,
            "at": self.at,
            "token": self.token,
            "method": self.method,
            "chat_id": self.chat_id,
            "args": self.args,
            "ok": self.ok,
            "message_id": self.message_id,
            "error": self.error,
        }


class CallLog:
    """A ring: numbers go on for ever, old entries fall out."""

    def __init__(self) -> None:
        self._calls: deque[LoggedCall] = deque()
        self._bytes = 0
        self.next = 0

    def add(
        self,
        token: str,
        method: str,
        chat_id: int | None,
        args: dict[str, Any],
        size: int,
        *,
        message_id: int | None = None,
        error: str | None = None,
    ) -> None:
        """Note one call; without an error it succeeded."""
        calls = self._calls
        calls.append(
            LoggedCall(
                self.next, time.time(), token, method, chat_id, args, size, error is None, message_id, error
            )
        )
        self.next += 1
        self._bytes += size
        while len(calls) > CALLS_MAX or self._bytes > BYTES_MAX:
            self._bytes -= calls.popleft().size

    def page(
        self, since: int, limit: int, *, token: str | None, chat_id: int | None, method: str | None
    ) -> dict[str, Any]:
        """Return entries from number `since` on; `next` is where to continue."""
        found: list[dict[str, Any]] = []
        oldest = self._calls[0].n if self._calls else self.next
        n = max(since, oldest)
        for call in islice(self._calls, n - oldest, None):
            if len(found) >= min(limit, PAGE_MAX):
                break
            n = call.n + 1
            if token is not None and call.token != token:
                continue
            if chat_id is not None and call.chat_id != chat_id:
                continue
            if method is not None and call.method.lower() != method:
                continue
            found.append(call.shown())
        return {"calls": found, "next": n, "oldest": oldest, "kept_max": CALLS_MAX}

    def clear(self) -> None:
        """Forget all entries; numbering goes on."""
        self._calls.clear()
        self._bytes = 0
