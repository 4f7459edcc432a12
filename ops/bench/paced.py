"""An open loop: messages go out at their time, whether or not the service keeps up."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailroom.ops.bench import wire
from mailroom.ops.bench.contestant import Contestant
from mailroom.ops.bench.environment import Environment
from mailroom.ops.bench.load import requests
from mailroom.ops.bench.replies import Replies

CONNECTIONS = 40
SETTLE_SECONDS = 5.0
"""How long replies may be in coming after the last message."""


@dataclass(slots=True)
class Paced:
    """What came of a stream of messages."""

    ack_seconds: list[float] = field(default_factory=list)
    reply_seconds: dict[int, list[float]] = field(default_factory=dict)
    """By chat."""
    refused: dict[int, int] = field(default_factory=dict)
    """Answers of 429, by chat. They are not tried again here: Telegram would, later and one at a time."""

    def replies_of(self, chat_ids: Sequence[int]) -> list[float]:
        """The times of all replies to these chats."""
        return [seconds for chat_id in chat_ids for seconds in self.reply_seconds.get(chat_id, ())]


async def paced(
    environment: Environment,
    contestant: Contestant,
    plan: Sequence[tuple[float, int]],
    *,
    wait_for: Sequence[int],
) -> Paced:
    """Post a message of a chat at each moment of the plan, and wait for the replies to the chats named."""
    plan = sorted(plan)
    chat_ids = [chat_id for _, chat_id in plan]
    first_id = contestant.next_update_id
    made = requests(contestant, chat_ids)
    watched = set(wait_for)
    missing = sum(chat_id in watched for chat_id in chat_ids)
    result = Paced()
    sent_at = [0.0] * len(made)
    lines: asyncio.Queue[wire.Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        lines.put_nowait(await wire.connect(contestant.port))

    async def post(number: int) -> None:
        sent_at[number] = time.time()
        line = await lines.get()
        answer = await line.request(made[number])
        lines.put_nowait(line)
        # From when it was due, not from when a connection was free: a stalled service must not look quick.
        result.ack_seconds.append(time.time() - sent_at[number])
        if answer.status == 429:
            result.refused[chat_ids[number]] = result.refused.get(chat_ids[number], 0) + 1

    async with Replies(
        environment.telegram_port, contestant.token, first_id, len(made), lambda: None
    ) as replies:
        begun = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            for number, (due, _) in enumerate(plan):
                await asyncio.sleep(max(0.0, begun + due - asyncio.get_running_loop().time()))
                group.create_task(post(number))
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            if sum(chat_ids[number] in watched for number in replies.at) >= missing:
                break
            await asyncio.sleep(0.05)
        for number, at in replies.at.items():
            result.reply_seconds.setdefault(chat_ids[number], []).append(at - sent_at[number])
    while not lines.empty():
        lines.get_nowait().close()
    return result


async def steer(environment: Environment, method: str, path: str, body: bytes = b"") -> None:
    """Set a control of the simulator."""
    line = await wire.connect(environment.telegram_port)
    request = wire.post(path, body).replace(b"POST", method.encode(), 1)
    answer = await line.request(request)
    line.close()
    if answer.status != 200:
        raise RuntimeError(f"the simulator answered {answer.status}: {answer.body.decode()}")
