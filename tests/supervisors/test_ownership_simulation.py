"""What may befall two processes that could both own the chats, on a made-up clock (`simulated.py`): nothing
goes out twice but what was leaving, no innocent message dies, nobody stops without need.

Each cause that was mended is put back once, and has to be noticed in most of the seeds.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio
import trio.testing

from mailroom.actors.worker import Worker
from mailroom.storage.errors import Fenced
from mailroom.supervisors.ownership import Ownership
from tests.supervisors.simulated import Cluster, played_by_trio

pytestmark = pytest.mark.slow
SEEDS = range(12)
MESSAGES = 100
SECONDS = 40.0
Trouble = Callable[[Cluster], Awaitable[None]]


async def answers_of_begin_get_lost(cluster: Cluster) -> None:
    cluster.redis.begins_unheard = 0.6


async def postgres_is_away_for_10_s(cluster: Cluster) -> None:
    cluster.nobody_loses = True
    for _ in range(4):
        await trio.sleep(2 + cluster.chance.random() * 2)
        cluster.postgres.away = True
        await trio.sleep(10 + cluster.chance.random() * 3)
        cluster.postgres.away = False


async def postgres_is_restored_from_a_backup(cluster: Cluster) -> None:
    cluster.two_may_call = True
    for _ in range(3):
        await trio.sleep(10 + cluster.chance.random() * 2)
        cluster.postgres.restore()


async def a_process_is_stopped_between_a_commit_and_the_first_call(cluster: Cluster) -> None:
    await trio.sleep(3)
    cluster.processes[0].stops_after_commit = True


async def a_handler_blocks_the_loop(cluster: Cluster) -> None:
    cluster.nobody_loses = True
    await trio.sleep(8 + cluster.chance.random() * 4)
    cluster.processes[0].block(20)


TROUBLES: list[Trouble] = [
    answers_of_begin_get_lost,
    postgres_is_away_for_10_s,
    postgres_is_restored_from_a_backup,
    a_process_is_stopped_between_a_commit_and_the_first_call,
    a_handler_blocks_the_loop,
]


@pytest.fixture
def simulate(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Cluster]:
    def simulate(trouble: Trouble, seed: int, spoil: Callable[[Cluster], None] = lambda _: None) -> Cluster:
        clusters: list[Cluster] = []

        async def main() -> None:
            cluster = Cluster(seed)
            clusters.append(cluster)
            spoil(cluster)
            with played_by_trio(monkeypatch, cluster):
                await cluster.play(trouble, MESSAGES, SECONDS)

        trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
        return clusters[0]

    return simulate


@pytest.mark.parametrize("trouble", TROUBLES)
def test_nothing_is_doubled_or_given_up_without_need_when(trouble: Trouble, simulate: Any) -> None:
    found = {seed: cluster.faults for seed in SEEDS if (cluster := simulate(trouble, seed)).faults}
    assert found == {}


def test_the_same_seed_gives_the_same_trace(simulate: Any) -> None:
    first, again, other = (simulate(postgres_is_restored_from_a_backup, seed).said for seed in (1, 1, 2))
    assert first == again
    assert first != other


def an_owner_past_its_time_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    def held(self: Ownership) -> bool:
        return self._holding is not None and not self._holding.over and not self._past(self._holding)

    def epoch(self: Ownership) -> int:
        if not held(self):
            raise Fenced("the lease has run out", self.held_epoch)
        assert self._holding is not None
        return self._holding.epoch

    monkeypatch.setattr(Ownership, "held", property(held))
    monkeypatch.setattr(Ownership, "epoch", property(epoch))


def nobody_asks_before_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    async def permitted() -> None:
        pass

    monkeypatch.setattr(Worker, "permit", lambda self, chat, epoch: permitted)


def every_begin_is_another_attempt(cluster: Cluster) -> None:
    cluster.redis.knows_attempts = False


def the_first_after_an_outage_takes(cluster: Cluster) -> None:
    cluster.postgres.extends = False


def takers_are_not_told_apart(cluster: Cluster) -> None:
    cluster.redis.tells_takers = False


def the_heartbeat_is_one_of_the_loop(cluster: Cluster) -> None:
    cluster.heartbeat_in_the_loop = True


CODE: dict[Callable[[pytest.MonkeyPatch], None], Trouble] = {
    an_owner_past_its_time_stops: postgres_is_away_for_10_s,
    nobody_asks_before_a_call: a_process_is_stopped_between_a_commit_and_the_first_call,
}
RULES: dict[Callable[[Cluster], None], Trouble] = {
    every_begin_is_another_attempt: answers_of_begin_get_lost,
    the_first_after_an_outage_takes: postgres_is_away_for_10_s,
    takers_are_not_told_apart: postgres_is_restored_from_a_backup,
    the_heartbeat_is_one_of_the_loop: a_handler_blocks_the_loop,
}


@pytest.mark.parametrize("cause", CODE)
def test_most_seeds_notice_that(
    cause: Callable[[pytest.MonkeyPatch], None], simulate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cause(monkeypatch)
    noticed = sum(bool(simulate(CODE[cause], seed).faults) for seed in SEEDS)
    assert noticed > len(SEEDS) / 2, f"{noticed} of {len(SEEDS)} seeds"


@pytest.mark.parametrize("rule", RULES)
def test_most_seeds_notice_that_in_the_stores(rule: Callable[[Cluster], None], simulate: Any) -> None:
    noticed = sum(bool(simulate(RULES[rule], seed, rule).faults) for seed in SEEDS)
    assert noticed > len(SEEDS) / 2, f"{noticed} of {len(SEEDS)} seeds"
