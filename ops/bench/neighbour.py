"""`neighbour`: how long 50 quiet chats wait for their replies, with and without a flood beside them.

Telegram takes 30 ms for a call here, so a chat whose messages are handled in order gets some thirty answers a
second; the flood is one chat that writes ten times as much.
"""

import json
from statistics import median
from typing import Any

from mailroom.ops.bench.contestant import Contestant
from mailroom.ops.bench.environment import Environment
from mailroom.ops.bench.figures import milliseconds
from mailroom.ops.bench.load import drive
from mailroom.ops.bench.paced import Paced, paced, steer

ROUNDS = 2
QUIET_CHATS = 50
QUIET_PER_SECOND = 1.5
"""Messages a second of each quiet chat: a lively conversation."""
FLOOD_PER_SECOND = 300.0
CALL_MS = 30
SECONDS = 6.0
SECONDS_QUICK = 5.0


def neighbour(environment: Environment) -> dict[str, Any]:
    """Quiet, flooded, quiet, flooded, for ours and for the peers."""
    contestants = environment.contestants()[: 1 if environment.quick else 3]
    found: dict[str, dict[str, list[Paced]]] = {one.name: {"quiet": [], "flooded": []} for one in contestants}
    watched: dict[str, list[list[float]]] = {}
    rounds, seconds = (1, SECONDS_QUICK) if environment.quick else (ROUNDS, SECONDS)
    for number in range(rounds):
        # The peers once: what a flood does to them takes long, and needs no second look.
        for contestant in contestants[: 1 if number else None]:
            for kind in ("quiet", "flooded"):
                environment.progress(f"neighbour, round {number + 1} of {rounds}: {contestant.name}, {kind}")
                chats = contestant.fresh_chats(QUIET_CHATS)
                result = environment.run.run(
                    _one(environment, contestant, chats, seconds, flooded=kind == "flooded")
                )
                found[contestant.name][kind].append(result)
                watched.setdefault(f"{contestant.name} {kind}", []).append(result.replies_of(chats))
    return {
        name: {
            **_figures("quiet", watched[f"{name} quiet"]),
            **_figures("flooded", watched[f"{name} flooded"]),
            "refused_of_the_flood": [sum(one.refused.values()) for one in kinds["flooded"]],
        }
        for name, kinds in found.items()
    }


def _figures(kind: str, rounds: list[list[float]]) -> dict[str, Any]:
    p99 = [milliseconds(one, 0.99) or 0.0 for one in rounds]
    return {
        f"{kind}_reply_p50_ms": milliseconds([seconds for one in rounds for seconds in one], 0.5),
        f"{kind}_reply_p99_ms": round(median(p99), 1),
        f"{kind}_rounds_p99_ms": p99,
        f"{kind}_replies": sum(len(one) for one in rounds),
    }


async def _one(
    environment: Environment, contestant: Contestant, chats: range, seconds: float, *, flooded: bool
) -> Paced:
    await drive(environment, contestant, chats)
    interval = 1 / QUIET_PER_SECOND
    plan = [
        (interval * (step + place / len(chats)), chat_id)
        for place, chat_id in enumerate(chats)
        for step in range(int(seconds * QUIET_PER_SECOND))
    ]
    (noisy,) = contestant.fresh_chats(1)
    if flooded:
        plan += [(step / FLOOD_PER_SECOND, noisy) for step in range(int(seconds * FLOOD_PER_SECOND))]
    await steer(
        environment,
        "POST",
        "/sim/faults",
        json.dumps({"rules": [{"kind": "slow", "delay_ms": CALL_MS}]}).encode(),
    )
    try:
        return await paced(environment, contestant, plan, wait_for=chats)
    finally:
        await steer(environment, "DELETE", "/sim/faults")
        if flooded:
            # What the flood left in line is worked off before the next measurement.
            await drive(environment, contestant, [noisy], connections=1)
