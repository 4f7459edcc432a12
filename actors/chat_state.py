"""What is committed of a chat's state, and how the writes of two turns become one.

Beside the turn of the box one of the fast lane may be at work, each on what is committed when it reads. So
what one of them commits must not erase what the other one has committed meanwhile: what both changed since
they began is put together when the later one commits, by field, and the data of a conversation by its
top-level keys. Where both changed the same key, or the name of the state, the message with the higher id
wins, whichever of them comes to its end first.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from mailroom.storage.redis.entry import Entry
from mailroom.storage.redis.mailbox import Changes

DATA = "data:"
"""How the fields begin that hold the data of a conversation."""
_MISSING = object()


class Texts(Protocol):
    """How a bot's storage keeps the data of a conversation."""

    def unpacked(self, kept: str | None) -> dict[str, Any]:
        """The data; empty where nothing is kept."""

    def packed(self, data: Mapping[str, Any]) -> str | None:
        """As it is kept; None for nothing."""


class _Write(NamedTuple):
    """What another turn made of a field. `by` is None for what no message wrote."""

    by: Entry | None
    before: str | None
    after: str | None


@dataclass(slots=True, eq=False)
class Work:
    """A turn at work on the state of a chat, and what others wrote since it began, by field."""

    by: Entry | None
    beside: dict[str, list[_Write]] = field(default_factory=dict)


class ChatState(dict[str, str]):
    """The committed fields of one chat."""

    __slots__ = ("_committing", "_released", "_works")

    def __init__(self) -> None:
        super().__init__()
        self._works: list[Work] = []
        self._committing = False
        # Exists only while somebody waits: mostly a turn is alone, and a lock would be made for every one.
        self._released: asyncio.Event | None = None

    def begin(self, by: Entry | None) -> Work:
        """A turn begins to read and write; to be ended in any case."""
        work = Work(by)
        self._works.append(work)
        return work

    def end(self, work: Work) -> None:
        """That turn will commit nothing more."""
        self._works.remove(work)

    async def __aenter__(self) -> None:
        """To be held from `merged` to `commit`: no other turn may commit in between."""
        while self._committing:
            self._released = self._released or asyncio.Event()
            await self._released.wait()
        self._committing = True

    async def __aexit__(self, *_: object) -> None:
        """Let the next one commit."""
        self._committing = False
        if self._released is not None:
            self._released.set()
            self._released = None

    def merged(self, work: Work, changes: Changes, bases: Mapping[str, str | None], texts: Texts) -> Changes:
        """What a turn is to commit, so that what others committed since it began is kept. `bases` is what it
        made its own of, where it read a field before it wrote it; else that is what stood there at first.
        """
        if not work.beside:
            return changes
        mine = [name for name in (*changes.set, *changes.delete) if name in work.beside]
        if not mine:
            return changes
        merged = Changes(dict(changes.set), list(changes.delete), changes.timers, changes.cancel)
        for name in mine:
            base = bases.get(name, work.beside[name][0].before)
            merged.put(name, self._merged(name, work, changes.set.get(name), base, texts))
        return merged

    def commit(self, work: Work, changes: Changes) -> None:
        """What a turn wrote is committed in the store."""
        if len(self._works) > 1:
            after: dict[str, str | None] = {**dict.fromkeys(changes.delete), **changes.set}
            self._tell(work, after)
        self.write(changes)

    def write(self, changes: Changes) -> None:
        """Bring what is in memory up to the store. Of what was written outside of turns none is told: there
        the last writer wins.
        """
        for name in changes.delete:
            self.pop(name, None)
        self.update(changes.set)

    def replace(self, found: Mapping[str, str]) -> None:
        """The store was read anew."""
        if self._works:
            self._tell(None, {**dict.fromkeys(self), **found})
        self.clear()
        self.update(found)

    def _tell(self, work: Work | None, after: Mapping[str, str | None]) -> None:
        """Tell the other turns what becomes of these fields."""
        for other in self._works:
            if other is work:
                continue
            for name, text in after.items():
                if (before := self.get(name)) != text:
                    write = _Write(work.by if work else None, before, text)
                    other.beside.setdefault(name, []).append(write)

    def _merged(self, name: str, work: Work, mine: str | None, base: str | None, texts: Texts) -> str | None:
        now, writes = self.get(name), work.beside[name]
        if name.startswith(DATA):
            with suppress(
                Exception
            ):  # what one of them wrote cannot be read again: then it is all or nothing
                return _merged_data(work.by, mine, base, now, writes, texts)
        if mine == base or not _outranks(work.by, writes[-1].by):
            return now
        return mine


def _merged_data(
    by: Entry | None, mine: str | None, base: str | None, now: str | None, writes: list[_Write], texts: Texts
) -> str | None:
    written, merged = texts.unpacked(mine), texts.unpacked(now)
    beside = [(write.by, _changed(write.before, write.after, texts)) for write in writes]
    for key in _changed(base, mine, texts):
        last = next((other for other, keys in reversed(beside) if key in keys), by)
        if last is not by and not _outranks(by, last):
            continue
        if key in written:
            merged[key] = written[key]
        else:
            merged.pop(key, None)
    return texts.packed(merged)


def _changed(before: str | None, after: str | None, texts: Texts) -> list[Any]:
    """The keys that differ. Compared is what is kept of them: to Python True is 1, and no NaN equals
    itself.
    """
    was, became = texts.unpacked(before), texts.unpacked(after)
    return [
        key
        for key in {**was, **became}
        if was.get(key, _MISSING) is not became.get(key, _MISSING)
        and (
            key not in was
            or key not in became
            or texts.packed({key: was[key]}) != texts.packed({key: became[key]})
        )
    ]


def _outranks(one: Entry | None, other: Entry | None) -> bool:
    """Whether the first is the message with the higher id. What belongs to no message gives way."""
    if one is None or other is None:
        return one is not None
    if one.order is None or other.order is None:
        return one.seq > other.seq
    return one.order > other.order
