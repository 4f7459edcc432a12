"""One turn: a chat's handler working on one message, from the first line of it to the commit.

A turn is what a handler's Telegram calls and state changes belong to. It is found through a context variable,
so a bot's code knows nothing of it; a bundled bot may ask for it by naming a handler argument `turn`.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, Protocol

from mailroom.actors.cause import TELEGRAM, Cause
from mailroom.actors.control import Control, Stopped
from mailroom.actors.due import due_ms_of
from mailroom.actors.journal import Journal
from mailroom.actors.owners import Fault
from mailroom.storage.clock import REAL_TIME, Clock
from mailroom.storage.postgres.outbox.job import Origin
from mailroom.storage.redis.entry import Chat, Entry
from mailroom.storage.redis.mailbox import Changes


class Parts(Protocol):
    """What the parts of a media group share, as one of them sees it: they go by their number."""

    def read(self, part: int, name: str) -> None:
        """A part is about to read a field."""

    def write(self, part: int, name: str | None, make: Callable[[Changes], None]) -> None:
        """A part changes a field, or (None) something that nobody reads."""

    def sending(self, part: int) -> AbstractContextManager[None]:
        """A part waits for a call of its own."""

    async def run(
        self,
        turns: list["Turn"],
        handle: Callable[["Turn"], Awaitable[bool]],
        fault_of: Callable[[BaseException], Fault],
    ) -> bool:
        """Let all parts run to their end; raises the failure that decides for all."""


@dataclass(slots=True)
class Turn:
    """What is known about the message being handled, and what its handler has done so far."""

    chat: Chat
    entry: Entry | None
    """The message; None for work that has none, such as an update that a library made up in a background
    task.
    """
    epoch: int
    attempt: int
    late: bool
    """True when a message with a higher update_id was handled before this one: it came after the time we wait
    for stragglers.
    """
    state: dict[str, str]
    """The chat's committed state, shared by all turns of the chat; `changes` holds what this turn wrote on
    top of it.
    """
    journal: Journal
    changes: Changes = field(default_factory=Changes)
    bases: dict[str, str | None] = field(default_factory=dict)
    """What it made its changes of: the committed text of each field that it read before it wrote it."""
    called_at: float = inf
    """When its latest call left, by the loop's clock."""
    task: asyncio.Task[Any] | None = None
    """The task the handler runs in."""
    permit: Callable[[], Awaitable[None]] | None = None
    """Awaited before a call of this turn leaves; raises `Fenced` where the chat may be another owner's."""
    open: bool = True
    """False once the handler has returned: a task it left behind may still call, but its calls belong to no
    message any more.
    """
    control: Control = field(default_factory=Control)
    """Its actor's hand on it."""
    group: Parts | None = None
    """What it shares with the other parts of its media group, where it has any."""
    clock: Clock = REAL_TIME
    """What time it is for the bot: that of its room, where it has one."""
    group_trace: str = ""
    """The trace of that group's first part."""
    enqueued: Counter[str] = field(default_factory=Counter)
    """How many jobs that are alike its transactions have enqueued."""

    @property
    def bot(self) -> str:
        """The bot's name in the configuration."""
        return self.chat.bot

    @property
    def chat_id(self) -> int:
        """The chat's id as the platform knows it."""
        return int(self.chat.id)

    @property
    def update_id(self) -> int | None:
        """Telegram's number of the update; None for timers and events."""
        return self.entry.order if self.entry else None

    @property
    def trace_id(self) -> str:
        """What ties together all log lines of this message, from the webhook on."""
        return self.entry.trace if self.entry else "-"

    @property
    def accepted_at(self) -> datetime | None:
        """When the message was taken in, by the store's clock; None where there is no message. However long
        it waited in line since: what is counted per time is counted by this.
        """
        return datetime.fromtimestamp(self.entry.accepted_ms / 1000, UTC) if self.entry else None

    async def stop(self) -> Stopped:
        """For an urgent handler: stop the message of this chat that is begun and not finished, whether its
        handler runs or it waits for a further attempt, also when the process died in between. Its handler
        gets `CancelledError`, what it wrote is not kept, it is not tried again and nobody apologises. The
        messages that wait behind it are handled as ever. Returns what became of it, after 5 s at most.
        """
        if self.control.stop_begun is None:
            raise RuntimeError(
                "turn.stop() is for urgent handlers: any other handler runs only once what came before it has"
                " ended; register this one with flags={'urgent': True}"
            )
        return await self.control.stop_begun(self.journal)

    def effect_id(self, name: str) -> str:
        """A name for an effect of this message that is the same on every replay: a unique column for the row
        that a handler writes.
        """
        # The trace is drawn at the accept and stays with the message, also when on-call requeues it.
        # Telegram's number does not serve: after a week of silence it may be given again; nor does `seq`,
        # which begins anew with an empty Redis.
        entry = self.entry
        return f"{self.chat}:{entry.trace if entry else self.journal.calls}:{name}"

    @property
    def group_id(self) -> str:
        """What the parts of one album have in common: the same for all of them and on every replay, while
        another of them may be the one that a collector handles the album with. Of a message that came alone
        it is its own.
        """
        return f"{self.chat}:{self.group_trace or self.trace_id}"

    def origin(self, name: str) -> Origin:
        """The effect of this name as a job's origin: the job is enqueued once, however often this message is
        handled, and not by an owner of the chat who has lost it.
        """
        return Origin(
            self.chat.bot, self.chat.id, self.effect_id(name), self.update_id, self.chat.partition, self.epoch
        )

    @property
    def cause(self) -> Cause:
        """The message as a reason to write: see `Room.transaction`."""
        return Cause(
            bot=self.bot,
            trace=self.trace_id,
            who=f"chat {self.chat.id}",
            person=f"{TELEGRAM}{self.chat.id}" if self.chat.id.isdecimal() else None,
            effect=self.effect_id,
            origin=self.origin,
            enqueued=self.enqueued,
        )

    def set_timer(self, name: str, when: datetime | timedelta | int, data: str = "") -> None:
        """Have an event named `name` put into this chat's mailbox after a delay (a timedelta, from now on) or
        at a moment (a datetime with its zone, or Unix time in milliseconds; of the clock of its room, where
        it has one). The same name replaces it, and takes a `cancel_timer` before it back.

        Raises `ValueError` for a delay that is not more than nothing and for a datetime without a zone, and
        `TypeError` for anything else.
        """
        due_ms = due_ms_of(when, self.clock)
        self._change(None, lambda changes: changes.set_timer(name, due_ms, data))

    def cancel_timer(self, name: str) -> None:
        """Forget the timer; one that has come due already is in the mailbox and will be handled."""
        self._change(None, lambda changes: changes.cancel_timer(name))

    def read(self, name: str) -> None:
        """A field of the state is about to be read."""
        if self.group is not None and self.open and self.entry is not None:
            self.group.read(self.entry.seq, name)

    def put(self, name: str, value: str | None) -> None:
        """Set a field of the state, or with None delete it."""
        self._change(name, lambda changes: changes.put(name, value))

    def _change(self, name: str | None, make: Callable[[Changes], None]) -> None:
        if self.group is not None and self.entry is not None:
            self.group.write(self.entry.seq, name, make)
        else:
            make(self.changes)


current_turn: ContextVar[Turn | None] = ContextVar("current_turn", default=None)
