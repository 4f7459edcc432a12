"""People who write while the service is being killed, and what is wrong with the answers they got.

They do Telegram's part: an update is sent again until it is answered with 200.
"""

import asyncio
import itertools
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import aiohttp

from tests.acceptance.processes import SECRET

HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
AGAIN_SECONDS = 0.05
FIRST_UPDATE_ID = 500_000


def text_update(update_id: int, chat_id: int, text: str) -> dict[str, Any]:
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": int(time.time()),
            "chat": {"id": chat_id, "type": "private", "first_name": "Ann"},
            "from": {"id": chat_id, "is_bot": False, "first_name": "Ann", "language_code": "en"},
            "text": text,
        },
    }


class People:
    """Several chats, each writing one message after another: the next is sent when the last was taken.

    That is how Telegram delivers the texts of a chat. `acknowledged` counts what was answered with 200, by
    chat; everything sent once is sent until then. Runs in a thread of its own between `with` and its end.
    """

    def __init__(self, webhook: Callable[[], str], chats: int, *, pause_seconds: float = 0.0) -> None:
        self.webhook = webhook
        self.acknowledged: Counter[int] = Counter()
        self.answers: Counter[str] = Counter()
        self._ids = itertools.count(FIRST_UPDATE_ID)
        self._chats = range(1, chats + 1)
        self._pause_seconds = pause_seconds
        self._most = math.inf
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._write()), name="people")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def finish(self) -> None:
        """Write no new message, and wait until the last ones are acknowledged."""
        self._stop.set()
        self._thread.join(60)
        assert not self._thread.is_alive(), "the last messages were never acknowledged"

    def go_on(self, messages: int) -> None:
        """Write so many more, and then wait for the next word: a server of its own takes messages in faster
        than anybody can answer them, and what is only piled up proves nothing.
        """
        self._most = self.total + messages

    @property
    def total(self) -> int:
        return sum(self.acknowledged.values())

    async def _write(self) -> None:
        timeout = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(timeout=timeout, headers=HEADERS) as session:
            await asyncio.gather(*(self._person(session, chat) for chat in self._chats))

    async def _person(self, session: aiohttp.ClientSession, chat: int) -> None:
        number = 0
        while not self._stop.is_set():
            if self.total >= self._most:
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            number += 1
            await self._until_taken(session, text_update(next(self._ids), chat, str(number)))
            self.acknowledged[chat] += 1
            if self._pause_seconds:
                await asyncio.sleep(self._pause_seconds)

    async def _until_taken(self, session: aiohttp.ClientSession, update: dict[str, Any]) -> None:
        while True:
            try:
                async with session.post(self.webhook(), json=update) as answer:
                    self.answers[str(answer.status)] += 1
                    if answer.status == 200:
                        return
            except (aiohttp.ClientError, TimeoutError) as error:
                self.answers[type(error).__name__] += 1
            await asyncio.sleep(AGAIN_SECONDS)


def expected(messages: int) -> list[str]:
    """What the counter bot says to this many messages."""
    return [f"{n} {n} {part}" for n in range(1, messages + 1) for part in "ab"]


def complaints(
    sent: Mapping[int, Sequence[str]], acknowledged: Mapping[int, int], *, crashes: int
) -> list[str]:
    """What is wrong with the answers, chat by chat: lost, never asked for, miscounted, out of order, doubled
    more than once a crash.

    The counter in each answer is the FSM's, and the number after it is the message's: they agree only while
    every message was counted exactly once and in order.
    """
    found = []
    for chat in sorted(set(sent) | set(acknowledged)):
        wanted, got = expected(acknowledged.get(chat, 0)), list(sent.get(chat, ()))
        times = Counter(got)
        if missing := [text for text in wanted if not times[text]]:
            found.append(f"chat {chat}: {len(missing)} answers are missing, the first is {missing[0]!r}")
        if strange := [text for text in times if text not in set(wanted)]:
            found.append(f"chat {chat}: {len(strange)} answers nobody asked for, the first is {strange[0]!r}")
        doubled = {text: count for text, count in times.items() if count > 1}
        if sum(doubled.values()) - len(doubled) > crashes:
            found.append(f"chat {chat}: {doubled} came more than once, with {crashes} crashes")
        once = [text for text, _ in itertools.groupby(got)]
        if once != wanted and not missing and not strange:
            place = next(i for i, (a, b) in enumerate(itertools.zip_longest(once, wanted)) if a != b)
            found.append(f"chat {chat}: out of order at {place}: {once[max(place - 2, 0) : place + 4]}")
    return found
