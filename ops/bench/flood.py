"""`flood`: updates a second of a single chat that does not stop writing, and whether its counter is right.

All messages are offered at once, as in a real flood: who answers the webhook before the work is done gets
them all at the same time.
"""

from typing import Any

from mailroom.ops.bench.environment import Environment
from mailroom.ops.bench.figures import summary
from mailroom.ops.bench.load import Round, drive

MESSAGES = 1000
"""As many as a mailbox takes: a person with a script sends them in a minute."""
MESSAGES_QUICK = 200
SECONDS_MAX = 40.0
"""Who needs longer is measured by what came until then."""


def flood(environment: Environment) -> dict[str, Any]:
    """One new chat for each contestant."""
    contestants = environment.contestants()
    found: dict[str, list[Round]] = {contestant.name: [] for contestant in contestants}
    messages = MESSAGES_QUICK if environment.quick else MESSAGES
    for contestant in contestants:
        environment.progress(f"flood: {contestant.name}")
        chats = [*contestant.fresh_chats(1)] * messages
        offered = drive(environment, contestant, chats, unanswered_max=messages, seconds_max=SECONDS_MAX)
        found[contestant.name].append(environment.run.run(offered))
    return {
        name: {
            **summary(results),
            "messages": messages,
            "unfinished": [one.unfinished for one in results],
            "counted": [one.last_count for one in results],
            "inversions": [one.inversions for one in results],
        }
        for name, results in found.items()
    }
