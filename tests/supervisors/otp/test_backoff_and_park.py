"""Waiting between restarts, and parking a child instead of giving up: ours, and off by default (E1, E2)."""

from random import Random

import pytest
import trio

from mailroom.supervisors.otp.errors import AsideError, NotRunningError, RestartingError
from mailroom.supervisors.otp.spec import Backoff, ChildSpec, SupervisorSpec
from tests.supervisors.otp.tree import Worker, later, running, simulated

OFTEN = 1000


def backed_off(worker: Worker, backoff: Backoff, **flags) -> SupervisorSpec:
    return SupervisorSpec((ChildSpec("a", worker),), intensity=OFTEN, backoff=backoff, **flags)


@simulated
async def test_otp_e1_the_pause_doubles_up_to_its_cap():
    worker = Worker()
    spec = backed_off(worker, Backoff(1.0, 5.0, jitter=0))
    async with running(spec) as tree:
        for pause in (1.0, 2.0, 4.0, 5.0, 5.0):
            crashed_at = trio.current_time()
            await worker.crash()
            assert tree.state("a") == "restarting"
            assert tree.supervisor.children["a"].next_start_at == crashed_at + pause
            assert tree.supervisor.which_children()[0].running == "restarting"
            await later(pause)
            assert worker.started_at[-1] == crashed_at + pause


@simulated
async def test_otp_e1_a_start_that_fails_waits_longer_each_time():
    worker = Worker()
    async with running(backed_off(worker, Backoff(1.0, 60.0, jitter=0))):
        worker.failing = 3
        await worker.crash()
        await later(100)
        assert worker.started_at == [0, 1, 3, 7, 15]


@simulated
async def test_otp_e1_a_child_that_was_stable_begins_anew():
    worker = Worker()
    async with running(backed_off(worker, Backoff(1.0, 60.0, stable_seconds=30, jitter=0))) as tree:
        for _ in range(3):
            await worker.crash()
            await later(10)
        assert tree.events[-3].seconds == 4.0  # restarting, starting, started
        await later(30)
        await worker.crash()
        assert tree.events[-1].seconds == 1.0


@simulated
async def test_otp_e1_chance_shortens_the_pause_by_a_share():
    worker = Worker()
    async with running(backed_off(worker, Backoff(10.0, 10.0, jitter=0.5)), random=Random(1)) as tree:
        for _ in range(50):
            await worker.crash()
            await later(10)
        pauses = [event.seconds for event in tree.events if event.kind == "restarting"]
        assert 5 <= min(pauses) < 6
        assert 9 < max(pauses) <= 10


@simulated
async def test_otp_e1_meanwhile_requests_are_answered_and_others_restarted():
    a, b = Worker(), Worker()
    spec = SupervisorSpec(
        (ChildSpec("a", a), ChildSpec("b", b)), intensity=OFTEN, backoff=Backoff(5.0, 5.0, jitter=0)
    )
    async with running(spec) as tree:
        await a.crash()
        await later(1)
        await b.crash()
        with pytest.raises(RestartingError):
            await tree.supervisor.restart_child("a")
        await later(20)
        assert (a.started_at, b.started_at) == ([0, 5], [0, 6])


@simulated
async def test_otp_e1_who_is_terminated_while_waiting_is_not_started():
    worker = Worker()
    async with running(backed_off(worker, Backoff(5.0, 5.0, jitter=0))) as tree:
        await worker.crash()
        await tree.supervisor.terminate_child("a")
        await later(20)
        assert (worker.starts, tree.state("a")) == (1, "stopped")
        # Started by hand it lives, and the pause that was under way does not start it once more.
        await worker_by_hand(tree)
        assert worker.starts == 2


@simulated
async def test_otp_e1_the_group_waits_with_the_one_that_crashed():
    a, b = Worker(), Worker()
    spec = SupervisorSpec(
        (ChildSpec("a", a), ChildSpec("b", b)), "one_for_all", OFTEN, backoff=Backoff(5.0, 5.0, jitter=0)
    )
    async with running(spec):
        await b.crash()
        assert (a.lives, b.lives) == (0, 0)
        await later(5)
        assert (a.started_at, b.started_at) == ([0, 5], [0, 5])


@simulated
async def test_otp_e1_a_supervisor_that_waits_can_be_stopped():
    worker = Worker()
    async with running(backed_off(worker, Backoff(500.0, 500.0, jitter=0))) as tree:
        await worker.crash()
        await tree.stop()
        assert trio.current_time() == 0


@simulated
async def test_otp_e1_pauses_do_not_change_what_is_too_often():
    worker = Worker()
    spec = SupervisorSpec(
        (ChildSpec("a", worker),), intensity=2, period=60, backoff=Backoff(1.0, 1.0, jitter=0)
    )
    async with running(spec) as tree:
        for _ in range(3):
            assert not tree.ended.is_set()
            await worker.crash()
            await later(1)
        assert tree.ended.is_set()


async def worker_by_hand(tree) -> None:
    assert await tree.supervisor.restart_child("a") == "ok"
    await later(20)


# ---- E2 ----


@simulated
async def test_otp_e2_a_child_that_crashes_too_often_is_parked_and_the_others_go_on():
    a, b, parked = Worker(), Worker(), []
    spec = SupervisorSpec((ChildSpec("a", a), ChildSpec("b", b)), intensity=1, give_up="park")
    async with running(spec, on_park=lambda path, why: parked.append((path, why))) as tree:
        await a.crash()
        await a.crash(RuntimeError("no paper"))
        await later(100)
        assert (a.starts, b.starts, tree.state("a"), tree.ended.is_set()) == (2, 1, "parked", False)
        assert parked == [("a", "RuntimeError: no paper")]
        assert tree.told()[-1] == "parked a crash"


@simulated
async def test_otp_e2_the_others_have_all_their_restarts_again():
    a, b = Worker(), Worker()
    spec = SupervisorSpec((ChildSpec("a", a), ChildSpec("b", b)), intensity=1, give_up="park")
    async with running(spec) as tree:
        await a.crash()
        await a.crash()
        await b.crash()
        assert (tree.state("a"), tree.state("b"), b.starts) == ("parked", "running", 2)


@simulated
async def test_otp_e2_resume_brings_a_parked_child_back():
    worker = Worker()
    async with running(SupervisorSpec((ChildSpec("a", worker),), intensity=0, give_up="park")) as tree:
        await worker.crash()
        assert tree.state("a") == "parked"
        await tree.supervisor.resume("a")
        assert (tree.state("a"), worker.starts) == ("running", 2)


@simulated
async def test_otp_e2_a_parked_child_can_only_be_resumed_or_terminated():
    worker = Worker()
    async with running(SupervisorSpec((ChildSpec("a", worker),), intensity=0, give_up="park")) as tree:
        await worker.crash()
        for refused in (tree.supervisor.restart_child, tree.supervisor.delete_child, tree.supervisor.bounce):
            with pytest.raises(AsideError, match="resume"):
                await refused("a")
        await tree.supervisor.terminate_child("a")
        assert tree.state("a") == "parked"


@simulated
async def test_otp_e2_a_start_that_fails_too_often_parks_too():
    worker = Worker()
    async with running(SupervisorSpec((ChildSpec("a", worker),), intensity=3, give_up="park")) as tree:
        worker.failing = 100
        await worker.crash()
        assert (tree.state("a"), worker.starts) == ("parked", 4)
        await tree.stop()
        with pytest.raises(NotRunningError):
            await tree.supervisor.resume("a")
