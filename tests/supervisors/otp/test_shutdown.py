"""How children and supervisors are stopped (statements D1 to D5)."""

import math

import pytest
import trio
import trio.testing

from mailroom.supervisors.otp.child import Life, Shutdown
from mailroom.supervisors.otp.spec import ChildSpec, SupervisorSpec
from tests.supervisors.otp.tree import Worker, running, simulated, take_time


def test_otp_d1_children_are_stopped_in_reverse_order_one_after_another(happens):
    # What c and b do before they end is over before the next is asked.
    assert happens(
        "one_for_one", "a", "b permanent 30 slow", "c permanent infinity held", do="stop / crash b"
    ) == [
        "a? a+ b? b+ c? c+",
        "b-crash c-shutdown a-shutdown ended:shutdown",
    ]


@simulated
async def test_otp_d1_a_child_has_its_time_and_is_then_killed():
    slow = [ChildSpec(name, take_time, shutdown=0.1, traps_exit=True) for name in "ab"]
    async with running(SupervisorSpec(tuple(slow))) as tree:
        await tree.stop()
        assert [
            (event.child, event.reason, event.at) for event in tree.events if event.kind == "stopped"
        ] == [
            ("b", "killed", pytest.approx(0.1)),
            ("a", "killed", pytest.approx(0.2)),
        ]


def test_otp_d2_brutal_kill_gives_no_notice(happens):
    assert happens("one_for_one", "a permanent brutal_kill polite", do="terminate a") == [
        "a? a+",
        "a-killed ok",
    ]


@simulated
async def test_otp_d2_whoever_is_killed_is_not_asked():
    asked = []

    async def polite(life: Life) -> None:
        life.started()
        try:
            await trio.sleep_forever()
        finally:
            asked.append(life.stopping.is_set())

    async with running(
        SupervisorSpec((ChildSpec("a", polite, shutdown="brutal_kill", traps_exit=True),))
    ) as tree:
        await tree.supervisor.terminate_child("a")
        assert asked == [False]
        assert trio.current_time() == 0


@simulated
async def test_otp_d2_infinity_waits_however_long_it_takes():
    async def slow(life: Life) -> None:
        life.started()
        await life.stopping.wait()
        await trio.sleep(900)

    async with running(SupervisorSpec((ChildSpec("a", slow, shutdown="infinity", traps_exit=True),))) as tree:
        await tree.supervisor.terminate_child("a")
        assert trio.current_time() == 900
        assert tree.told()[-1] == "stopped a shutdown"


@simulated
async def test_otp_d2_supervisors_have_all_the_time_their_children_need():
    async def slow(life: Life) -> None:
        life.started()
        await life.stopping.wait()
        await trio.sleep(60)

    spec = ChildSpec("a", slow, shutdown=math.inf, traps_exit=True)
    below = SupervisorSpec((spec,))
    async with running(SupervisorSpec((ChildSpec("below", supervise=below),))) as tree:
        await tree.stop()
        assert trio.current_time() == 60
        assert tree.told()[-2:] == ["stopped below/a shutdown", "stopped below shutdown"]


def test_otp_d3_a_child_that_crashes_when_asked_to_end_stops_nobody_from_stopping(happens):
    assert happens("one_for_one", "a", "b permanent 30 faulty", "c", do="stop") == [
        "a? a+ b? b+ c? c+",
        "c-shutdown b-crash a-shutdown ended:shutdown",
    ]


def test_otp_d3_nor_is_that_a_crash_that_counts(happens):
    assert happens(
        "one_for_all 1", "a permanent 30 faulty", "b", do="terminate a, restart a, crash b, which"
    ) == [
        "a? a+ b? b+",
        "a-crash ok",
        "a? a+ ok",
        "b-crash a-crash a? a+ b? b+",
        "[a b]",
    ]


@simulated
async def test_otp_d3_the_crash_is_reported():
    async def faulty(life: Life) -> None:
        life.started()
        await life.stopping.wait()
        raise RuntimeError("could not tidy up")

    async with running(SupervisorSpec((ChildSpec("a", faulty, traps_exit=True),))) as tree:
        await tree.stop()
        assert tree.events[-1].kind == "stopped"
        assert tree.events[-1].reason == "crash: RuntimeError: could not tidy up"
        assert isinstance(tree.outcome, Shutdown)


def test_otp_d3_a_crash_nobody_has_heard_of_yet_is_swallowed_by_the_stop(happens):
    # b crashes while c, stopped before it, takes its time.
    assert happens(
        "one_for_all 1", "a", "b", "c permanent infinity held", do="crash a / crash b, crash a"
    ) == [
        "a? a+ b? b+ c? c+",
        "a-crash b-crash c-shutdown a? a+ b? b+ c? c+",
        "a-crash c-shutdown b-shutdown ended:shutdown",
    ]


def test_otp_d4_a_permanent_child_that_answers_with_normal_is_stopped_all_the_same(happens):
    assert happens("one_for_one 0", "a permanent 30 normal", do="terminate a, which") == [
        "a? a+",
        "a-normal ok",
        "[a=stopped]",
    ]


@simulated
async def test_otp_d4_returning_when_asked_is_our_way_to_end_in_good_order():
    # OTP reports `normal` of a permanent child as an error; a task has no better way to say that it is done.
    async def polite(life: Life) -> None:
        life.started()
        await life.stopping.wait()

    async with running(SupervisorSpec((ChildSpec("a", polite, traps_exit=True),))) as tree:
        await tree.stop()
        assert tree.told()[-1] == "stopped a shutdown"


def test_otp_d5_what_is_below_a_supervisor_ends_with_it_in_order(happens):
    assert happens(
        "one_for_one 0", ["s", "one_for_one", ["a", ["t", "one_for_all", ["b", "c"]], "d"]], "e", do="crash e"
    ) == [
        "a? a+ b? b+ c? c+ d? d+ e? e+",
        "e-crash d-shutdown c-shutdown b-shutdown a-shutdown ended:shutdown",
    ]


@simulated
async def test_otp_d5_a_supervisor_whose_task_is_cancelled_leaves_no_child_behind():
    workers = Worker(), Worker()
    specs = tuple(ChildSpec(name, worker) for name, worker in zip("ab", workers, strict=True))
    spec = SupervisorSpec((ChildSpec("below", supervise=SupervisorSpec(specs)),))
    with trio.CancelScope() as scope:
        async with running(spec):
            assert [worker.lives for worker in workers] == [1, 1]
            scope.cancel()
            await trio.lowlevel.checkpoint()
    assert [worker.lives for worker in workers] == [0, 0]


@pytest.mark.parametrize("child", [take_time, Worker()])
@simulated
async def test_otp_d5_a_supervisor_can_be_stopped_while_a_child_starts(child):
    async def never_up(life: Life) -> None:
        await trio.sleep_forever()

    async with running(SupervisorSpec((ChildSpec("a", child), ChildSpec("never", never_up)))) as tree:
        await tree.stop()
        assert isinstance(tree.outcome, Shutdown)
        assert tree.told()[-2:] == ["stopped never shutdown", "stopped a shutdown"]
