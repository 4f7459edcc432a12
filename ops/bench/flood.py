"""`flood`: updates a second of a single chat that does not stop writing, and whether its counter is right.

All messages are offered at once, as in a real flood: who answers the webhook before the work is done gets
them all at the same time.
"""

from typing import Any

from ops.bench.figures import summary
from ops.bench.load import Round, drive
from ops.bench.stage import Stage

ROUNDS = 2
MESSAGES = 300
MESSAGES_QUICK = 100


def flood(stage: Stage) -> dict[str, Any]:
    """One new chat for each contestant and round."""
    contestants = stage.contestants()
    found: dict[str, list[Round]] = {contestant.name: [] for contestant in contestants}
    rounds, messages = (1, MESSAGES_QUICK) if stage.quick else (ROUNDS, MESSAGES)
    for number in range(rounds):
        for contestant in contestants:
            stage.progress(f"flood, round {number + 1} of {rounds}: {contestant.name}")
            chats = [*contestant.fresh_chats(1)] * messages
            found[contestant.name].append(
                stage.run.run(drive(stage, contestant, chats, unanswered_max=messages))
            )
    return {
        name: {
            **summary(results),
            "messages": messages,
            "counted": [one.last_count for one in results],
            "inversions": [one.inversions for one in results],
        }
        for name, results in found.items()
    }
