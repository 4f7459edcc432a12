"""What on-call does with a child: suspend, resume, bounce (E5)."""

from dataclasses import replace

import pytest
import trio

from mailroom.supervisors.otp.child import Life
from mailroom.supervisors.otp.errors import AdminError, AsideError, NotFoundError
from mailroom.supervisors.otp.spec import Backoff, ChildSpec, SupervisorSpec
from tests.supervisors.otp.tree import Worker, running, simulated


def three(strategy: str, *, intensity: int = 1, **spec) -> tuple[SupervisorSpec, list[Worker]]:
    workers = [Worker() for _ in range(3)]
    children = tuple(ChildSpec(name, worker, **spec) for name, worker in zip("abc", workers, strict=True))
    return SupervisorSpec(children, strategy, intensity=intensity), workers


def lives(workers: list[Worker]) -> list[int]:
    return [worker.lives for worker in workers]


@pytest.mark.parametrize(
    ("strategy", "left"),
    [("one_for_one", [1, 0, 1]), ("rest_for_one", [1, 0, 0]), ("one_for_all", [0, 0, 0])],
)
@simulated
async def test_otp_e5_a_suspended_child_stops_with_what_stands_on_it_and_resume_brings_all_back(
    strategy, left
):
    spec, workers = three(strategy)
    async with running(spec) as tree:
        await tree.supervisor.suspend("b")
        await trio.sleep(100)
        assert (lives(workers), tree.state("b")) == (left, "suspended")
        await tree.supervisor.resume("b")
        assert (lives(workers), tree.state("b")) == ([1, 1, 1], "running")
        assert [event.child for event in tree.events if event.kind == "stopped"] == [
            name for name, alive in zip("cba", reversed(left), strict=True) if not alive
        ]


@simulated
async def test_otp_e5_the_crash_of_another_does_not_bring_it_back():
    spec, workers = three("rest_for_one", intensity=9)
    async with running(spec) as tree:
        await tree.supervisor.suspend("b")
        await workers[0].crash()
        assert (lives(workers), tree.state("b")) == ([1, 0, 0], "suspended")
        await tree.supervisor.resume("b")
        assert lives(workers) == [1, 1, 1]


@simulated
async def test_otp_e5_of_two_suspended_ones_the_first_resumed_waits_for_the_other():
    spec, workers = three("rest_for_one")
    async with running(spec) as tree:
        await tree.supervisor.suspend("b")
        await tree.supervisor.suspend("a")
        await tree.supervisor.resume("b")
        assert lives(workers) == [0, 0, 0]
        await tree.supervisor.resume("a")
        assert lives(workers) == [1, 1, 1]


@simulated
async def test_otp_e5_none_of_it_counts_as_a_crash():
    spec, workers = three("one_for_all", intensity=1)
    async with running(spec) as tree:
        for _ in range(5):
            await tree.supervisor.suspend("b")
            await tree.supervisor.resume("b")
            await tree.supervisor.bounce("a")
        await workers[0].crash()
        assert (lives(workers), tree.ended.is_set()) == ([1, 1, 1], False)


@pytest.mark.parametrize(
    ("strategy", "starts"),
    [("one_for_one", [1, 2, 1]), ("rest_for_one", [1, 2, 2]), ("one_for_all", [2, 2, 2])],
)
@simulated
async def test_otp_e5_bounce_takes_along_what_its_strategy_does(strategy, starts):
    spec, workers = three(strategy)
    async with running(spec) as tree:
        await tree.supervisor.bounce("b")
        assert ([worker.starts for worker in workers], lives(workers)) == (starts, [1, 1, 1])


@pytest.mark.parametrize("strategy", ["one_for_one", "rest_for_one", "one_for_all"])
@simulated
async def test_otp_e5_a_temporary_child_bounced_is_either_back_or_gone_and_never_out_of_sight(strategy):
    spec, workers = three(strategy, restart="temporary")
    async with running(spec) as tree:
        try:
            await tree.supervisor.bounce("b")
        except AdminError:
            assert lives(workers) == [1, 1, 1]
        shown = [info.id for info in tree.supervisor.which_children() if info.running is not None]
        assert shown == [name for name, worker in zip("abc", workers, strict=True) if worker.lives]
        assert not tree.ended.is_set()


