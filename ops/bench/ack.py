"""`ack`: how quickly the webhook answers at half of the rate that the service can take."""

from statistics import median
from typing import Any

from mailroom.ops.bench.environment import Environment
from mailroom.ops.bench.figures import milliseconds
from mailroom.ops.bench.load import drive
from mailroom.ops.bench.paced import paced

CHATS = 300
PROBE = 900
SECONDS = 2.0
WINDOWS = 3
"""The median of three: one pause of a busy machine must not decide."""


def ack(environment: Environment) -> dict[str, Any]:
    """Find each one's greatest rate, then offer half of it."""
    result = {}
    for contestant in environment.contestants()[: 1 if environment.quick else 2]:
        environment.progress(f"ack: {contestant.name}")
        chats = contestant.fresh_chats(CHATS)
        most = environment.run.run(drive(environment, contestant, [*chats] * (PROBE // CHATS))).per_second
        half = most / 2
        plan = [(step / half, chats[step % len(chats)]) for step in range(int(half * SECONDS))]
        windows = [
            environment.run.run(paced(environment, contestant, plan, wait_for=chats))
            for _ in range(1 if environment.quick else WINDOWS)
        ]
        acks = [
            [milliseconds(window.ack_seconds, share) or 0.0 for window in windows] for share in (0.5, 0.99)
        ]
        replies = [seconds for window in windows for seconds in window.replies_of(chats)]
        result[contestant.name] = {
            "offered_per_second": round(half, 1),
            "ack_p50_ms": round(median(acks[0]), 1),
            "ack_p99_ms": round(median(acks[1]), 1),
            "windows_p99_ms": acks[1],
            "reply_p50_ms": milliseconds(replies, 0.5),
            "reply_p99_ms": milliseconds(replies, 0.99),
            "lost": len(plan) * len(windows) - len(replies),
        }
    return result
