"""Which processes this installation consists of: each says so every second, and is forgotten in silence.

What a process says expires by Redis' own clock, so that clocks which differ do not matter.
"""

import asyncio
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json
from structlog import get_logger

from storage.redis.batch import Line

log = get_logger("mailroom.oncall")

NODES = "mailroom:nodes"
BEAT_SECONDS = 1.0
GONE_SECONDS = 10.0
"""How long a silent process is still listed: longer than a lease lives, so that who is not listed works no
chats.
"""
LINGER_SECONDS = 2.0
"""How long one that signed off is still listed: its listener may be restarting while its chats go on."""
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


_process = TypeAdapter(Process)


async def beat(line: Line, process: Process) -> None:
    """Say that the process is there."""
    await asyncio.gather(
        line.command("SET", _key(process.id), to_json(process), "PX", int(GONE_SECONDS * 1000)),
        line.command("SADD", NODES, process.id),
    )


async def leave(line: Line, process_id: str) -> None:
    """Say that the process is about to end. It stays for a moment, because it may also be starting again."""
    await line.command("PEXPIRE", _key(process_id), int(LINGER_SECONDS * 1000))


async def lives(line: Line, process_id: str) -> bool:
    """Whether the process is still listed."""
    return bool(await line.command("EXISTS", _key(process_id)))


async def living(line: Line) -> list[Process]:
    """The processes that are there, in the order of their names."""
    ids = sorted(member.decode() for member in await line.command("SMEMBERS", NODES))
    said = await asyncio.gather(*(line.command("GET", _key(process_id)) for process_id in ids))
    silent = [process_id for process_id, words in zip(ids, said, strict=True) if words is None]
    if silent:
        await line.command("SREM", NODES, *silent)
    found = []
    for words in said:
        if words is None:
            continue
        try:
            found.append(_process.validate_json(words))
        except ValidationError as error:  # one of another version must not hide the others
            log.warning("process_not_understood", said=words[:200].decode(errors="replace"), why=str(error))
    if len(found) > PROCESSES_MAX:
        log.error("processes_left_out", there_are=len(found), asked=PROCESSES_MAX)
    return found[:PROCESSES_MAX]


def _key(process_id: str) -> str:
    return f"mailroom:node:{process_id}"
