"""The load generator: posts updates as Telegram does and watches the simulator for their replies.

The loop is closed: only so many updates are unanswered at a time. Without that bound stock aiogram, which
answers the webhook first and works later, would start a task and a Redis connection for each of them, and the
figure would say nothing about speed.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import psutil

from mailroom.ops.bench import wire
from mailroom.ops.bench.contestant import SECRET, Contestant
from mailroom.ops.bench.environment import Environment
from mailroom.ops.bench.replies import Replies
from mailroom.ops.flood.update import text_update

CONNECTIONS = 40
"""Telegram's own default for a webhook."""
UNANSWERED_MAX = 80
"""Enough to keep any of them busy, and what a bot of some hundred messages a second has in progress."""
STALL_SECONDS = 10.0
"""When no reply came for so long, the rest is counted as lost."""
REFUSED_PAUSE_SECONDS = 0.05


class WebhookRefusedError(Exception):
    """The service answered neither 200 nor 429: a benchmark of refusals would be worth nothing."""


@dataclass(slots=True)
class Round:
    """What one round brought."""

    updates: int
    seconds: float = 0.0
    ack_seconds: list[float] = field(default_factory=list)
    reply_seconds: list[float] = field(default_factory=list)
    refused: int = 0
    lost: int = 0
    unfinished: int = 0
    """Without a reply when the round was cut short."""
    inversions: int = 0
    """Replies that came after the reply to a later message of the same chat."""
    last_count: int = 0
    """The highest count that the bot's own state reached: of one chat, as many as it was sent."""
    cpu_seconds: dict[str, float] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Updates handled a second, from the first request to the last reply."""
        return (self.updates - self.lost - self.unfinished) / self.seconds


def requests(contestant: Contestant, chat_ids: Sequence[int]) -> list[bytes]:
    """One request for each of these chats, with the update ids that follow."""
    made = []
    for chat_id in chat_ids:
        update_id = contestant.next_update_id
        contestant.next_update_id += 1
        made.append(wire.post(contestant.path, text_update(update_id, chat_id, f"m{update_id}"), SECRET))
    return made


async def drive(
    environment: Environment,
    contestant: Contestant,
    chat_ids: Sequence[int],
    *,
    connections: int = CONNECTIONS,
    unanswered_max: int = UNANSWERED_MAX,
    seconds_max: float | None = None,
) -> Round:
    """Post a message for each entry of `chat_ids` as fast as they are answered; wait for all replies, or for
    those that come within `seconds_max`.
    """
    first_id = contestant.next_update_id
    made = requests(contestant, chat_ids)
    result = Round(len(made))
    room = asyncio.Semaphore(unanswered_max)
    sent_at = [0.0] * len(made)
    lines = [await wire.connect(contestant.port) for _ in range(connections)]
    async with Replies(
        environment.telegram_port, contestant.token, first_id, len(made), room.release
    ) as replies:
        before = _cpu_seconds(environment, contestant)
        begun_at = time.time()
        numbered = iter(enumerate(made))
        posting = [asyncio.create_task(_post(line, numbered, room, result, sent_at)) for line in lines]
        try:
            async with asyncio.timeout(seconds_max):
                await replies.wait_until_complete(STALL_SECONDS, posting)
        except TimeoutError:
            result.unfinished = len(made) - len(replies.at)
        for task in posting:
            task.cancel()  # those that wait for replies which did not come
        after = _cpu_seconds(environment, contestant)
    for line in lines:
        line.close()
    result.seconds = max(replies.at.values(), default=time.time()) - begun_at
    result.lost = len(made) - len(replies.at) - result.unfinished
    result.inversions, result.last_count = replies.inversions, replies.last_count
    result.reply_seconds = [at - sent_at[number] for number, at in replies.at.items()]
    result.cpu_seconds = {name: after[name] - before[name] for name in after}
    return result


async def _post(
    line: wire.Connection,
    numbered: Iterator[tuple[int, bytes]],
    room: asyncio.Semaphore,
    result: Round,
    sent_at: list[float],
) -> None:
    while True:
        await room.acquire()
        taken = next(numbered, None)
        if taken is None:
            room.release()
            return
        number, request = taken
        sent_at[number] = time.time()
        while (answer := await line.request(request)).status == 429:
            result.refused += 1
            await asyncio.sleep(answer.retry_after_seconds or REFUSED_PAUSE_SECONDS)
        if answer.status != 200:
            raise WebhookRefusedError(f"{answer.status} {answer.body.decode(errors='replace')}")
        result.ack_seconds.append(answer.seconds)


def _cpu_seconds(environment: Environment, contestant: Contestant) -> dict[str, float]:
    """Processor time so far, by whom. `others` is what this machine does besides: it spoils a measurement."""
    ours = {"service": contestant.cpu_seconds(), **environment.shared_cpu_seconds()}
    times = psutil.cpu_times()
    busy = sum(times) - times.idle - times.iowait
    return {**ours, "others": busy - sum(ours.values())}
