"""Whatever becomes of the stores and of the processes, each beat judges right: nothing is held that was not
restored, and nothing that was restored goes on unnoticed.
"""

import asyncio
from collections.abc import Coroutine
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mailroom.supervisors.pairing.check import BEAT_SECONDS, SILENCE_SECONDS, Pairing
from mailroom.supervisors.pairing.judgement import BEATS_LOST_MAX
from mailroom.supervisors.pairing.kept import Asked
from tests.supervisors.pairing.made_up import DiedError, Stores, process

CALLS_OF_A_BEAT = 6
BEATS = st.integers(0, 5).map(lambda count: ("beats", count))
DIES = st.integers(0, CALLS_OF_A_BEAT).map(lambda calls: ("dies", calls))
RESTORES = st.tuples(st.sampled_from(["postgres", "redis", "both"]), st.integers(0, 40))
OTHERS = st.sampled_from([("empties", 0), ("starts", 0), ("go", 0)])


def run(call: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(call)


class Story:
    """Two processes on the same stores, and what is true of them."""

    def __init__(self) -> None:
        self.stores = Stores()
        self.processes = [process(self.stores), process(self.stores)]

    def beat(self, one: Pairing) -> None:
        before = self.stores.postgres
        redis = self.stores.redis
        known = max(one._seen[0], redis.postgres if redis is not None else 0)
        self.stores.wait(BEAT_SECONDS)
        row = run(one.check())
        if before.mark < known:
            assert row.what == "went_back"
            assert one.held is not None
            assert self.stores.postgres.mark == before.mark, "what went back does not grow past it unseen"
        elif redis is not None and before.redis - redis.own > BEATS_LOST_MAX:
            assert row.what == "behind"
            assert one.lost is not None
        elif redis is None and before.mark:
            assert row.what == "emptied"
        else:
            assert row.deed in ("beat", "pair")
        if before.held is None and row.what != "went_back":
            assert one.held is None

    def dies(self, calls: int) -> None:
        self.stores.wait(BEAT_SECONDS)
        self.stores.calls_left = calls
        try:
            run(process(self.stores).check())
        except DiedError:
            pass
        finally:
            self.stores.calls_left = None

    def restore(self, which: str, steps: int) -> None:
        if not self.stores.past:
            return
        postgres, redis = self.stores.past[-1 - min(steps, len(self.stores.past) - 1)]
        if which in ("postgres", "both"):
            self.stores.postgres = postgres
        if which in ("redis", "both"):
            self.stores.redis = redis

    def tell(self, what: str, number: int) -> None:
        match what:
            case "beats":
                for count in range(number):
                    self.beat(self.processes[count % 2])
            case "dies":
                self.dies(number)
            case "empties":
                self.stores.redis, self.stores.keys = None, False
            case "starts":
                self.processes = [process(self.stores), process(self.stores)]
                if self.stores.redis is None:
                    self.stores.keys = False
            case "go":
                run(self.processes[0].go())
            case _:
                self.restore(what, number)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(BEATS, DIES, RESTORES, OTHERS), max_size=25))
def test_each_beat_of_any_history_is_judged_right(story: list[tuple[str, int]]) -> None:
    told = Story()
    for what, number in story:
        told.tell(what, number)
    for one in told.processes:
        told.beat(one)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(BEATS, DIES, st.just(("starts", 0))), max_size=25))
def test_dying_between_the_steps_of_beats_alarms_nobody(story: list[tuple[str, int]]) -> None:
    told = Story()
    for what, number in story:
        told.tell(what, number)
    told.beat(told.processes[0])
    assert told.processes[0].held is None
    assert told.processes[0].lost is None
    assert told.stores.leaps == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 30), st.lists(st.one_of(BEATS, DIES), max_size=10))
def test_a_restored_postgres_is_held_until_somebody_says_go_and_then_goes_on(
    steps: int, after: list[tuple[str, int]]
) -> None:
    told = Story()
    told.tell("beats", 20)
    told.restore("postgres", steps)
    told.tell("beats", 1)
    held = told.processes[0].held
    if held is None:
        return  # nothing that anybody remembers was lost: `Story.beat` has seen to that
    for what, number in after:
        told.tell(what, number)
        told.beat(told.processes[1])
        assert told.processes[1].held == held
    assert told.stores.leaps == 1
    run(told.processes[1].go())
    told.tell("beats", 4)
    assert told.processes[0].held is None
    assert told.stores.leaps == 1


def test_both_restored_from_one_night_under_a_running_process_are_held_and_go_on_after_a_go() -> None:
    told = Story()
    told.tell("beats", 10)
    told.restore("both", 20)
    assert run(process(told.stores).check()).what == "fits", "who starts now has no memory of it"
    told.beat(told.processes[0])
    assert told.processes[0].held is not None
    run(process(told.stores).go())
    told.tell("beats", 6)
    assert told.processes[0].held is None
    assert told.processes[1].held is None


def test_after_a_silence_the_gateways_are_to_be_asked_from_its_beginning_on() -> None:
    told = Story()
    told.tell("beats", 3)
    last = told.stores.postgres.seen_at
    told.stores.wait(SILENCE_SECONDS - BEAT_SECONDS)
    told.tell("beats", 1)
    assert told.processes[0].ask_from is None
    last = told.stores.postgres.seen_at
    told.stores.wait(SILENCE_SECONDS)
    told.tell("beats", 1)
    assert told.processes[0].ask_from == last
    run(told.processes[0].note_asked({"yookassa": Asked("not_yet", "does not answer")}))
    told.tell("beats", 2)
    assert told.processes[1].ask_from == last
    run(told.processes[1].note_asked({"yookassa": Asked("listed"), "aaio": Asked("impossible")}))
    told.tell("beats", 2)
    assert told.processes[0].ask_from is None
    assert told.processes[0].asked["aaio"].state == "impossible"


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_processes_that_start_together_on_new_stores_make_one_pair(seed: int) -> None:
    stores = Stores(order=Random(seed))

    async def together() -> set[str]:
        rows = await asyncio.gather(*(process(stores).check() for _ in range(4)))
        return {row.what for row in rows}

    assert run(together()) <= {"new", "fits"}
    assert stores.postgres.lost is None
    assert stores.postgres.held is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_processes_that_beat_at_the_same_time_alarm_nobody(seed: int) -> None:
    told = Story()
    told.tell("beats", 2)
    told.stores.order = Random(seed)
    many = [process(told.stores) for _ in range(4)]

    async def beats(one: Pairing) -> None:
        for _ in range(5):
            told.stores.wait(BEAT_SECONDS)
            await one.check()

    async def together() -> None:
        await asyncio.gather(*map(beats, many))

    run(together())
    assert told.stores.postgres.lost is None
    assert told.stores.postgres.held is None


def test_a_go_that_comes_while_another_process_judges_is_not_undone() -> None:
    told = Story()
    told.tell("beats", 9)
    told.restore("postgres", 8)
    first, second = told.processes

    async def crossing() -> None:
        found = await second._look()
        await first.check()
        assert first.held is not None
        await first.go()
        await second._hold(found)

    run(crossing())
    assert told.stores.postgres.held is None
    assert second.held is None
