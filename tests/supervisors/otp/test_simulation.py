"""Random trees of supervisors, to which everything happens that may; `MAILROOM_SCENARIOS` says how many."""

import os
from collections import Counter
from collections.abc import Iterable
from typing import get_args

import pytest
import trio
import trio.testing

from mailroom.supervisors.otp import supervisor
from mailroom.supervisors.otp.child import Reason, Running
from mailroom.supervisors.otp.restarts import Intensity
from mailroom.supervisors.otp.strategies import affected, may_start
from mailroom.supervisors.otp.supervisor import Supervisor
from mailroom.supervisors.otp.trace import Kind
from tests.supervisors.otp.random_tree import RandomTree

pytestmark = pytest.mark.slow

SCENARIOS = int(os.environ.get("MAILROOM_SCENARIOS", "2000"))
BLOCKS = 10
"""So that a run of many is not one long test."""


def simulate(seed: int) -> RandomTree:
    trio._core._run._r.seed(seed)
    trees: list[RandomTree] = []

    async def main() -> None:
        trees.append(RandomTree(seed))
        await trees[0].live()

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    return trees[0]


def faults(seeds: Iterable[int]) -> dict[int, list[str]]:
    return {seed: tree.faults for seed in seeds if (tree := simulate(seed)).faults}


@pytest.mark.parametrize("block", range(BLOCKS))
def test_whatever_happens_to_a_tree_it_keeps_its_rules(block: int) -> None:
    assert faults(range(block, SCENARIOS, BLOCKS)) == {}


def test_the_same_seed_gives_the_same_trace() -> None:
    for seed in range(20):
        assert simulate(seed).watch.trace == simulate(seed).watch.trace
    assert simulate(1).watch.trace != simulate(2).watch.trace


def test_everything_there_is_happens() -> None:
    kinds = sum((simulate(seed).watch.kinds for seed in range(300)), Counter())
    assert set(kinds) == set(get_args(Kind))


async def in_any_order(its: Supervisor, child) -> None:
    for other in affected(its.spec, its.children.values(), child):
        if other is not child or other.running is not None:
            await its._terminate(other)


async def last_first(its: Supervisor, child) -> None:
    for other in reversed(affected(its.spec, its.children.values(), child)):
        if may_start(its.spec, its.children.values(), other):
            await its._start(other)


stop = Running.stop
allows = Intensity.allows


async def believes_in_its_death(running: Running, limit_seconds) -> Reason:
    reason = await stop(running, limit_seconds)
    return Reason("killed") if reason.kind == "stuck" else reason


def allows_one_more(intensity: Intensity, now: float) -> bool:
    return allows(intensity, now) or len(intensity._moments) == intensity._intensity + 1


FAULTS = {
    "children are stopped in list order": (Supervisor, "_tear_down", in_any_order),
    "children are restarted from the last to the first": (Supervisor, "_bring_up", last_first),
    "there is no limit to restarts": (Intensity, "allows", lambda self, now: True),
    "one restart too many is allowed": (Intensity, "allows", allows_one_more),
    "nobody hears of a child that ended": (Supervisor, "_tell_exited", lambda self, child, running: None),
    "what is put aside is started": (
        supervisor,
        "may_start",
        lambda spec, children, child: child.running is None,
    ),
    "a stuck child is thought dead": (Running, "stop", believes_in_its_death),
    "who waits is not told that there will be no answer": (Supervisor, "_refuse_all", lambda self: None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_simulation_notices_when(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*FAULTS[fault])
    assert any(simulate(seed).faults for seed in range(400))
