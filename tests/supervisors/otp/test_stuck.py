"""A shutdown cancels. A task that shields itself cannot be killed, and we do not say that it was (E4)."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trio
import trio.testing

from mailroom.supervisors.otp.child import KILL_SECONDS, Life
from mailroom.supervisors.otp.errors import AdminError, StillRunningError
from mailroom.supervisors.otp.spec import ChildSpec, SupervisorSpec
from tests.supervisors.otp.tree import Worker, running, simulated, take_time


class Stubborn:
    """Shields itself against being cancelled, until it is freed."""

    def __init__(self) -> None:
        self.lives = self.starts = self.lives_max = 0
        self._free = trio.Event()

    async def __call__(self, life: Life) -> None:
        self.starts += 1
        self.lives += 1
        self.lives_max = max(self.lives, self.lives_max)
        life.started()
        try:
            await trio.sleep_forever()
        finally:
            with trio.CancelScope(shield=True):
                await self._free.wait()
            self.lives -= 1

    async def free(self) -> None:
        """From now on it ends when it is cancelled."""
        self._free.set()
        await trio.testing.wait_all_tasks_blocked()

    @contextmanager
    def freed(self) -> Iterator[None]:
        """However the test goes, it must be able to end."""
        try:
            yield
        finally:
            self._free.set()


@simulated
async def test_otp_e4_a_shutdown_is_a_cancellation():
    async with running(SupervisorSpec((ChildSpec("a", take_time),))) as tree:
        await tree.supervisor.terminate_child("a")
        assert (tree.told()[-1], trio.current_time()) == ("stopped a shutdown", 0)


@simulated
async def test_otp_e4_the_deadline_is_the_kill():
    async with running(SupervisorSpec((ChildSpec("a", take_time, traps_exit=True, shutdown=2),))) as tree:
        await tree.supervisor.terminate_child("a")
        assert (tree.told()[-1], trio.current_time()) == ("stopped a killed", 2)


@simulated
async def test_otp_e4_who_does_not_end_is_called_stuck_and_keeps_nobody_waiting():
    stubborn = Stubborn()
    async with running(SupervisorSpec((ChildSpec("a", stubborn, shutdown=2),))) as tree:
        with stubborn.freed():
            await tree.supervisor.terminate_child("a")
            assert trio.current_time() == pytest.approx(2 + KILL_SECONDS)
            assert (tree.told()[-1], tree.state("a")) == ("stuck a stuck", "stuck")
            assert not any("killed" in told for told in tree.told())
            await stubborn.free()
            assert tree.state("a") == "stopped"


@simulated
async def test_otp_e4_a_stuck_child_is_not_started_again_while_it_lives():
    stubborn, other = Stubborn(), Worker()
    spec = SupervisorSpec(
        (ChildSpec("a", stubborn, shutdown=0), ChildSpec("b", other)), "one_for_all", intensity=5
    )
    async with running(spec) as tree:
        with stubborn.freed():
            await other.crash()
            await trio.sleep(100)
            assert (stubborn.starts, other.lives, tree.state("a")) == (1, 1, "stuck")
            with pytest.raises(StillRunningError):
                await tree.supervisor.restart_child("a")
            with pytest.raises(StillRunningError):
                await tree.supervisor.delete_child("a")
            await stubborn.free()
            # Its group had been restarted without it; now it can follow.
            assert (stubborn.starts, stubborn.lives_max, tree.state("a")) == (2, 1, "running")


@simulated
async def test_otp_e4_a_stuck_child_that_was_terminated_stays_away_when_it_ends():
    stubborn = Stubborn()
    async with running(SupervisorSpec((ChildSpec("a", stubborn, shutdown=0),))) as tree:
        with stubborn.freed():
            await tree.supervisor.terminate_child("a")
            await stubborn.free()
            assert (stubborn.starts, tree.state("a")) == (1, "stopped")
            assert await tree.supervisor.restart_child("a") == "ok"


@simulated
async def test_otp_e4_a_stuck_child_cannot_be_suspended_and_says_so():
    stubborn = Stubborn()
    async with running(SupervisorSpec((ChildSpec("a", stubborn, shutdown=0),))) as tree:
        with stubborn.freed(), pytest.raises(AdminError, match="stuck"):
            await tree.supervisor.suspend("a")


@simulated
async def test_otp_e4_the_siblings_of_a_stuck_child_are_stopped_all_the_same():
    stubborn, before = Stubborn(), Worker()
    spec = SupervisorSpec((ChildSpec("b", before), ChildSpec("a", stubborn, shutdown=0)))
    async with running(spec) as tree:
        with stubborn.freed():
            tree.life.stopping.set()
            await trio.sleep(KILL_SECONDS + 1)
            assert (before.lives, tree.told()[-2:]) == (0, ["stuck a stuck", "stopped b shutdown"])
            # What cannot be killed cannot be left behind either: a nursery ends when its tasks do.
            assert not tree.ended.is_set()
            await stubborn.free()
            assert tree.ended.is_set()
