"""The mailboxes: what can be done with them, as Python calls. The rules themselves are in `scripts/`, one
file for each step.

Every call may raise `StoreUnavailable` (try again) and, where an epoch is given, `Fenced` (stop). All calls
are safe to repeat: `accept` through its dedupe id, `begin` and `park` through the id of the attempt, `commit`
because a message is removed once, the others because they write the same thing again.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias

from pydantic_core import to_json

from mailroom.storage.errors import Fenced
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import PARTITIONS, Chat, Entry, prefix, queue_and_group
from mailroom.storage.redis.moves import Moves
from mailroom.storage.redis.scripts import script
from mailroom.storage.redis.wire import Argument, text
from mailroom.storage.texts import as_json, printable

Accepted: TypeAlias = Literal["accepted", "suspended", "duplicate", "full", "shed", "shed_first"]

MAILBOX_CAP = 1000
"""Messages one chat may have waiting. At an answer a second that is a quarter of an hour of work; past it the
platform keeps the rest.
"""
EXPEDITED_CAP = 100
"""The same for the queries that must be answered within seconds; more of them than this cannot be answered in
time anyway.
"""
STATE_TTL_MS = 90 * 24 * 3600 * 1000
"""A conversation untouched for 90 days is forgotten, so that the store does not grow with every passer-by."""
PARKED_BY = "supervisor"
"""Who suspended a chat that was parked because a message of its died."""
PARKED_WHY_MAX = 200
"""Characters of the error that are repeated as the reason; the dead letter has all of it."""
TIMERS_PER_CALL = 100
"""Timers put into mailboxes by one script call: Redis does nothing else meanwhile."""

_UNREAD = script("unread")
_ACCEPT, _LOAD, _BEGIN, _JOURNAL = script("accept"), script("load"), script("begin"), script("journal")
_BACK = script("back")
_COMMIT, _PARK, _RAISE, _FIRE = script("commit"), script("park"), script("raise_fence"), script("fire")


@dataclass(frozen=True, slots=True)
class Offer:
    """A message on its way into a mailbox. `dedupe_id` is what the platform calls it; empty when there is
    nothing to recognise it by.
    """

    chat: Chat
    dedupe_id: str
    order: int | None
    kind: str
    queue: str
    trace: str
    payload: bytes
    expedited: bool = False
    plain_id: str = ""
    """What a version before this one remembered the message by, while it may have."""
    group: str = ""
    """The media group it is a part of."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an offer. `entry` is there when it is in line now."""

    status: Accepted
    seq: int
    depth: int
    entry: Entry | None
    begun: "Begun | None" = None
    """The attempt, where it was counted already."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A chat as the store knows it."""

    suspended: bool
    state: dict[str, str]
    box: list[Entry]
    expedited: list[Entry]
    parked_until_ms: int
    depth: int
    seq: int
    """Messages up to this number were accepted before the chat was read."""


class Early(NamedTuple):
    """What an owner lets an accept begin for it: the epoch it owns the chat with, the id of the attempt."""

    epoch: int
    attempt_id: str


class Following(NamedTuple):
    """The message to begin with a commit, and the id of that attempt."""

    entry: Entry
    attempt_id: str


@dataclass(frozen=True, slots=True)
class Begun:
    """An attempt was counted; `journal` holds what earlier attempts recorded, by call number."""

    attempt: int
    journal: dict[int, bytes]
    outages: int = 0
    """How often it was put off because the other side was away: no attempts, and yet its calls may have gone
    out.
    """
    outage_since_ms: int = 0
    """When that was for the first time, by the store's clock; 0 for never."""
    parts: "tuple[Part, ...]" = ()
    """The other parts of its media group, which are the same turn."""


