"""`ack`: how quickly the webhook answers at half of the rate that the service can take."""

from typing import Any

from ops.bench.figures import milliseconds
from ops.bench.load import drive
from ops.bench.paced import paced
from ops.bench.stage import Stage

CHATS = 300
PROBE = 900
SECONDS = 6.0
SECONDS_QUICK = 2.0


def ack(stage: Stage) -> dict[str, Any]:
    """Find each one's greatest rate, then offer half of it."""
    seconds = SECONDS_QUICK if stage.quick else SECONDS
    result = {}
    for contestant in stage.contestants()[: 1 if stage.quick else 2]:
        stage.progress(f"ack: {contestant.name}")
        chats = contestant.fresh_chats(CHATS)
        most = stage.run.run(drive(stage, contestant, [*chats] * (PROBE // CHATS))).per_second
        half = most / 2
        plan = [(step / half, chats[step % len(chats)]) for step in range(int(half * seconds))]
        stream = stage.run.run(paced(stage, contestant, plan, wait_for=chats))
        replies = stream.replies_of(chats)
        result[contestant.name] = {
            "offered_per_second": round(half, 1),
            "ack_p50_ms": milliseconds(stream.ack_seconds, 0.5),
            "ack_p99_ms": milliseconds(stream.ack_seconds, 0.99),
            "reply_p50_ms": milliseconds(replies, 0.5),
            "reply_p99_ms": milliseconds(replies, 0.99),
            "lost": len(plan) - len(replies),
        }
    return result
