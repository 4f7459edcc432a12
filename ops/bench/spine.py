"""`spine`: updates a second from end to end, many chats: webhook, state, handler, reply, for all contestants.

Mailroom runs as one process and, for those who have to choose, as a web and a worker process.
"""

from typing import Any

from mailroom.ops.bench.environment import APART, Environment
from mailroom.ops.bench.figures import summary
from mailroom.ops.bench.load import Round, drive

ROUNDS = 3
CHATS = 300
MESSAGES_PER_CHAT = 4
WARM_UP = 300


def spine(environment: Environment) -> dict[str, Any]:
    """Every contestant in every round; who comes first changes, for a machine grows warm or tired."""
    contestants = environment.contestants()
    if not environment.quick:
        contestants.append(environment.mailroom("mailroom_web_worker", APART))
    found: dict[str, list[Round]] = {contestant.name: [] for contestant in contestants}
    for contestant in contestants:
        environment.run.run(drive(environment, contestant, contestant.fresh_chats(WARM_UP)))
    rounds, per_chat = (1, 2) if environment.quick else (ROUNDS, MESSAGES_PER_CHAT)
    for number in range(rounds):
        turn = number % len(contestants)
        for contestant in contestants[turn:] + contestants[:turn]:
            environment.progress(f"spine, round {number + 1} of {rounds}: {contestant.name}")
            chats = contestant.fresh_chats(CHATS)
            found[contestant.name].append(
                environment.run.run(drive(environment, contestant, [*chats] * per_chat))
            )
    for contestant in contestants[3:]:
        contestant.stop()
    return {name: summary(results) for name, results in found.items()}