class Part(NamedTuple):
    """A further part of a media group that was begun, and what earlier attempts recorded for it."""

    entry: Entry
    journal: dict[int, bytes]


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A media group that may not be all there yet: to be begun in so many ms, or when more has come."""

    wait_ms: int


@dataclass(slots=True)
class Changes:
    """What a turn changes besides taking its message away: fields of the state, timers."""

    set: dict[str, str] = field(default_factory=dict)
    delete: list[str] = field(default_factory=list)
    timers: list[tuple[str, int, str]] = field(default_factory=list)
    cancel: list[str] = field(default_factory=list)

    def put(self, name: str, value: str | None) -> None:
        """Set a field, or with None delete it."""
        if value is None:
            self.set.pop(name, None)
            if name not in self.delete:
                self.delete.append(name)
        else:
            self.set[name] = value
            if name in self.delete:
                self.delete.remove(name)

    def set_timer(self, name: str, due_ms: int, data: str) -> None:
        """Have a timer; it replaces one of that name."""
        self._forget_timer(name)
        self.timers.append((name, due_ms, data))

    def cancel_timer(self, name: str) -> None:
        """Have none of that name."""
        self._forget_timer(name)
        self.cancel.append(name)

    def _forget_timer(self, name: str) -> None:
        """What was asked for last is what counts, and the commit is told that alone: it does not know the
        order in which a timer was set and cancelled.
        """
        self.timers = [timer for timer in self.timers if timer[0] != name]
        self.cancel = [cancelled for cancelled in self.cancel if cancelled != name]

    def __bool__(self) -> bool:
        return bool(self.set or self.delete or self.timers or self.cancel)

    def arguments(self) -> "Iterator[Argument]":
        """As `commit.lua` reads them."""
        for name, value in self.set.items():
            yield from ("set", name, value)
        for name in self.delete:
            yield from ("del", name)
        for name in self.cancel:
            yield from ("cancel", name)
        for name, due_ms, data in self.timers:
            yield from ("timer", name, due_ms, data)


@dataclass(frozen=True, slots=True)
class Committed:
    """A message is finished. `gone`: it was finished before, nothing was written. `next` is the attempt at
    the next message, if asked for. `torn`: on-call took a part of its media group away, nothing was written,
    and the others are still in line.
    """

    gone: bool
    depth: int
    next: Begun | None
    torn: bool = False


class Mailboxes:
    """All mailboxes of one Redis. `intake` carries the accepts, `work` what the actors do, so that neither
    waits for the other. `taker` is who we are to the fence, without a blank: no two processes have the same.
    """

    def __init__(self, intake: Line, work: Line, *, taker: str = "-") -> None:
        self.taker = taker
        self.moves = Moves(work)
        self._intake = intake
        self._work = work
        self._ahead_ms = 0

    def now_ms(self) -> int:
        """The store's clock, as near as its last answer tells: what `accepted_ms` and `parked_until_ms` are
        measured by.
        """
        return int(time.time() * 1000) + self._ahead_ms

    async def accept(
        self, offer: Offer, *, cap: int = MAILBOX_CAP, shed: bool = False, early: Early | None = None
    ) -> Receipt:
        """Take a message in, once. Only after this returned may the sender be told that we have it.

        `early` is given by an owner who will handle the message at once if it is the only one in line: the
        attempt is counted along with the accept.
        """
        chat = offer.chat
        order = "-" if offer.order is None else offer.order
        status, seq, depth, now_ms, attempt = await self._intake.run(
            _ACCEPT,
            prefix(chat.partition),
            chat.bot,
            str(chat),
            offer.dedupe_id,
            order,
            offer.kind,
            queue_and_group(offer.queue, offer.group),
            offer.trace,
            "fast" if offer.expedited else "box",
            EXPEDITED_CAP if offer.expedited else cap,
            "shed" if shed else "reject",
            offer.payload,
            self._token(early.epoch) if early else "",
            early.attempt_id if early else "",
            offer.plain_id,
        )
        self._ahead_ms = now_ms - int(time.time() * 1000)
        word: Accepted = status.decode()
        entry = None
        if word in ("accepted", "suspended"):
            entry = Entry(
                seq,
                offer.order,
                now_ms,
                offer.kind,
                offer.queue,
                offer.trace,
                offer.payload,
                offer.expedited,
                offer.group,
            )
        return Receipt(word, seq, depth, entry, Begun(attempt, {}) if attempt else None)

    async def bury(self, offer: Offer, error: str) -> Literal["dead", "duplicate"]:
        """Take a message in that nobody can handle: as a dead letter, once, and never in line."""
        chat = offer.chat
        letter = as_json(
            {
                "bot": chat.bot,
                "chat": chat.id,
                "order": offer.order,
                "kind": offer.kind,
                "queue": offer.queue,
                "trace": offer.trace,
                "accepted_ms": self.now_ms(),
                "died_ms": self.now_ms(),
                "attempts": 0,
                "epoch": 0,
                "error": printable(error),
                "traceback": "",
                "payload": printable(offer.payload.decode(errors="replace")),
                "expedited": offer.expedited,
            }
        )
        status, _ = await self._intake.run(
            _UNREAD, prefix(chat.partition), chat.bot, str(chat), offer.dedupe_id, offer.plain_id, letter
        )
        word: Literal["dead", "duplicate"] = status.decode()
        return word

    async def load(self, chat: Chat, epoch: int, window: int) -> Loaded:
        """Read a chat. To be called by its owner only, and only after it became the owner."""
        answer = await self._owned(_LOAD, chat, epoch, chat.bot, str(chat), window)
        status, state, box, fast, parked, now_ms, depth, seq = answer
        self._ahead_ms = now_ms - int(time.time() * 1000)
        return Loaded(
            status == b"suspended",
            {text(name): text(value) for name, value in _pairs(state)},
            [Entry.parse(raw) for raw in box],
            [Entry.parse(raw, expedited=True) for raw in fast],
            parked,
            depth,
            seq,
        )

    async def expedited(self, chat: Chat, most: int) -> list[Entry]:
        """The first messages in the fast lane of a chat. What is read is only a reason to `begin` one."""
        found = await self._work.command("LRANGE", prefix(chat.partition) + f"fast:{chat}", 0, most - 1)
        return [Entry.parse(raw, expedited=True) for raw in found]

    async def begin(
        self, chat: Chat, epoch: int, seq: int, attempt_id: str, *, apart: bool = False
    ) -> Begun | Incomplete | Literal["behind", "gone"] | None:
        """Count an attempt at a message, before its handler runs; the same id counts once. A media group is
        one attempt with all its parts, unless they are wanted `apart`.

        None: the chat is suspended. "behind": another message stands before it. "gone": on-call took it away.
        Either way what the owner knows of the mailbox is not true any more.
        """
        how = "apart" if apart else ""
        answer = await self._owned(_BEGIN, chat, epoch, chat.bot, str(chat), seq, attempt_id, how)
        match answer[0]:
            case b"suspended":
                return None
            case b"behind":
                return "behind"
            case b"gone":
                return "gone"
            case b"wait":
                return Incomplete(answer[1])
        return _begun(*answer[1:])

    async def journal(self, chat: Chat, epoch: int, seq: int, trace: str, number: int, record: bytes) -> None:
        """Record what a call of the handler brought, so that a replay does not make it again. A record is a
        fact: it is kept where `Fenced` is raised too.
        """
        await self._owned(_JOURNAL, chat, epoch, str(chat), seq, trace, number, record)

    async def stands(self, chat: Chat, epoch: int) -> bool:
        """Whether the chat's partition is still ours as far as the fence knows."""
        fence = await self._work.command("GET", prefix(chat.partition) + "fence")
        return bool(fence == self._token(epoch).encode())

    async def commit(
        self,
        chat: Chat,
        epoch: int,
        done: Entry | None,
        changes: Changes,
        *,
        following: Following | None = None,
        dead: Mapping[str, Any] | None = None,
        park: bool = False,
        parts: Sequence[tuple[Entry, Mapping[str, Any] | None]] = (),
    ) -> Committed:
        """Finish a message (or, with `done` None, write state alone), and count the attempt at the following
        one if it stands first in line now. With `park` a chat whose message died is suspended along with it.
        `parts` are the others of its media group, each with its dead letter if it is one: all or none of them
        are finished.
        """
        answer = await self._owned(
            _COMMIT,
            chat,
            epoch,
            chat.bot,
            str(chat),
            done.seq if done else 0,
            "fast" if done and done.expedited else "box",
            STATE_TTL_MS,
            following.entry.seq if following else "",
            following.attempt_id if following else "",
            to_json(dead) if dead else "",
            self._parked(dead) if dead and park else "",
            *_part_arguments(parts),
            *changes.arguments(),
        )
        if answer[0] in (b"gone", b"torn"):
            return Committed(True, answer[1], None, torn=answer[0] == b"torn")
        return Committed(False, answer[1], _begun(*answer[2:]) if answer[2] else None)

    async def park(
        self,
        chat: Chat,
        epoch: int,
        seq: int,
        until_ms: int,
        *,
        take_back: str = "",
        outage: bool = False,
    ) -> None:
        """Note until when the chat must wait, for the case that this process ends before it; 0 is no wait.
        The attempt of the id `take_back` was none; `outage`: because the other side was away. Nothing is
        noted for a message that is not in line any more.
        """
        await self._owned(_PARK, chat, epoch, str(chat), seq, until_ms, take_back, int(outage))

    async def back(self, chat: Chat, epoch: int, seq: int) -> None:
        """Put a message that was taken for urgent, and is not, to its place in the box. Its attempt was
        none.
        """
        await self._owned(_BACK, chat, epoch, str(chat), seq)

    async def begun(self, chat: Chat) -> Entry | None:
        """The first message of the box, if it is begun and not finished: running, or between two
        attempts.
        """
        partition = prefix(chat.partition)
        found = await self._work.command("LINDEX", partition + f"box:{chat}", 0)
        if found is None:
            return None
        entry = Entry.parse(found)
        return entry if await self._work.command("HEXISTS", partition + f"tries:{chat}", entry.seq) else None

    async def answered(self) -> None:
        """Wait until whatever was called before has its answer. Both lines answer in the order of the
        calls.
        """
        await asyncio.gather(self._intake.command("PING"), self._work.command("PING"))

    async def raise_fences(self, partitions: Sequence[int], epoch: int) -> None:
        """Become the one that may commit in these partitions. Raises `Fenced` if a higher epoch stands in any
        of them, or the same one of another taker.
        """
        calls = (self._work.run(_RAISE, prefix(n), epoch, self.taker) for n in partitions)
        for status, standing in await asyncio.gather(*calls):
            if status == b"fenced":
                raise Fenced(f"epoch {standing} stands in Redis, ours is {epoch}", epoch, standing)

    async def peek(self, chat: Chat, name: str) -> str | None:
        """One field of a chat's committed state."""
        value = await self._work.command("HGET", prefix(chat.partition) + f"state:{chat}", name)
        return text(value) if value is not None else None

    async def ready(
        self, partitions: Iterable[int], most: int, *, after: Mapping[int, int] = MappingProxyType({})
    ) -> list[Chat]:
        """Chats with messages waiting, those that wait longest first in each partition, `most` from each,
        `after` the first so many of it.
        """
        pages = ((prefix(n) + "ready", after.get(n, 0)) for n in partitions)
        answers = await asyncio.gather(
            *(self._work.command("ZRANGE", key, first, first + most - 1) for key, first in pages)
        )
        return [Chat.parse(member.decode()) for answer in answers for member in answer]

    async def fire(self, partition: int, epoch: int) -> tuple[list[tuple[Chat, Entry]], int | None]:
        """Put due timers into their mailboxes. Returns them, and when the next one is due in ms of the
        store's clock.
        """
        answer = await self._work.run(_FIRE, prefix(partition), self._token(epoch), TIMERS_PER_CALL)
        if answer[0] == b"fenced":
            raise Fenced(f"partition {partition}: epoch {epoch} is not the owner's", epoch)
        fired = [(Chat.parse(chat.decode()), Entry.parse(raw)) for chat, raw in _pairs(answer[1])]
        return fired, answer[2] or None

    async def next_timers(self, partitions: Sequence[int]) -> dict[int, int]:
        """When the first timer of each partition is due, in ms of the store's clock; partitions without
        timers are left out.
        """
        asked = (self._work.command("ZRANGE", prefix(n) + "timers", 0, 0, "WITHSCORES") for n in partitions)
        answers = await asyncio.gather(*asked)
        return {n: int(float(answer[1])) for n, answer in zip(partitions, answers, strict=True) if answer}

    def _parked(self, dead: Mapping[str, Any]) -> bytes:
        """Why a chat is parked, in the shape of a suspension by on-call."""
        why = str(dead.get("error", "")).partition("\n")[0][:PARKED_WHY_MAX]
        return to_json({"who": PARKED_BY, "why": f"a message died here: {why}", "since_ms": self.now_ms()})

    async def _owned(self, chosen: Any, chat: Chat, epoch: int, *args: Any) -> list[Any]:
        answer: list[Any] = await self._work.run(chosen, prefix(chat.partition), self._token(epoch), *args)
        if answer[0] == b"fenced":
            raise Fenced(f"{chat}: epoch {epoch} is not the owner's", epoch)
        return answer

    def _token(self, epoch: int) -> str:
        return f"{epoch} {self.taker}"


def every_partition() -> range:
    """All partitions there are."""
    return range(PARTITIONS)


def _pairs(flat: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    return list(zip(flat[::2], flat[1::2], strict=True))


def _begun(
    attempt: int,
    journal: Sequence[bytes],
    outages: int,
    outage_since_ms: int,
    others: Sequence[Any] = (),
) -> Begun:
    parts = tuple(
        Part(Entry.parse(raw), _recorded(its)) for raw, its in zip(others[::2], others[1::2], strict=True)
    )
    return Begun(attempt, _recorded(journal), outages, outage_since_ms, parts)


def _recorded(journal: Sequence[bytes]) -> dict[int, bytes]:
    return {int(number): record for number, record in _pairs(journal)}


def _part_arguments(parts: Sequence[tuple[Entry, Mapping[str, Any] | None]]) -> "Iterator[Argument]":
    for entry, letter in parts:
        yield from ("part", entry.seq, to_json(letter) if letter else "")
