"""What waits, seen from outside: for on-call and for what is measured. Nothing here changes anything, owns
anything, or reads more than it shows.
"""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.dead_letters import DeadLetters, Wanted
from mailroom.storage.redis.entry import Chat, Entry, prefix
from mailroom.storage.redis.mailbox import every_partition
from mailroom.storage.redis.scripts import script
from mailroom.storage.redis.wire import text

SCAN_COUNT = 1000
"""Timers looked at by one call when those of one chat are wanted."""

_TOTALS, _INSPECT, _WAITING = script("totals"), script("inspect"), script("waiting")


class InLine(NamedTuple):
    """A chat with messages waiting: how many, and when the first of them was accepted."""

    chat: Chat
    depth: int
    accepted_ms: int


@dataclass(frozen=True, slots=True)
class Totals:
    """All mailboxes together. `oldest_ms` is when the oldest message at the head of a line was accepted, 0
    when nothing waits; `suspended_chats` are those with messages waiting that a suspension of the chat, its
    bot or everything holds.
    """

    chats_waiting: int
    messages_waiting: int
    oldest_ms: int
    dead_letters: int
    suspended_chats: int


@dataclass(frozen=True, slots=True)
class ChatView:
    """One chat. `waiting` are the first in line, the expedited before the others, each with the attempts that
    were begun; `depth` counts all of them. `suspended` is what holds the chat, as a target: `chat/shop:1`,
    `bot/shop`, `everything`, or nothing. `timers` are due at so many ms by the store's clock.
    """

    chat: Chat
    epoch: int
    depth: int
    waiting: list[tuple[Entry, int]]
    state: dict[str, str]
    parked_until_ms: int
    suspended: str
    timers: dict[str, int]
    dead_letters: int


async def oldest(line: Line, most: int) -> list[InLine]:
    """The chats whose first message waits longest, the longest first."""
    if most < 1:
        return []
    return await _by_age(line, most, await _every(line, "ZRANGE", "ready", 0, most - 1, "WITHSCORES"))


async def deepest(line: Line, most: int) -> list[InLine]:
    """The chats with the most messages waiting, the most first; equal ones stand by their age."""
    if most < 1:
        return []
    answers = await _every(line, "ZREVRANGE", "depths", 0, most - 1, "WITHSCORES")
    return await _by_depth(line, most, answers, partial(oldest, line, most))


async def free_oldest(line: Line, most: int, *, age_ms: int = 0) -> tuple[int, list[InLine]]:
    """The chats that nothing suspends whose first message waits longest, and how many of those there are;
    with `age_ms` only chats that have waited for as long. However many are suspended, they hide none.
    """
    answers = await _free(line, "ready", most, age_ms)
    found = await _by_age(line, most, [flat for _, *flat in answers])
    return sum(answer[0] for answer in answers), found


async def free_deepest(line: Line, most: int) -> list[InLine]:
    """The chats that nothing suspends with the most messages waiting; equal ones stand by their age."""

    async def by_age() -> list[InLine]:
        _, found = await free_oldest(line, most)
        return found

    answers = await _free(line, "depths", most, 0)
    return await _by_depth(line, most, [flat for _, *flat in answers], by_age)


async def _by_age(line: Line, most: int, answers: Iterable[Sequence[bytes]]) -> list[InLine]:
    """Of what the partitions have answered, each a chat and since when it waits, the oldest first."""
    chosen = heapq.nsmallest(most, [(ms, chat) for flat in answers for chat, ms in _scored(flat)])
    depths = await asyncio.gather(*(_score(line, "depths", chat) for _, chat in chosen))
    # A chat that is not in `depths` has one message.
    return [InLine(chat, depth or 1, ms) for (ms, chat), depth in zip(chosen, depths, strict=True)]


