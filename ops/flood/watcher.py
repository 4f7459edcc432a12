"""Watches the simulator for the replies to the load test's own chats."""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import aiohttp

LOOK_SECONDS = 0.05
PAGE = 5000


@dataclass(frozen=True, slots=True)
class Reply:
    """One message that the bot sent into one of our chats, in the order they took effect."""

    chat_id: int
    text: str
    answers: int | None
    """The message it is marked as a reply to."""
    at: float


class Watcher:
    """Collects replies while its block runs."""

    def __init__(self, session: aiohttp.ClientSession, simulator: str | None, chat_ids: range) -> None:
        self.replies: list[Reply] = []
        self.missed = 0
        """Calls that the simulator had forgotten before we asked."""
        self.trouble: str | None = None
        self._session = session
        self._simulator = simulator
        self._chat_ids = chat_ids
        self._since = 0
        self._newest = time.monotonic()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._simulator is not None:
            # A page of nobody's calls ends at the number of the next one.
            self._since = (await self._page(token="1:nobody"))["next"]
            self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def wait_for(self, count: int, quiet_seconds: float) -> None:
        """Return when there are so many replies, or when none has come for so long."""
        if self._simulator is None:
            return
        self._newest = time.monotonic()
        while len(self.replies) < count and time.monotonic() - self._newest < quiet_seconds:  # noqa: ASYNC110 - looks at the time, too
            await asyncio.sleep(LOOK_SECONDS)
        # Replies too many would come right after the last one.
        await asyncio.sleep(4 * LOOK_SECONDS)

    async def _watch(self) -> None:
        while True:
            try:
                page = await self._page()
            except (aiohttp.ClientError, TimeoutError) as error:
                self.trouble = f"the simulator does not answer: {error}"
                await asyncio.sleep(1.0)
                continue
            self.missed += max(0, page["oldest"] - self._since)
            self._since = page["next"]
            for call in page["calls"]:
                if call["chat_id"] in self._chat_ids and call["ok"] and _is_reply(call["method"]):
                    self._newest = time.monotonic()
                    self.replies.append(_reply(call))
            if len(page["calls"]) < PAGE:
                await asyncio.sleep(LOOK_SECONDS)

    async def _page(self, **filters: str) -> dict[str, Any]:
        params = {"since": str(self._since), "limit": str(PAGE), **filters}
        async with self._session.get(f"{self._simulator}/sim/calls", params=params) as answer:
            answer.raise_for_status()
            page: dict[str, Any] = await answer.json()
            return page


def _is_reply(method: str) -> bool:
    return method.startswith("send") and method not in ("sendChatAction", "sendMessageDraft")


def _reply(call: dict[str, Any]) -> Reply:
    args = call["args"]
    marked = args.get("reply_parameters")
    answers = marked.get("message_id") if isinstance(marked, dict) else args.get("reply_to_message_id")
    text = str(args.get("text") or args.get("caption") or "")
    return Reply(call["chat_id"], text, int(answers) if answers else None, call["at"])
