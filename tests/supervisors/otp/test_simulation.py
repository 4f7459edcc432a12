"""Random trees of supervisors, to which everything happens that may; `MAILROOM_SCENARIOS` says how many."""

import os
from collections import Counter

import pytest
import trio
import trio.testing

from supervisors.otp.restarts import Intensity
from supervisors.otp.supervisor import Supervisor
from tests.supervisors.otp.world import World

SCENARIOS = int(os.environ.get("MAILROOM_SCENARIOS", "2000"))
BLOCKS = 10
"""So that a failing run says more than one thing."""


def simulate(seed: int) -> World:
    trio._core._run._r.seed(seed)
    worlds: list[World] = []

    async def main() -> None:
        worlds.append(World(seed))
        await worlds[0].live()

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
    return worlds[0]


@pytest.mark.parametrize("block", range(BLOCKS))
def test_whatever_happens_to_a_tree_it_keeps_its_rules(block: int) -> None:
    seeds = range(block, SCENARIOS, BLOCKS)
    faults = {seed: world.faults for seed in seeds if (world := simulate(seed)).faults}
    assert faults == {}


def test_the_same_seed_gives_the_same_trace() -> None:
    for seed in range(20):
        assert simulate(seed).watch.trace == simulate(seed).watch.trace
    assert simulate(1).watch.trace != simulate(2).watch.trace


def test_everything_there_is_happens() -> None:
    kinds = sum((simulate(seed).watch.kinds for seed in range(300)), Counter())
    assert min(kinds[kind] for kind in KINDS) > 5, kinds


KINDS = "starting started ignored start_failed exited stopped stuck restarting suspended resumed parked gave_up".split()
