"""The load generator: makes updates, posts them as Telegram does, and finds their replies at the simulator."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ops.bench import wire
from ops.bench.stage import SECRET, Contestant, Stage, own_cpu_seconds

CONNECTIONS = 40
"""Telegram's own default for a webhook."""
REPLY_SECONDS_MAX = 60.0
"""After so long without its replies a round is given up, and what came is counted."""
LOOK_SECONDS = 0.01
REFUSED_PAUSE_SECONDS = 0.05
PAGE = 10_000


@dataclass(slots=True)
class Round:
    """What one round brought."""

    updates: int
    seconds: float = 0.0
    ack_seconds: list[float] = field(default_factory=list)
    reply_seconds: list[float] = field(default_factory=list)
    accept_seconds: float = 0.0
    refused: int = 0
    lost: int = 0
    cpu: dict[str, float] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Updates handled a second, from the first request to the last reply."""
        return (self.updates - self.lost) / self.seconds


def update(update_id: int, chat_id: int, text: str) -> bytes:
    """A text message in a private chat, with all that Telegram sends along."""
    person = {"id": chat_id, "is_bot": False, "first_name": "Анна", "username": f"u{chat_id}", "language_code": "ru"}
    chat = {"id": chat_id, "first_name": "Анна", "username": f"u{chat_id}", "type": "private"}
    message = {"message_id": update_id, "from": person, "chat": chat, "date": int(time.time()), "text": text}
    return json.dumps({"update_id": update_id, "message": message}, ensure_ascii=False).encode()


def requests(contestant: Contestant, chat_ids: Sequence[int]) -> list[bytes]:
    """One request for each of these chats, with the update ids that follow."""
    made = []
    for chat_id in chat_ids:
        update_id = contestant.next_update_id
        contestant.next_update_id += 1
        made.append(wire.post(contestant.path, update(update_id, chat_id, f"m{update_id}"), SECRET))
    return made


def fresh_chats(contestant: Contestant, count: int) -> range:
    """Ids of chats that have not written before."""
    first = contestant.first_chat_id
    contestant.first_chat_id += count
    return range(first, first + count)


async def drive(
    stage: Stage, contestant: Contestant, chat_ids: Sequence[int], *, connections: int = CONNECTIONS, latencies: bool = False
) -> Round:
    """Post one message for each entry of `chat_ids` as fast as they are taken, and wait for all replies."""
    first_id = contestant.next_update_id
    made = requests(contestant, chat_ids)
    result = Round(len(made))
    looking = await wire.connect(stage.telegram_port)
    since = await _next_call(looking)
    open_connections = [await wire.connect(contestant.port) for _ in range(connections)]
    before = _cpu(stage, contestant)
    begun, begun_at = time.perf_counter(), time.time()
    sent_at = [0.0] * len(made)
    waiting = iter(enumerate(made))
    async with asyncio.TaskGroup() as group:
        for connection in open_connections:
            group.create_task(_post_all(connection, waiting, result, sent_at))
    result.accept_seconds = time.perf_counter() - begun
    last_at = await _wait_for_replies(looking, since, result)
    result.seconds = last_at - begun_at
    after = _cpu(stage, contestant)
    result.cpu = {name: after[name] - before[name] for name in after}
    if latencies:
        await _note_latencies(looking, contestant, since, first_id, sent_at, result)
    for connection in (looking, *open_connections):
        connection.close()
    return result


async def _post_all(
    connection: wire.Connection, waiting: Iterator[tuple[int, bytes]], result: Round, sent_at: list[float]
) -> None:
    for number, request in waiting:
        sent_at[number] = time.time()
        while (answer := await connection.request(request)).status in (429, 503):
            result.refused += 1
            await asyncio.sleep(answer.retry_after_seconds or REFUSED_PAUSE_SECONDS)
        if answer.status != 200:
            raise RuntimeError(f"the webhook answered {answer.status}: {answer.body.decode(errors='replace')}")
        result.ack_seconds.append(answer.seconds)


async def _wait_for_replies(looking: wire.Connection, since: int, result: Round) -> float:
    """Return when the last reply took effect; every update has exactly one."""
    deadline = time.monotonic() + REPLY_SECONDS_MAX
    last = since + result.updates - 1
    while time.monotonic() < deadline:
        calls = await _calls(looking, last, 1)
        if calls:
            return float(calls[0]["at"])
        await asyncio.sleep(LOOK_SECONDS)
    came = await _next_call(looking) - since
    result.lost = result.updates - came
    return time.time()


async def _note_latencies(
    looking: wire.Connection, contestant: Contestant, since: int, first_id: int, sent_at: list[float], result: Round
) -> None:
    """From posting a message to its reply taking effect, for each message."""
    while calls := await _calls(looking, since, PAGE):
        for call in calls:
            since = call["n"] + 1
            if call["token"] == contestant.token and call["method"] == "sendMessage":
                number = int(call["args"]["text"].split()[0][1:]) - first_id
                if 0 <= number < len(sent_at):
                    result.reply_seconds.append(call["at"] - sent_at[number])


async def _calls(looking: wire.Connection, since: int, limit: int) -> list[dict]:
    answer = await looking.request(wire.get(f"/sim/calls?since={since}&limit={limit}"))
    return json.loads(answer.body)["calls"]


async def _next_call(looking: wire.Connection) -> int:
    answer = await looking.request(wire.get("/sim/calls?since=999999999&limit=1&token=1:none"))
    return json.loads(answer.body)["oldest"] if False else await _bisect(looking)


async def _bisect(looking: wire.Connection) -> int:
    raise NotImplementedError


def _cpu(stage: Stage, contestant: Contestant) -> dict[str, float]:
    return {"service": contestant.cpu_seconds(), "generator": own_cpu_seconds(), **stage.other_cpu_seconds()}
