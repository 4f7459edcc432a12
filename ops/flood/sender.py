"""Posts the messages over parallel connections and waits as it is told to, as Telegram does."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import aiohttp

from mailroom.ops.flood.plan import SECONDS_MAX, Plan
from mailroom.ops.flood.resending import Resending
from mailroom.ops.flood.stream import Message
from mailroom.ops.flood.target import CannotFloodError, Target
from mailroom.ops.flood.update import text_update

RETRY_SECONDS = 0.5
"""The pause before a message is offered again when the service did not say how long."""
REQUEST_SECONDS_MAX = 60.0
"""Telegram's own patience with a webhook."""
GIVE_UP_SECONDS = 60.0
"""A message that was not taken for so long after the sending should have ended is given up."""


@dataclass(slots=True)
class Sent:
    """What the service said to what it was sent."""

    messages: list[Message] = field(default_factory=list)
    duplicates: int = 0
    refused: int = 0
    """Answers of 429 and 503, each of which asks for the message again later."""
    errors: int = 0
    """Connections that broke and answers that should not be."""
    error: str | None = None
    """The last of them, in words."""
    offered: int = 0
    seconds: float = 0.0

    @property
    def accepted(self) -> int:
        """Messages the service has said to have."""
        return sum(message.accepted for message in self.messages)


class Sender:
    """Sends a stream of messages; `sent` tells how far it is."""

    def __init__(self, plan: Plan, target: Target, session: aiohttp.ClientSession) -> None:
        self.sent = Sent()
        self._plan = plan
        self._target = target
        self._session = session
        self._resending = Resending()
        self._timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS_MAX)

    async def send(self, stream: Iterator[Message]) -> None:
        """Send until the stream or the time is over, and every message offered is taken or given up."""
        begun = time.monotonic()
        ends = begun + min(self._plan.seconds or SECONDS_MAX, SECONDS_MAX)
        numbered = enumerate(stream)
        async with asyncio.TaskGroup() as group:
            for _ in range(self._plan.connections):
                group.create_task(self._connection(numbered, begun, ends))
        self.sent.seconds = time.monotonic() - begun

    async def _connection(self, numbered: "Iterator[tuple[int, Message]]", begun: float, ends: float) -> None:
        for place, message in numbered:
            if self._plan.rate:
                await asyncio.sleep(max(0.0, begun + place / self._plan.rate - time.monotonic()))
            if time.monotonic() >= ends:
                return
            if message.sent_at == 0.0:
                self.sent.messages.append(message)
                message.sent_at = time.time()
            self.sent.offered += 1
            await self._offer(message, ends + GIVE_UP_SECONDS)

    async def _offer(self, message: Message, give_up_at: float) -> None:
        body = text_update(message.update_id, message.chat_id, message.text)
        try:
            while True:
                await self._resending.wait_for_earlier(message)
                pause = await self._post(message, body)
                if pause is None or not self._plan.retry or time.monotonic() + pause > give_up_at:
                    return
                if not message.accepted:  # else it is a duplicate, and those keep nobody waiting
                    self._resending.came_back(message)
                await asyncio.sleep(pause)
        finally:
            self._resending.settled(message)

    async def _post(self, message: Message, body: bytes) -> float | None:
        """Post once. Returns how long to wait before trying again, or None when that is not wanted."""
        sent = self.sent
        begun = time.time()
        try:
            async with self._session.post(
                self._target.webhook, data=body, headers=self._target.headers, timeout=self._timeout
            ) as answer:
                words = await answer.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            sent.errors += 1
            sent.error = f"{type(error).__name__}: {error}"
            return RETRY_SECONDS
        if answer.status == 200:
            if message.accepted:
                sent.duplicates += 1
            else:
                message.accepted, message.taken_from, message.taken_at = True, begun, time.time()
                message.ack_seconds = message.taken_at - begun
            return None
        if answer.status in (429, 503):
            sent.refused += 1
            return _seconds(answer.headers.get("Retry-After"))
        if answer.status == 401:
            raise CannotFloodError("the service refuses the secret")
        sent.errors += 1
        sent.error = f"{answer.status} {words[:200]}"
        return None if answer.status < 500 else RETRY_SECONDS


def _seconds(retry_after: str | None) -> float:
    return float(retry_after) if retry_after and retry_after.isdigit() else RETRY_SECONDS