async def _by_depth(
    line: Line,
    most: int,
    answers: Iterable[Sequence[bytes]],
    by_age: Callable[[], Awaitable[list[InLine]]],
) -> list[InLine]:
    """Of what the partitions have answered, each a chat and its depth, the deepest first."""
    chosen = heapq.nlargest(most, [(depth, chat) for flat in answers for chat, depth in _scored(flat)])
    moments = await asyncio.gather(*(_score(line, "ready", chat) for _, chat in chosen))
    # One that has no moment was emptied between the two looks.
    found = [InLine(chat, depth, ms) for (depth, chat), ms in zip(chosen, moments, strict=True) if ms]
    if len(chosen) < most:
        # All chats with two or more are here, so what is left to show has one message each.
        known = {one.chat for one in found}
        found += [one for one in await by_age() if one.depth == 1 and one.chat not in known]
    return sorted(found, key=lambda one: (-one.depth, one.accepted_ms))[:most]


async def _free(line: Line, by: str, most: int, age_ms: int) -> list[list[Any]]:
    calls = (line.run(_WAITING, prefix(n), by, most, age_ms) for n in every_partition())
    return list(await asyncio.gather(*calls))


async def totals(line: Line) -> Totals:
    """How much waits in all. Each partition is counted at its own moment, so a busy sum is a near one."""
    parts = await asyncio.gather(*(line.run(_TOTALS, prefix(n)) for n in every_partition()))
    chats, messages, _, dead, suspended = (sum(column) for column in zip(*parts, strict=True))
    return Totals(chats, messages, min((part[2] for part in parts if part[2]), default=0), dead, suspended)


async def chat(line: Line, which: Chat, most: int) -> ChatView:
    """All that the store knows of a chat, with the first `most` messages of each of its two lines."""
    fence, box, fast, depth, tries, state, parked, held = await line.run(
        _INSPECT, prefix(which.partition), which.bot, str(which), max(most, 1)
    )
    attempts = {int(seq): int(tried.split()[0]) for seq, tried in _pairs(tries)}
    entries = [Entry.parse(raw, expedited=True) for raw in fast] + [Entry.parse(raw) for raw in box]
    holders = ("everything", f"bot/{which.bot}", f"chat/{which}")
    return ChatView(
        chat=which,
        epoch=fence,
        depth=depth,
        waiting=[(entry, attempts.get(entry.seq, 0)) for entry in entries],
        state={text(name): text(value) for name, value in _pairs(state)},
        parked_until_ms=parked,
        suspended=next(
            (holder for holder, yes in zip(reversed(holders), reversed(held), strict=True) if yes), ""
        ),
        timers=await _timers(line, which),
        dead_letters=await DeadLetters(line).count(Wanted(chat=which)),
    )


async def _timers(line: Line, which: Chat) -> dict[str, int]:
    """The timers of a chat, the next first. They stand among those of their partition."""
    name_of = f"{which}:"
    pattern = "".join(f"\\{sign}" if sign in "*?[]\\" else sign for sign in name_of) + "*"
    found: dict[str, int] = {}
    cursor = b"0"
    while True:
        cursor, flat = await line.command(
            "ZSCAN", prefix(which.partition) + "timers", cursor, "MATCH", pattern, "COUNT", SCAN_COUNT
        )
        found.update((text(member).removeprefix(name_of), int(float(due))) for member, due in _pairs(flat))
        if cursor == b"0":
            return dict(sorted(found.items(), key=lambda timer: timer[1]))


async def _every(line: Line, command: str, name: str, *args: str | int) -> list[list[bytes]]:
    """The same command on the key of this name in every partition."""
    calls = (line.command(command, prefix(n) + name, *args) for n in every_partition())
    return list(await asyncio.gather(*calls))


async def _score(line: Line, name: str, which: Chat) -> int | None:
    score = await line.command("ZSCORE", prefix(which.partition) + name, str(which))
    return None if score is None else int(float(score))


def _scored(flat: Sequence[bytes]) -> list[tuple[Chat, int]]:
    return [(Chat.parse(member.decode()), int(float(score))) for member, score in _pairs(flat)]


def _pairs(flat: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    return list(zip(flat[::2], flat[1::2], strict=True))
