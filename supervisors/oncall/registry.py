"""Which processes this installation consists of: each says so every second. One that falls silent without
having signed off is missed for an hour, or until another has taken its place.

What a process says expires by Redis' own clock, so that clocks which differ do not matter.
"""

import asyncio
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json
from structlog import get_logger

from mailroom.storage.redis.batch import Line
from mailroom.storage.words import words

log = get_logger("mailroom.oncall")

NODES = "mailroom:nodes"
BEAT_SECONDS = 1.0
GONE_SECONDS = 10.0
"""How long a silent process is still listed: longer than a lease lives, so that who is not listed works no
chats.
"""
LINGER_SECONDS = 2.0
"""How long one that signed off is still listed: its listener may be restarting while its chats go on."""
MISSED_SECONDS = 3600.0
"""How long a process that fell silent is missed: it may hang, and come back."""
PROCESSES_MAX = 200
"""An installation has a handful; this bounds what one look may cost."""
PATHS_MAX = 1000
"""Nodes of one process that can be named; chats are none of them."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process as it registers itself."""

    id: str
    roles: tuple[str, ...]
    bots: tuple[str, ...]
    paths: tuple[str, ...]
    pid: int
    host: str
    uptime_seconds: float


@dataclass(frozen=True, slots=True)
class Missed:
    """A process that has not been heard of for a while, and did not sign off."""

    process: Process
    silent_seconds: float


@dataclass(frozen=True, slots=True)
class _LastWords:
    """What a process leaves behind, and when it said so by Redis' clock."""

    process: Process
    at_ms: int


_process = TypeAdapter(Process)
_last_words = TypeAdapter(_LastWords)


async def beat(line: Line, process: Process) -> None:
    """Say that the process is there."""
    last = to_json(_LastWords(process, await now_ms(line)))
    await asyncio.gather(
        line.command("SET", _key(process.id), to_json(process), "PX", int(GONE_SECONDS * 1000)),
        line.command("SET", _last(process.id), last, "PX", int(MISSED_SECONDS * 1000)),
        line.command("SADD", NODES, process.id),
    )


async def leave(line: Line, process_id: str) -> None:
    """Say that the process is about to end. It stays for a moment, because it may also be starting again."""
    await line.command("DEL", _last(process_id))
    await line.command("PEXPIRE", _key(process_id), int(LINGER_SECONDS * 1000))


async def lives(line: Line, process_id: str) -> bool:
    """Whether the process is still listed."""
    return bool(await line.command("EXISTS", _key(process_id)))


async def living(line: Line) -> list[Process]:
    """The processes that are there, in the order of their names."""
    found, silent = await _heard(line)
    missed = await asyncio.gather(*(line.command("EXISTS", _last(process_id)) for process_id in silent))
    if over := [process_id for process_id, is_missed in zip(silent, missed, strict=True) if not is_missed]:
        await line.command("SREM", NODES, *over)
    if len(found) > PROCESSES_MAX:
        log.error("processes_left_out", there_are=len(found), asked=PROCESSES_MAX)
    return found[:PROCESSES_MAX]


async def missed(line: Line) -> list[Missed]:
    """The processes that fell silent and were not replaced since by one that does the same, those that are
    silent longest first.
    """
    there, silent = await _heard(line)
    last = await asyncio.gather(*(line.command("GET", _last(process_id)) for process_id in silent))
    at_ms, found = await now_ms(line), []
    for said in last:
        if said is None:
            continue
        try:
            left = _last_words.validate_json(said)
        except ValidationError:  # of another version, which then misses it
            continue
        seconds = max(at_ms - left.at_ms, 0) / 1000
        # Whoever has begun after it fell silent was started in its place.
        if not any(one.roles == left.process.roles and one.uptime_seconds < seconds for one in there):
            found.append(Missed(left.process, seconds))
    return sorted(found, key=lambda one: -one.silent_seconds)[:PROCESSES_MAX]


async def now_ms(line: Line) -> int:
    """The time by Redis' clock."""
    seconds, microseconds = await line.command("TIME")
    return int(seconds) * 1000 + int(microseconds) // 1000


async def _heard(line: Line) -> tuple[list[Process], list[str]]:
    """The processes that are there, in the order of their names, and the names of those that are silent."""
    ids = sorted(member.decode() for member in await line.command("SMEMBERS", NODES))
    said = await asyncio.gather(*(line.command("GET", _key(process_id)) for process_id in ids))
    there = [process for words in said if words is not None and (process := _read(words)) is not None]
    return there, [process_id for process_id, words in zip(ids, said, strict=True) if words is None]


def _read(said: bytes) -> Process | None:
    """What a process said of itself; None of one of another version, which must not hide the others."""
    try:
        return _process.validate_json(said)
    except ValidationError as error:
        log.warning("process_not_understood", said=said[:200].decode(errors="replace"), why=words(error))
        return None


def _key(process_id: str) -> str:
    return f"mailroom:node:{process_id}"


def _last(process_id: str) -> str:
    return f"mailroom:node:{process_id}:last"
