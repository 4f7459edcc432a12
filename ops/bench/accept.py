"""`accept`: webhooks durably taken a second, beside an echo on a Quart-Trio server that stores nothing.

Only the web process runs, so that nothing but taking in is measured.
"""

import asyncio
from statistics import median
from time import perf_counter
from typing import Any

from mailroom.ops.bench import wire
from mailroom.ops.bench.contestant import Contestant
from mailroom.ops.bench.environment import WEB, Environment
from mailroom.ops.bench.figures import milliseconds
from mailroom.ops.bench.load import CONNECTIONS, requests

ROUNDS = 3
UPDATES = 2000
UPDATES_QUICK = 1000
CHATS = 200


def accept(environment: Environment) -> dict[str, Any]:
    """Ours, the echo, ours, the echo."""
    contestants = [
        environment.mailroom("mailroom_web", WEB),
        environment.bare("mailroom.ops.bench.echo", "echo"),
    ]
    rounds, updates = (1, UPDATES_QUICK) if environment.quick else (ROUNDS, UPDATES)
    rates: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    acks: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    costs: dict[str, list[float]] = {contestant.name: [] for contestant in contestants}
    for contestant in contestants:
        environment.run.run(_post(contestant, CHATS))
    for number in range(rounds):
        for contestant in contestants:
            environment.progress(f"accept, round {number + 1} of {rounds}: {contestant.name}")
            before = contestant.cpu_seconds()
            seconds, times = environment.run.run(_post(contestant, updates))
            rates[contestant.name].append(updates / seconds)
            acks[contestant.name] += times
            costs[contestant.name].append((contestant.cpu_seconds() - before) / updates * 1000)
    for contestant in contestants:
        contestant.stop()
    return {
        name: {
            "accepts_per_second": round(median(rates[name]), 1),
            "rounds": [round(rate, 1) for rate in rates[name]],
            "ack_p50_ms": milliseconds(acks[name], 0.5),
            "ack_p99_ms": milliseconds(acks[name], 0.99),
            "cpu_ms_per_update": {"service": round(median(costs[name]), 3)},
        }
        for name in rates
    }


async def _post(contestant: Contestant, updates: int) -> tuple[float, list[float]]:
    chats = contestant.fresh_chats(CHATS)
    waiting = iter(requests(contestant, [chats[number % len(chats)] for number in range(updates)]))
    times: list[float] = []

    async def post(line: wire.Connection) -> None:
        for request in waiting:
            answer = await line.request(request)
            if answer.status != 200:
                raise RuntimeError(f"{contestant.name} answered {answer.status}: {answer.body.decode()}")
            times.append(answer.seconds)

    lines = [await wire.connect(contestant.port) for _ in range(CONNECTIONS)]
    begun = perf_counter()
    await asyncio.gather(*(post(line) for line in lines))
    seconds = perf_counter() - begun
    for line in lines:
        line.close()
    return seconds, times
