"""What people do with a bot, told to whoever wants to know how many come how far: analytics.

Telling costs whoever does it nothing and never fails: it is written a moment later, many at once. So some
are lost when a process is killed, when Postgres is away for long, and when there are too many; and what is
handled again after a crash is told again. Who it was is kept as a pseudonym, by a key of the vault's and for
one bot.
"""

import asyncio
import math
import re
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from prometheus_client import Counter
from structlog import get_logger

from mailroom.actors.metrics import child
from mailroom.storage.errors import StoreError
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.room_events import RoomEvent, forget
from mailroom.storage.texts import as_json, kept, shown
from mailroom.storage.vault import Vault

log = get_logger("mailroom.events")

NAME = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
NAMES_MAX = 100
"""Of one bot, as metrics show them; those past it are `other` there."""
PROPERTIES_MAX = 20
KEY_CHARS_MAX = 40
VALUE_CHARS_MAX = 200
WAITING_MAX = 10_000
"""Some megabytes; those past it are dropped."""
WRITTEN_AT_ONCE_MAX = 1_000
GATHERED_SECONDS = 1.0
AGAIN_SECONDS = 5.0
WRITE_SECONDS = 10.0
CLOSE_SECONDS = 2.0

EVENTS = Counter(
    "mailroom_events_total",
    "What people did, by bot, name and what became of the event",
    ["bot", "name", "outcome"],
)


class Rows(Protocol):
    """Where they are kept (`storage/postgres/room_events.py`)."""

    async def write(self, events: Sequence[RoomEvent]) -> None:
        """Keep them."""


class Events:
    """The events of a process that wait to be written; without `rows` they are only counted."""

    def __init__(self, rows: Rows | None = None) -> None:
        self._rows = rows
        self._waiting: deque[RoomEvent] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._names: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, event: RoomEvent) -> None:
        """Have it written; from the asyncio side."""
        if self._rows is None:
            self.count(event.bot, event.name, "kept")
        elif len(self._waiting) >= WAITING_MAX:
            self.count(event.bot, event.name, "dropped")
        else:
            self._waiting.append(event)
            if self._writing is None and not self._closing.is_set():
                self._writing = asyncio.create_task(self._write(self._rows), name="write events")

    def drop(self, bot: str, pseudonym: bytes) -> None:
        """Write none of somebody's that wait."""
        self._waiting = deque(one for one in self._waiting if (one.bot, one.pseudonym) != (bot, pseudonym))

    def count(self, bot: str, name: str, outcome: str) -> None:
        """Count what became of an event."""
        names = self._names[bot]
        if name not in names:
            if len(names) >= NAMES_MAX:
                name = "other"
            names.add(name)
        child(EVENTS, bot, name, outcome).inc()

    async def close(self) -> None:
        """Write those that wait, as far as a moment allows."""
        self._closing.set()
        if self._writing is not None:
            writing = self._writing
            await asyncio.wait([writing], timeout=CLOSE_SECONDS)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        while self._waiting:
            event = self._waiting.popleft()
            self.count(event.bot, event.name, "lost")

    async def _write(self, rows: Rows) -> None:
        try:
            pause = GATHERED_SECONDS
            while self._waiting:
                await self._wait(pause)
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), WRITTEN_AT_ONCE_MAX))]
                pause = 0.0 if self._waiting else GATHERED_SECONDS
                try:
                    async with asyncio.timeout(WRITE_SECONDS):
                        await rows.write(batch)
                except (StoreError, TimeoutError) as error:
                    self._waiting.extendleft(reversed(batch))
                    log.warning(
                        "events_wait", why=str(error) or type(error).__name__, waiting=len(self._waiting)
                    )
                    if self._closing.is_set():
                        return
                    pause = AGAIN_SECONDS
                    continue
                except asyncio.CancelledError:
                    self._tally(batch, "lost")
                    raise
                except Exception as error:  # what these are is no reason to write no others
                    log.error("events_lost", exc_info=error, events=len(batch))
                    self._tally(batch, "lost")
                    continue
                self._tally(batch, "kept")
        finally:
            self._writing = None

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return

    def _tally(self, events: Sequence[RoomEvent], outcome: str) -> None:
        for one in events:
            self.count(one.bot, one.name, outcome)


class RoomEvents:
    """The events of one bot."""

    def __init__(self, events: Events, vault: Vault, bot: str) -> None:
        self._events = events
        self._vault = vault
        self._bot = bot

    def add(self, name: str, person: str | None, properties: Mapping[str, object], at: datetime) -> None:
        """Tell that somebody did something. Never raises: what is no name is counted as `wrong`, and only so
        much is kept of properties.
        """
        try:
            pseudonym = pseudonym_of(self._vault, self._bot, person) if person else None
            self._events.add(RoomEvent(self._bot, _named(name), pseudonym, _fit(properties), at))
        except Exception as error:  # whoever tells has something else to do
            log.error("event_not_kept", bot=self._bot, why=shown(error, VALUE_CHARS_MAX))
            self._events.count(self._bot, "", "wrong")

    async def forget(self, connection: Connection, person: str) -> None:
        """Let go of what somebody has done, within a transaction. What another process has not written yet
        comes after it.
        """
        pseudonym = pseudonym_of(self._vault, self._bot, person)
        self._events.drop(self._bot, pseudonym)
        await forget(connection, self._bot, pseudonym)


def pseudonym_of(vault: Vault, bot: str, person: str) -> bytes:
    """Who somebody is in events: the same for the same person of a bot, and another for another bot."""
    return vault.fingerprint(f"event\0{bot}\0{person}".encode("utf-8", "surrogatepass"))[:16]


def _named(name: str) -> str:
    if NAME.fullmatch(name) is None:
        raise ValueError(f"no name of an event: {name[:80]!r}")
    return name


def _fit(properties: Mapping[str, object]) -> str:
    few = list(properties.items())[:PROPERTIES_MAX]
    return as_json({kept(key, KEY_CHARS_MAX): _plain(value) for key, value in few}).decode()


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if type(value) is int and value.bit_length() < 64:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else None
    return shown(value, VALUE_CHARS_MAX)
