"""What happened in the chats, as a stream for the page and for load testers (`/sim/events`).

Costs nothing while nobody listens. A listener that cannot keep up loses events and is told how many.
"""

import asyncio
import json
from collections import deque
from typing import Any

EVENTS_WAITING_MAX = 20_000
"""Per listener: several seconds of a full load test."""

LISTENERS_MAX = 64

encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


class Listener:
    """One open stream with its own bounded line of events."""

    def __init__(
        self, token: str | None, chat_ids: frozenset[int] = frozenset(), kinds: frozenset[str] = frozenset()
    ) -> None:
        self.token = token
        self.chat_ids = chat_ids
        self.kinds = kinds
        self._waiting: deque[str] = deque()
        self._lost = 0
        self._news = asyncio.Event()

    def wants(self, kind: str, token: str, chat_id: int | None) -> bool:
        """Return whether this listener asked for such an event; a reset is everybody's business."""
        if self.token is not None and token not in (self.token, ""):
            return False
        if self.chat_ids and chat_id is not None and chat_id not in self.chat_ids:
            return False
        return not self.kinds or kind in self.kinds

    def offer(self, text: str) -> None:
        """Queue an event, or count it as lost."""
        if len(self._waiting) >= EVENTS_WAITING_MAX:
            self._lost += 1
            return
        self._waiting.append(text)
        self._news.set()

    async def wait_for_events(self, timeout_seconds: float) -> bytes:
        """Return all that waits, encoded; a comment after a silence, so that a dead peer is noticed."""
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._news.wait()
        except TimeoutError:
            return b": still here\n\n"
        self._news.clear()
        if self._lost:
            self._waiting.append(f'event: lost\ndata: {{"type":"lost","count":{self._lost}}}\n\n')
            self._lost = 0
        joined = "".join(self._waiting)
        self._waiting.clear()
        return joined.encode()


class EventHub:
    """Numbers events and hands each to the listeners that want it."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self._n = 0

    def emit(self, kind: str, token: str, chat_id: int | None, content: dict[str, Any]) -> None:
        """Tell all listeners; the caller may pass live objects, they are encoded before this returns."""
        if not self.listeners:
            return
        self._n += 1
        wanting = [listener for listener in self.listeners if listener.wants(kind, token, chat_id)]
        if not wanting:
            return
        event = {"n": self._n, "type": kind, "token": token, "chat_id": chat_id, **content}
        text = f"id: {self._n}\nevent: {kind}\ndata: {encode(event)}\n\n"
        for listener in wanting:
            listener.offer(text)
