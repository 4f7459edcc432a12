"""The connection that everybody shares: given up when Redis is silent, and only then."""

import asyncio
import socket
import time

import uvloop

from mailroom.storage.redis import batch
from mailroom.storage.redis.batch import Line


def test_a_loop_that_was_blocked_does_not_cost_a_healthy_connection(clean_redis_url, monkeypatch):
    # Seen: the look at the connection came late, before the answer that had long been there was read.
    monkeypatch.setattr(batch, "ANSWER_TIMEOUT_SECONDS", 0.4)
    monkeypatch.setattr(batch, "LATE_SECONDS", 0.1, raising=False)

    async def scenario() -> object:
        line = Line(clean_redis_url)
        try:
            await line.command("PING")
            asked = asyncio.ensure_future(line.command("BLPOP", "nobody:writes", 0.35))
            async with asyncio.timeout(5):
                while line._watched is None:  # noqa: ASYNC110 - a look at the connection has no event
                    await asyncio.sleep(0.01)
            # In a callback of another connection: this loop reads what came meanwhile only after its timers.
            here, there = socket.socketpair()
            asyncio.get_running_loop().add_reader(there, lambda: (there.recv(1), time.sleep(0.6)))
            here.send(b"!")
            try:
                return await asked
            finally:
                asyncio.get_running_loop().remove_reader(there)
                here.close()
                there.close()
        finally:
            await line.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(scenario()) is None
