"""What is measured is true, and measuring goes on while the stores do not."""

import asyncio
import math
import time

import pytest
import redis
import structlog
import trio
import trio.testing
from prometheus_client import REGISTRY

from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Mailboxes, Offer
from mailroom.supervisors import gauges
from mailroom.supervisors.otp.child import Life

NOBODY = "unix:///nowhere/redis.sock"
SECONDS_MAX = 10
PATIENCE_SECONDS = 2
"""Many times what a quick pulse waits for an answer."""
BLOCKED_SECONDS = 0.2


def value(name, **labels):
    found = REGISTRY.get_sample_value(name, labels)
    return 0.0 if found is None else found


class Absent:
    """A pool whose Postgres is not there."""

    async def fetchval(self, _query, *_values):
        raise ConnectionRefusedError("nobody listens")

    fetch = fetchval


class Present:
    async def fetchval(self, _query, *_values):
        return 1

    async def fetch(self, _query, *_values):
        return []


@pytest.fixture
def quick(monkeypatch):
    for name in ("LAG_SECONDS", "PING_SECONDS", "TOTALS_SECONDS", "ANSWER_SECONDS_MAX"):
        monkeypatch.setattr(gauges, name, 0.02)


@pytest.mark.parametrize(
    ("loop", "feel"), [("trio", gauges.feel_trio), ("host", lambda: aio(gauges.feel_host))]
)
def test_a_loop_that_was_blocked_lags(quick, loop, feel) -> None:
    async def main():
        async with trio.open_nursery() as nursery:
            nursery.start_soon(feel)
            await trio.testing.wait_all_tasks_blocked()
            await aio(asyncio.sleep, 0)  # whatever was handed to asyncio before has begun
            time.sleep(BLOCKED_SECONDS)  # noqa: ASYNC251 - this is the fault

    before = value("mailroom_event_loop_lag_seconds_sum", loop=loop)
    host.run(main)
    lagged = value("mailroom_event_loop_lag_seconds_sum", loop=loop) - before
    assert BLOCKED_SECONDS / 2 < lagged < SECONDS_MAX


class TestPulse:
    def feel(self, *answers):
        """Ask a store that answers like this, one time after the other; returns what was logged."""
        left = iter(answers)

        async def question():
            answer = next(left)
            if isinstance(answer, Exception):
                raise answer
            await asyncio.sleep(answer)

        async def main():
            pulse = gauges.Pulse("redis", question)
            with trio.fail_after(PATIENCE_SECONDS):
                for _ in answers:
                    await pulse.feel()

        with structlog.testing.capture_logs() as lines:
            host.run(main)
        return [line["event"] for line in lines]

    def test_an_answer_is_timed(self, quick) -> None:
        before = value("mailroom_store_latency_seconds_count", store="redis")
        assert self.feel(0, 0) == []
        assert value("mailroom_store_latency_seconds_count", store="redis") == before + 2
        assert value("mailroom_store_up", store="redis") == 1

    @pytest.mark.parametrize("trouble", [StoreUnavailable("nobody listens"), 3600])
    def test_a_store_that_does_not_answer_is_down_and_said_so_once(self, quick, trouble) -> None:
        timed = value("mailroom_store_latency_seconds_count", store="redis")
        failed = value("mailroom_store_pings_failed_total", store="redis")
        assert self.feel(trouble, trouble) == ["store_down"]
        assert value("mailroom_store_up", store="redis") == 0
        assert value("mailroom_store_pings_failed_total", store="redis") == failed + 2
        assert value("mailroom_store_latency_seconds_count", store="redis") == timed

    def test_a_store_that_answers_again_is_up(self, quick) -> None:
        assert self.feel(StoreUnavailable("restarting"), 0) == ["store_down", "store_is_back"]
        assert value("mailroom_store_up", store="redis") == 1


class TestCount:
    def count(self, url, *orders, chat="7"):
        async def main():
            line = Line(url)
            for order in orders:
                offer = Offer(Chat("shop", chat), str(order), order, "message", "chat", "trace", b"{}")
                await aio(Mailboxes(line, line).accept, offer)
            await gauges.count(line)
            await aio(line.close)

        host.run(main)

    def test_what_waits_is_what_was_accepted(self, clean_redis_url) -> None:
        self.count(clean_redis_url, 1, 2)
        self.count(clean_redis_url, 3, chat="8")
        assert value("mailroom_chats_waiting") == 2
        assert value("mailroom_messages_waiting") == 3
        assert value("mailroom_dead_letters") == 0
        assert value("mailroom_chats_suspended") == 0
        assert 0 <= value("mailroom_oldest_message_age_seconds") < SECONDS_MAX

    def test_nothing_is_old_where_nothing_waits(self, clean_redis_url) -> None:
        self.count(clean_redis_url)
        assert value("mailroom_messages_waiting") == 0
        assert value("mailroom_oldest_message_age_seconds") == 0

    def test_the_memory_of_redis_is_known_and_its_limit(self, clean_redis_url) -> None:
        with redis.Redis.from_url(clean_redis_url) as client:
            client.config_set("maxmemory", 123_000_000)
            self.count(clean_redis_url)
            client.config_set("maxmemory", 0)
        assert value("mailroom_redis_memory_bytes") > 100_000
        assert value("mailroom_redis_memory_max_bytes") == 123_000_000

    def test_what_cannot_be_read_is_not_shown_as_it_was(self, clean_redis_url) -> None:
        self.count(clean_redis_url, 1)
        self.count(NOBODY)
        assert math.isnan(value("mailroom_messages_waiting"))
        assert math.isnan(value("mailroom_redis_memory_bytes"))


def watch_until(seen, url, database, **options):
    """Watch until something is seen; returns whether the watch said that it had started."""
    started = []

    async def main():
        line = Line(url)
        life = Life("gauges", lambda: started.append(True))
        with trio.fail_after(SECONDS_MAX):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(lambda: gauges.watch(life, line, database, **options))
                while not seen():  # noqa: ASYNC110 - a metric tells nobody that it changed
                    await trio.sleep(0.01)
                nursery.cancel_scope.cancel()
            await aio(line.close)

    host.run(main)
    return started == [True]


def test_the_watch_lives_on_without_stores_and_feels_the_loops(quick) -> None:
    failed = {
        store: value("mailroom_store_pings_failed_total", store=store) for store in ("redis", "postgres")
    }
    lags = value("mailroom_event_loop_lag_seconds_count", loop="host")

    def three_times():
        return (
            all(value("mailroom_store_pings_failed_total", store=s) >= n + 3 for s, n in failed.items())
            and value("mailroom_event_loop_lag_seconds_count", loop="host") >= lags + 3
        )

    assert watch_until(three_times, NOBODY, Absent())


def test_the_watch_counts_the_tree_by_state_and_names_the_states_without_any(quick, clean_redis_url) -> None:
    states = [{"running": 3, "parked": 1}, {"running": 4}]

    def tally():
        return states.pop(0) if len(states) > 1 else states[0]

    def seen():
        return value("mailroom_supervisor_children", state="running") == 4

    assert watch_until(seen, clean_redis_url, Present(), tally=tally)
    assert REGISTRY.get_sample_value("mailroom_supervisor_children", {"state": "parked"}) == 0


def test_the_first_dead_letter_of_a_bot_is_a_rise(quick, clean_redis_url) -> None:
    def seen():
        labels = {"bot": "never heard of", "verdict": "dead"}
        return REGISTRY.get_sample_value("mailroom_messages_handled_total", labels) == 0

    assert watch_until(seen, clean_redis_url, Present(), bots=["never heard of"])
