"""What may be asked of a running supervisor (statements M1 to M5)."""

import pytest
import trio
import trio.testing

from mailroom.supervisors.otp.errors import NotRunningError
from mailroom.supervisors.otp.spec import ChildSpec, SupervisorSpec
from tests.supervisors.otp.tree import Tree, Worker, running, simulated, take_time

UP = "a? a+ b? b+"


def test_otp_m1_a_terminated_child_is_stopped_and_its_spec_stays_unless_temporary(happens):
    assert happens("one_for_one", "a", "b temporary", do="terminate a, terminate b, which, terminate b") == [
        UP,
        "a-shutdown ok",
        "b-shutdown ok",
        "[a=stopped]",
        "not_found",
    ]


def test_otp_m1_terminating_what_is_stopped_already_is_fine(happens):
    assert happens("one_for_one", "a", do="terminate a, terminate a, terminate x") == [
        "a? a+",
        "a-shutdown ok",
        "ok",
        "not_found",
    ]


@pytest.mark.parametrize("strategy", ["one_for_all", "rest_for_one"])
def test_otp_m1_terminating_a_child_touches_no_other(happens, strategy):
    assert happens(strategy, "a", "b", do="terminate a, which, restart a") == [
        UP,
        "a-shutdown ok",
        "[a=stopped b]",
        "a? a+ ok",
    ]


def test_otp_m2_only_a_stopped_child_can_be_restarted_by_hand(happens):
    assert happens(
        "one_for_one 5",
        "a",
        "b permanent 30 quick ok,held_error,ok",
        do="restart a, restart x, crash b / restart b, terminate a, restart a",
    ) == [UP, "running", "not_found", "b-crash b? b! b? b+ restarting", "a-shutdown ok", "a? a+ ok"]


def test_otp_m2_a_start_by_hand_that_fails_is_not_tried_again(happens):
    assert happens(
        "one_for_one 5", "a permanent 30 quick ok,error,ok", do="terminate a, restart a, which"
    ) == [
        "a? a+",
        "a-shutdown ok",
        "a? a! error",
        "[a=stopped]",
    ]


def test_otp_m2_start_child_that_fails_leaves_nothing(happens):
    assert happens(
        "one_for_one", "a", do="add b permanent 30 quick error, which, add c permanent 30 quick ignore, which"
    ) == [
        "a? a+",
        "b? b! error",
        "[a]",
        "c? c~ ignored",
        "[a c=stopped]",
    ]


def test_otp_m3_only_a_stopped_child_can_be_deleted(happens):
    assert happens(
        "one_for_one 5",
        "a",
        "b permanent 30 quick ok,held_error,ok",
        do="delete a, delete x, crash b / delete b, terminate a, delete a, which",
    ) == [UP, "running", "not_found", "b-crash b? b! b? b+ restarting", "a-shutdown ok", "ok", "[b]"]


@simulated
async def test_otp_m4_children_are_listed_and_counted():
    worker, stopped = Worker(), Worker()
    below = SupervisorSpec((ChildSpec("inner", Worker()),))
    spec = SupervisorSpec(
        (
            ChildSpec("a", worker),
            ChildSpec("below", supervise=below),
            ChildSpec("c", stopped, restart="transient"),
        )
    )
    async with running(spec) as tree:
        await stopped.end()
        listed = tree.supervisor.which_children()
        assert [(info.id, info.running is not None, info.type) for info in listed] == [
            ("a", True, "worker"),
            ("below", True, "supervisor"),
            ("c", False, "worker"),
        ]
        counts = tree.supervisor.count_children()
        assert (counts.specs, counts.active, counts.supervisors, counts.workers) == (3, 2, 1, 2)


@simulated
async def test_otp_m5_what_it_does_not_understand_does_not_hurt_it():
    worker = Worker()
    async with running(SupervisorSpec((ChildSpec("a", worker),))) as tree:
        tree.supervisor._send.send_nowait("good morning")
        await worker.crash()
        assert worker.lives == 1


@simulated
async def test_otp_m5_whoever_asks_a_supervisor_that_has_ended_is_told_so():
    async with running(SupervisorSpec((ChildSpec("a", Worker()),))) as tree:
        await tree.stop()
        with pytest.raises(NotRunningError):
            await tree.supervisor.restart_child("a")


@simulated
async def test_otp_m5_so_is_whoever_was_waiting_when_it_ended():
    worker = Worker()
    async with running(SupervisorSpec((ChildSpec("a", worker),), intensity=0)) as tree:
        refused = []

        async def ask() -> None:
            with pytest.raises(NotRunningError):
                await tree.supervisor.terminate_child("a")
            refused.append(1)

        async with trio.open_nursery() as nursery:
            tree.life.stopping.set()
            nursery.start_soon(ask)
            nursery.start_soon(ask)
        assert refused == [1, 1]


@simulated
async def test_otp_m5_so_is_whoever_it_was_working_for_when_it_was_cancelled():
    spec = SupervisorSpec((ChildSpec("a", take_time, traps_exit=True, shutdown="infinity"),))
    tree, refused = Tree(spec), []

    async def ask() -> None:
        with pytest.raises(NotRunningError):
            await tree.supervisor.terminate_child("a")
        refused.append(1)

    async with trio.open_nursery() as callers:
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(tree.run)
                await trio.testing.wait_all_tasks_blocked()
                callers.start_soon(ask)
                await trio.testing.wait_all_tasks_blocked()
                scope.cancel()
        with trio.move_on_after(10):
            await trio.sleep_forever()
        callers.cancel_scope.cancel()
    assert refused == [1]
