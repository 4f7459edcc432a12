"""TrioActor beside `pykka.ThreadingActor`: tell, ask, spawn and memory, in interleaved rounds.

Interleaved, because a machine shared with others is fast in one second and slow in the next: each round does
the same work with both kinds, and the medians are compared.
"""

import gc
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pykka
import trio

from mailroom.actors.runtime.actor import TrioActor
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.runtime.host import run
from mailroom.actors.runtime.system import open_actor_system

ROUNDS = 5
TELLS = 20_000
ASKS = 3_000
SPAWNS = 300
# Each in a fresh process; fewer threads, because they are larger and a small machine allows only so many.
RESIDENTS = {"trio": 5_000, "threading": 300}
BRIDGE_CALLS = 3_000


class TrioCounter(TrioActor):
    """Counts what it is told and answers with the count."""

    inbox_limit = TELLS + 1  # The whole round is told before the actor gets its turn.

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    async def on_receive(self, _message: Any) -> int:
        """Count one."""
        self.count += 1
        return self.count


class ThreadingCounter(pykka.ThreadingActor):
    """The same in a thread."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def on_receive(self, _message: Any) -> int:
        """Count one."""
        self.count += 1
        return self.count


def actors_bench(progress: Callable[[str], object] = lambda _: None) -> dict[str, Any]:
    """Measure both kinds of actors and our bridge; takes some ten seconds.

    `progress` is told what is being measured, a line at a time.
    """
    rounds: dict[str, list[dict[str, float]]] = {"trio": [], "threading": []}
    for number in range(ROUNDS):
        progress(f"round {number + 1} of {ROUNDS}")
        rounds["threading"].append(_threading_round())
        rounds["trio"].append(run(_trio_round))
    result: dict[str, Any] = {"rounds": ROUNDS}
    for figure in ("tell_per_second", "ask_per_second", "spawn_per_second"):
        trio_median, threading_median = (
            statistics.median(one[figure] for one in rounds[kind]) for kind in ("trio", "threading")
        )
        result[figure] = _side_by_side(trio_median, threading_median, trio_median / threading_median)
    progress("memory")
    trio_bytes, threading_bytes = _bytes_per_idle_actor("trio"), _bytes_per_idle_actor("threading")
    result["idle_actor_bytes"] = _side_by_side(trio_bytes, threading_bytes, threading_bytes / trio_bytes)
    progress("bridge")
    result["bridge_microseconds_per_call"] = run(_bridge_round)
    return result


def _side_by_side(ours: float, theirs: float, ratio: float) -> dict[str, float]:
    return {"trio": round(ours), "threading": round(theirs), "ratio": round(ratio, 1)}


async def _trio_round() -> dict[str, float]:
    async with open_actor_system():
        ref = TrioCounter.start()
        await ref.ask("warm up")
        begin = time.perf_counter()
        for _ in range(TELLS - 1):
            ref.tell("one more")
        await ref.ask("done?")
        tell_seconds = time.perf_counter() - begin
        begin = time.perf_counter()
        for _ in range(ASKS):
            await ref.ask("how many?")
        ask_seconds = time.perf_counter() - begin
        begin = time.perf_counter()
        refs = [TrioCounter.start() for _ in range(SPAWNS)]
        for future in [ref.ask("are you there?") for ref in refs]:
            await future
        spawn_seconds = time.perf_counter() - begin
    return _per_second(tell_seconds, ask_seconds, spawn_seconds)


def _threading_round() -> dict[str, float]:
    ref = ThreadingCounter.start()
    ref.ask("warm up")
    begin = time.perf_counter()
    for _ in range(TELLS - 1):
        ref.tell("one more")
    ref.ask("done?")
    tell_seconds = time.perf_counter() - begin
    begin = time.perf_counter()
    for _ in range(ASKS):
        ref.ask("how many?")
    ask_seconds = time.perf_counter() - begin
    ref.stop()
    begin = time.perf_counter()
    refs = [ThreadingCounter.start() for _ in range(SPAWNS)]
    for future in [ref.ask("are you there?", block=False) for ref in refs]:
        future.get()
    spawn_seconds = time.perf_counter() - begin
    for ref in refs:
        ref.stop()
    return _per_second(tell_seconds, ask_seconds, spawn_seconds)


def _per_second(tell_seconds: float, ask_seconds: float, spawn_seconds: float) -> dict[str, float]:
    return {
        "tell_per_second": TELLS / tell_seconds,
        "ask_per_second": ASKS / ask_seconds,
        "spawn_per_second": SPAWNS / spawn_seconds,
    }


async def _bridge_round() -> dict[str, float]:
    async def nothing() -> None:
        """Only the crossing costs."""

    async def cross(times: int) -> None:
        for _ in range(times):
            await aio(nothing)

    result = {}
    for at_once in (1, 8, 100):
        begin = time.perf_counter()
        async with trio.open_nursery() as nursery:
            for _ in range(at_once):
                nursery.start_soon(cross, BRIDGE_CALLS // at_once)
        calls = BRIDGE_CALLS // at_once * at_once
        result[f"{at_once}_at_once"] = round((time.perf_counter() - begin) / calls * 1e6, 1)
    return result


def _bytes_per_idle_actor(kind: str) -> float:
    """Measured in a fresh process, for memory that was freed before would hide what is taken."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measure_bytes_per_idle_actor, kind).result()


def _measure_bytes_per_idle_actor(kind: str) -> float:
    return run(_trio_residents) if kind == "trio" else _threading_residents()


async def _trio_residents() -> float:
    async with open_actor_system():
        before = _resident_bytes()
        refs = [TrioCounter.start() for _ in range(RESIDENTS["trio"])]
        for ref in refs:
            await ref.ask("settle down")
        return (_resident_bytes() - before) / len(refs)


def _threading_residents() -> float:
    before = _resident_bytes()
    refs = [ThreadingCounter.start() for _ in range(RESIDENTS["threading"])]
    for ref in refs:
        ref.ask("settle down")
    taken = _resident_bytes() - before
    for ref in refs:
        ref.stop()
    return taken / len(refs)


def _resident_bytes() -> int:
    gc.collect()
    resident_pages = int(Path("/proc/self/statm").read_text().split()[1])
    return resident_pages * os.sysconf("SC_PAGE_SIZE")