@simulated
async def test_otp_e5_what_was_put_aside_before_is_not_started_nor_what_stands_on_it():
    spec, workers = three("rest_for_one")
    async with running(spec, is_held=lambda path: path == "b") as tree:
        await tree.up.wait()
        assert (lives(workers), tree.state("b")) == ([1, 0, 0], "suspended")
        await tree.supervisor.resume("b")
        assert lives(workers) == [1, 1, 1]


@simulated
async def test_otp_e5_it_stays_aside_when_its_supervisor_is_restarted():
    held = set()
    a, b = Worker(), Worker()
    below = SupervisorSpec((ChildSpec("a", a), ChildSpec("b", b)), intensity=0)
    spec = SupervisorSpec((ChildSpec("below", supervise=below),), intensity=5)
    async with running(spec, is_held=held.__contains__) as tree:
        held.add("below/b")
        await tree.supervisor.below(tree.supervisor.children["below"]).suspend("b")
        await a.crash()
        assert (a.starts, b.starts) == (2, 1)
        assert tree.supervisor.below(tree.supervisor.children["below"]).children["b"].state == "suspended"


@simulated
async def test_otp_e5_a_suspended_supervisor_has_nothing_running_below_it():
    a, after = Worker(), Worker()
    below = SupervisorSpec((ChildSpec("a", a),))
    async with running(
        SupervisorSpec((ChildSpec("below", supervise=below), ChildSpec("after", after)))
    ) as tree:
        await tree.supervisor.suspend("below")
        assert (a.lives, after.lives) == (0, 1)
        await tree.supervisor.resume("below")
        assert (a.lives, after.lives) == (1, 1)


@simulated
async def test_otp_e5_a_suspended_child_is_only_resumed():
    spec, workers = three("one_for_one")
    async with running(spec) as tree:
        await tree.supervisor.suspend("b")
        await tree.supervisor.suspend("b")
        for refused in (tree.supervisor.restart_child, tree.supervisor.delete_child, tree.supervisor.bounce):
            with pytest.raises(AsideError, match="resume"):
                await refused("b")
        await tree.supervisor.resume("b")
        await tree.supervisor.resume("b")
        assert [worker.starts for worker in workers] == [1, 2, 1]


@simulated
async def test_otp_e5_a_temporary_child_cannot_be_suspended():
    spec, workers = three("one_for_all", restart="temporary")
    async with running(spec) as tree:
        with pytest.raises(AdminError, match="temporary"):
            await tree.supervisor.suspend("b")
        with pytest.raises(NotFoundError):
            await tree.supervisor.suspend("x")
        assert lives(workers) == [1, 1, 1]


@simulated
async def test_otp_e5_whoever_suspends_may_give_it_more_time_than_its_spec():
    async def slow(life: Life) -> None:
        life.started()
        await life.stopping.wait()
        await trio.sleep(20)

    async with running(SupervisorSpec((ChildSpec("a", slow, traps_exit=True, shutdown=1),))) as tree:
        await tree.supervisor.suspend("a", 30)
        assert (tree.told()[-2], trio.current_time()) == ("stopped a shutdown", 20)
        await tree.supervisor.resume("a")
        await tree.supervisor.suspend("a")
        assert (tree.told()[-2], trio.current_time()) == ("stopped a killed", 21)


@simulated
async def test_otp_e5_a_child_suspended_while_it_waits_for_its_restart_stays_away():
    worker = Worker()
    async with running(SupervisorSpec((ChildSpec("a", worker),), intensity=9)) as tree:
        worker.failing = 1
        worker.error = RuntimeError()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(worker.crash)
            nursery.start_soon(tree.supervisor.suspend, "a")
        assert (tree.state("a"), worker.lives) == ("suspended", 0)


@simulated
async def test_otp_e5_what_crashes_on_top_of_something_put_aside_is_stopped_and_not_for_ever_restarting():
    spec, workers = three("one_for_all", intensity=9)
    added = Worker()
    spec = replace(spec, backoff=Backoff(1.0, 1.0))
    async with running(spec) as tree:
        await tree.supervisor.suspend("a")
        await tree.supervisor.start_child(ChildSpec("d", added))
        await added.crash()
        await trio.sleep(10)
        assert (added.starts, tree.state("d")) == (1, "stopped")
        await tree.supervisor.resume("a")
        assert (lives(workers), added.lives) == ([1, 1, 1], 1)
