"""`memory`: what a chat takes while it rests in memory, and what it still takes when it has left.

Freed memory is not always given back to the system, so what a passivated chat leaves behind is measured by
bringing in other crowds, as large: what it left, they cannot use. The second may still fill gaps of the
allocator, so what counts is what the last one adds to it.
"""

import re
import time
from typing import Any

from mailroom.ops.bench import wire
from mailroom.ops.bench.children import Child
from mailroom.ops.bench.contestant import Contestant
from mailroom.ops.bench.environment import Environment
from mailroom.ops.bench.load import drive

CHATS = 5000
CHATS_QUICK = 1500
IDLE_SECONDS = 8
IDLE_SECONDS_QUICK = 4
CROWDS = 3
CROWDS_QUICK = 1
"""What chats leave behind is not to be seen in less than three crowds."""
LEAVING_SECONDS_MAX = 30.0
LOOK_SECONDS = 0.25
RESIDENT = re.compile(rb"^mailroom_chats_resident (\S+)", re.MULTILINE)


def memory(environment: Environment) -> dict[str, Any]:
    """A crowd comes, rests and leaves; then another, and another."""
    chats, idle_seconds, crowds = CHATS, IDLE_SECONDS, CROWDS
    if environment.quick:
        chats, idle_seconds, crowds = CHATS_QUICK, IDLE_SECONDS_QUICK, CROWDS_QUICK
    command = ("-m", "mailroom.ops.bench.resident", str(idle_seconds))
    mailroom = environment.mailroom("mailroom_memory", [command])
    (process,) = mailroom.processes
    environment.progress("memory: warming up")
    # Caches, connections and the allocator's arenas are no chat's own: they are there before the count.
    environment.run.run(drive(environment, mailroom, [*mailroom.fresh_chats(200)] * 3))
    _wait_until_nobody_is_in(environment, mailroom)
    before = _settled(process)
    peaks: list[int] = []
    resident = 1
    for number in range(1, crowds + 1):
        environment.progress(f"memory: {chats} chats come and go, {number} of {crowds}")
        peak, present = _crowd(environment, mailroom, process, chats)
        resident = present if number == 1 else resident
        peaks.append(peak)
        _wait_until_nobody_is_in(environment, mailroom)
    emptied = _settled(process)
    mailroom.stop()
    left_behind = max(0, round((peaks[-1] - peaks[-2]) / chats)) if crowds > 2 else None
    return {
        "mailroom": {
            "chats": chats,
            "resident_at_the_peak": resident,
            "bytes_per_resident_chat": round((peaks[0] - before) / resident),
            "bytes_per_passivated_chat": left_behind,
            "process_mb": {
                "before": megabytes(before),
                "peaks": [megabytes(peak) for peak in peaks],
                "emptied": megabytes(emptied),
            },
        }
    }


def megabytes(size: int) -> float:
    """For people."""
    return round(size / 1e6, 1)


def _crowd(environment: Environment, mailroom: Contestant, process: Child, chats: int) -> tuple[int, int]:
    """Let as many new chats write once; the process's size then, and how many chats are in it."""
    environment.run.run(drive(environment, mailroom, mailroom.fresh_chats(chats)))
    return _settled(process), max(1, environment.run.run(_resident(mailroom)))


def _settled(process: Child) -> int:
    """The size of the process once the last commits are through: the smallest of a few looks."""
    sizes = []
    for _ in range(3):
        time.sleep(LOOK_SECONDS)
        sizes.append(process.resident_bytes())
    return min(sizes)


def _wait_until_nobody_is_in(environment: Environment, mailroom: Contestant) -> None:
    deadline = time.monotonic() + LEAVING_SECONDS_MAX
    while environment.run.run(_resident(mailroom)) > 0:
        if time.monotonic() > deadline:
            raise TimeoutError("the idle chats did not leave memory")
        time.sleep(LOOK_SECONDS)


async def _resident(mailroom: Contestant) -> int:
    line = await wire.connect(mailroom.port)
    answer = await line.request(wire.get("/metrics"))
    line.close()
    found = RESIDENT.search(answer.body)
    return int(float(found[1])) if found else 0
