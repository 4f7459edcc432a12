"""What the benchmark of durable jobs is made of: the load, the turns, the figures, the libraries of peers."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import pytest

from mailroom.ops.bench.children import ChildError
from mailroom.ops.bench.outbox import bench, peers
from mailroom.ops.bench.outbox.contestants import DBOS, MAILROOM, PGQUEUER, PGQUEUER_500
from mailroom.ops.bench.outbox.figures import summary, typical
from mailroom.ops.bench.outbox.measures import Measure
from mailroom.ops.bench.outbox.peers import PeerMissingError, install
from mailroom.ops.bench.outbox.plan import FULL, QUICK
from mailroom.ops.bench.outbox.producing import Producer
from mailroom.ops.bench.outbox.samples import Samples, rates
from mailroom.ops.bench.outbox.tally import Tally
from mailroom.ops.bench.targets import ratios


class Slow:
    """A queue that takes no job before all have been offered."""

    def __init__(self, jobs: int) -> None:
        self.wanted_at: list[float] = []
        self._jobs = jobs
        self._all = asyncio.Event()

    async def enqueue(self, wanted_at: float) -> None:
        self.wanted_at.append(wanted_at)
        if len(self.wanted_at) == self._jobs:
            self._all.set()
        await self._all.wait()


def test_jobs_are_offered_at_their_rate_however_slow_the_queue_is(tmp_path):
    async def scenario() -> None:
        queue = Slow(400)
        producer = Producer(queue, Tally(tmp_path / "tally"))
        did = await asyncio.wait_for(producer.at_a_rate(per_second=4_000, jobs=400, seconds_max=5), 10)
        assert did["not_enqueued"] == 0
        # Not when they were offered, but when they were due: the same moments in every run.
        assert did["ended_at"] == queue.wanted_at[-1]
        assert did["seconds"] == pytest.approx(0.1, rel=0.2)
        gaps = [later - earlier for earlier, later in zip(queue.wanted_at, queue.wanted_at[1:], strict=False)]
        assert max(gaps) > 4 * sum(gaps) / len(gaps)  # by chance, as callers come

    asyncio.run(scenario())


def test_jobs_that_a_queue_does_not_take_in_time_are_counted_and_given_up(tmp_path):
    async def scenario() -> None:
        producer = Producer(Slow(11), Tally(tmp_path / "tally"))
        did = await asyncio.wait_for(producer.at_a_rate(per_second=10_000, jobs=10, seconds_max=0.01), 10)
        assert did["not_enqueued"] == 10

    asyncio.run(scenario())


def test_an_error_of_the_queue_is_an_error_of_the_producer(tmp_path):
    class Broken:
        async def enqueue(self, _wanted_at: float) -> None:
            raise ConnectionError("no more connections")

    async def scenario() -> None:
        with pytest.raises(ConnectionError):
            await Producer(Broken(), Tally(tmp_path / "tally")).at_a_rate(10_000, jobs=3, seconds_max=5)

    asyncio.run(scenario())


def test_a_producer_in_batches_stays_no_further_ahead_of_the_worker_than_it_was_told(tmp_path):
    worker = Tally(tmp_path / "tally")
    batches: list[int] = []

    class Worked:
        async def enqueue_batch(self, wanted_at: list[float]) -> None:
            assert sum(batches) + len(wanted_at) - worker.get() <= 30
            batches.append(len(wanted_at))
            asyncio.get_running_loop().call_later(0.002, worker.set, sum(batches))

    producer = Producer(Worked(), Tally(tmp_path / "tally"))
    did = asyncio.run(asyncio.wait_for(producer.in_batches(size=10, jobs=95, ahead=30), 10))
    assert did["jobs"] == sum(batches) == 95
    assert batches[-1] == 5


def test_a_worker_reports_what_came_since_the_warm_up(tmp_path, monkeypatch):
    tally = Tally(tmp_path / "tally")
    samples = Samples(tally)
    now = iter([1.0, 10.0, 10.5, 12.0])
    monkeypatch.setattr(
        "mailroom.ops.bench.outbox.samples.time", SimpleNamespace(monotonic=lambda: next(now))
    )
    samples.handle(0.5)
    samples.forget()
    assert tally.get() == 0
    for wanted_at in (9.9, 10.3, 11.0):
        samples.handle(wanted_at)
    assert Tally(tmp_path / "tally").get() == 3
    report = samples.report(segment=1)
    assert (report["handled"], report["first_at"], report["last_at"]) == (3, 10.0, 12.0)
    assert (report["p50_ms"], report["max_ms"]) == (200.0, 1000.0)


def test_rates_are_those_of_full_segments():
    at = [0.0, 0.5, 1.0, 1.25, 1.5, 1.75, 9.0]
    assert rates(at, 2) == [2.0, 4.0, pytest.approx(2 / 7.5, abs=0.1)]
    assert rates(at, 8) == []


class Turns:
    """What the benchmark does with contestants that only note who was asked."""

    def __init__(self, failing: str = "") -> None:
        self.asked: list[str] = []
        self.rounds: dict = {name: {} for name in ("mailroom", "pgqueuer", "pgqueuer_500", "dbos")}
        self.without: dict[str, str] = {}
        self._failing = failing

    def take(self, name: str = "pickup", *, once: bool = False) -> None:
        entrants = [
            SimpleNamespace(name=it.name, contestant=it) for it in (MAILROOM, PGQUEUER, PGQUEUER_500, DBOS)
        ]
        one = Measure(name, self.one, once)
        bench._in_turns(one, entrants, replace(QUICK, rounds=3), self.rounds, self.without, lambda _: None)

    def one(self, entrant, plan):
        self.asked.append(entrant.name)
        if entrant.name == self._failing:
            raise ChildError("out of order")
        return {"speed": float(len(self.asked)), "unknown": None}


def test_everybody_has_a_turn_in_every_round_and_another_begins_each_time():
    turns = Turns()
    turns.take()
    assert [turns.asked[start : start + 3] for start in (0, 3, 6)] == [
        ["mailroom", "pgqueuer", "dbos"],
        ["pgqueuer", "dbos", "mailroom"],
        ["dbos", "mailroom", "pgqueuer"],
    ]
    assert turns.rounds["mailroom"] == {"speed": [1.0, 6.0, 8.0]}
    turns.take("processing", once=True)
    assert turns.asked[9:] == ["mailroom", "pgqueuer", "pgqueuer_500", "dbos"]


def test_a_peer_that_fails_is_left_out_of_the_measure_and_we_may_not_fail():
    turns = Turns(failing="pgqueuer")
    turns.take()
    assert turns.asked.count("pgqueuer") == 1
    assert turns.asked.count("dbos") == turns.asked.count("mailroom") == 3
    assert turns.without == {"pgqueuer: pickup": "out of order"}
    with pytest.raises(ChildError):
        Turns(failing="mailroom").take()


def test_rounds_are_reported_by_their_median_and_least_value():
    assert summary([3.123, 1.0, 200.4]) == {"median": 3.12, "min": 1.0}
    assert summary([200.4]) == 200
    assert typical({"x": summary([3.0, 1.0, 2.0])}, "x") == 2.0
    assert typical({}, "x") is None


def test_ours_are_compared_with_the_best_setting_of_a_peer():
    rate, batch = "process_per_second", "enqueue_batch_500_per_second"
    found = {
        "mailroom": {rate: {"median": 900, "min": 1}, batch: 500, "pickup_p50_ms": 2.0},
        "mailroom_plain": {rate: 1_200, batch: 1_500},
        "pgqueuer": {rate: 200, batch: 500, "pickup_p50_ms": 4.0},
        "pgqueuer_500": {rate: 300},
        "without": ["dbos: enter: it is not there"],
    }
    reached = {one["name"]: (one["value"], one["met"]) for one in ratios({"outbox": found})}
    assert reached == {
        "batches of 500 jobs like PgQueuer's, to PgQueuer": (3.0, True),
        "batches with key, deduplication and origin on each job": (1.0, False),
        "no-op jobs like PgQueuer's, to its best setting": (4.0, True),
        "no-op jobs with key, deduplication and origin": (3.0, True),
        "pickup p50 on an idle queue, to PgQueuer": (0.5, True),
    }


def test_slow_contestants_get_fewer_jobs_in_the_long_runs():
    assert FULL.affordable(120_000, MAILROOM.speed) == FULL.affordable(120_000, PGQUEUER.speed) == 120_000
    assert FULL.affordable(120_000, DBOS.speed) == 9_000


def test_a_library_that_cannot_be_fetched_is_missing_with_pips_own_words(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setitem(peers.REQUIREMENTS, "dbos", ("no-such-library.whl",))
    with pytest.raises(PeerMissingError, match="no-such-library"):
        install("dbos")
    assert list((tmp_path / "mailroom/peers").iterdir()) == []


def test_a_library_is_fetched_once_and_half_a_one_never_used(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    fetched: list[str] = []

    def pip(*arguments: str) -> None:
        fetched.append(arguments[-1])
        if len(fetched) == 1:
            raise PeerMissingError("the network is down")

    monkeypatch.setattr(peers, "_pip", pip)
    with pytest.raises(PeerMissingError):
        install("dbos")
    assert install("dbos") == install("dbos") == peers.directory_of("dbos")
    assert fetched == ["dbos==3.4.0"] * 2
