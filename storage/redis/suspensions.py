"""What is suspended, by whom and why: written down so that it outlives every process.

Two things are kept. The **notes**, `mailroom:suspensions`, say who suspended what; people see them. The
**sets**, `mailroom:{NN}:suspended`, one in each partition, are what the scripts obey. One call cannot write
both, so their order decides what a crash leaves: a note is written before the sets and removed after them.
What is enforced without a note, or noted and not enforced everywhere, was cut short; `reconcile` makes the
sets what the notes say.

A chat that is parked because a message of its died is suspended by the commit itself, in its own partition,
and its note lies there too, in `mailroom:{NN}:parks`: set and note are one step, and nothing has to be
written after it that a crash could prevent. `all` shows both kinds of notes, `reconcile` obeys both, `lift`
removes both.

A target is written `everything`, `bot/shop`, `chat/shop:123` or `node/chats/timers`. Nodes of the supervision
tree have a note only: whoever runs the tree obeys it, no script does.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic_core import from_json, to_json

from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import Chat, prefix
from mailroom.storage.redis.mailbox import every_partition
from mailroom.storage.redis.scripts import script

NOTES = "mailroom:suspensions"
HELD_BY = "stores"
"""Who suspends what may not act beside stores that do not fit together."""
EVERYTHING = "everything"
EVERYTHING_MEMBER = "*"
"""How the sets say `everything`."""
ROUNDS_MAX = 10
"""How often `reconcile` begins anew because a note has changed meanwhile; people are not that fast."""

_HELD, _RELEASE, _RECONCILE = script("held"), script("release"), script("reconcile")


@dataclass(frozen=True, slots=True)
class Held:
    """Who suspended something, why, and since when by the clock of who wrote it down."""

    who: str
    why: str
    since_ms: int


WITHOUT_NOTE = Held("unknown", "it is enforced without a note: resume it, or suspend it with a reason", 0)
"""Two people who suspended and resumed the same thing in the same moment may leave this behind. It must be
seen, for a chat that stands still and nobody knows why is the worst that on-call can meet.
"""


class Suspensions:
    """All suspensions of one Redis. Every call is safe to repeat."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def all(self) -> dict[str, Held]:
        """What is suspended, by target: notes of people, parked chats, and whatever is enforced without a
        note.
        """
        noted, *partitions = await asyncio.gather(
            self._line.command("HGETALL", NOTES),
            *(self._line.run(_HELD, prefix(n)) for n in every_partition()),
        )
        found: dict[str, Held] = {}
        for members, parks in partitions:
            found.update((_target(member.decode()), WITHOUT_NOTE) for member in members)
            found.update((_target(chat.decode()), _held(note)) for chat, note in _pairs(parks))
        found.update((target.decode(), _held(note)) for target, note in _pairs(noted))
        return found

    async def noted(self, targets: Sequence[str]) -> dict[str, Held]:
        """The notes of these targets, of those that have one."""
        notes = await self._line.command("HMGET", NOTES, *targets)
        found = zip(targets, notes, strict=True)
        return {target: _held(note) for target, note in found if note is not None}

    async def put(self, target: str, who: str, why: str) -> bool:
        """Suspend something; when this returns, nothing of it begins any more. False: it was suspended
        already, and its note is kept as it was.
        """
        member = _member(target)
        parked = False
        if member is not None and ":" in member:
            parked = await self._line.command("HEXISTS", _key("parks", member), member)
        note = to_json(Held(who, why, int(time.time() * 1000)))
        fresh = not parked and bool(await self._line.command("HSETNX", NOTES, target, note))
        # Also when it was noted before: whoever noted it may have come no further.
        if member is not None:
            await asyncio.gather(*(self._line.command("SADD", key, member) for key in _sets(member)))
        return fresh

    async def lift(self, target: str) -> Held | None:
        """End a suspension. Returns what it was; None when there was none. The caller wakes who was held."""
        member = _member(target)
        note = await self._line.command("HGET", NOTES, target)
        held = _held(note) if note is not None else None
        if member is not None and ":" in member:
            removed, parked = await self._line.run(_RELEASE, prefix(Chat.parse(member).partition), member)
            held = held or (_held(parked) if parked else None)
        elif member is not None:
            removed = any(
                await asyncio.gather(*(self._line.command("SREM", key, member) for key in _sets(member)))
            )
        else:
            removed = False
        await self._line.command("HDEL", NOTES, target)
        return held or (WITHOUT_NOTE if removed else None)

    async def reconcile(self, partitions: Sequence[int]) -> None:
        """Make the sets of these partitions what the notes say. To be called before their chats are worked:
        what was cut short by a crash is then brought to its end, or taken back.
        """
        notes = await self._noted()
        for _ in range(ROUNDS_MAX):
            members = [member for target in notes if (member := _member(target)) is not None]
            everywhere = [member for member in members if ":" not in member]
            chats: dict[int, list[str]] = {}
            for member in members:
                if ":" in member:
                    chats.setdefault(Chat.parse(member).partition, []).append(member)
            await asyncio.gather(
                *(self._line.run(_RECONCILE, prefix(n), *everywhere, *chats.get(n, [])) for n in partitions)
            )
            # A suspension that came meanwhile may have been undone by us; whoever wrote it noted it first.
            before, notes = notes, await self._noted()
            if notes == before:
                return

    async def _noted(self) -> set[str]:
        return {target.decode() for target in await self._line.command("HKEYS", NOTES)}


def _member(target: str) -> str | None:
    """How the sets say a target; None for a node, which no set has."""
    if target == EVERYTHING:
        return EVERYTHING_MEMBER
    kind, _, name = target.partition("/")
    good = {"node": bool(name), "bot": bool(name) and ":" not in name, "chat": ":" in name}.get(kind, False)
    if not good:
        raise ValueError(f"no target of a suspension: {target!r}")
    return None if kind == "node" else name


def _target(member: str) -> str:
    """What a member of the sets stands for."""
    if member == EVERYTHING_MEMBER:
        return EVERYTHING
    return f"chat/{member}" if ":" in member else f"bot/{member}"


def _sets(member: str) -> list[str]:
    """The sets that a member belongs into: a chat's partition, or all of them."""
    if ":" in member:
        return [_key("suspended", member)]
    return [prefix(n) + "suspended" for n in every_partition()]


def _key(name: str, chat: str) -> str:
    return prefix(Chat.parse(chat).partition) + name


def _held(note: bytes) -> Held:
    """Read a note. One that nobody can read holds all the same."""
    try:
        return Held(**from_json(note))
    except (ValueError, TypeError):
        return Held(WITHOUT_NOTE.who, f"unreadable note: {note[:100]!r}", 0)


def _pairs(flat: Sequence[bytes]) -> Iterable[tuple[bytes, bytes]]:
    return zip(flat[::2], flat[1::2], strict=True)
