"""Many children of one spec, started when somebody asks (statement T4)."""

import pytest
import trio
import trio.testing

from mailroom.supervisors.otp.child import Life
from mailroom.supervisors.otp.dynamic import DynamicSupervisor
from mailroom.supervisors.otp.errors import FailedToStartError, GaveUp, NotFoundError
from mailroom.supervisors.otp.spec import ChildSpec
from tests.supervisors.otp.tree import Worker, simulated


class Crew:
    """A dynamic supervisor whose children live until they are told."""

    def __init__(self, **options) -> None:
        self.log: list[str] = []
        self.told: dict[str, trio.Event] = {}
        self.failing = 0
        self.outcome: Exception | None = None
        self.supervisor = DynamicSupervisor("one", self.work, **options)
        self.life = Life("", lambda: None)
        self.ended = trio.Event()

    async def run(self) -> None:
        try:
            await self.supervisor.run(self.life)
        except Exception as outcome:
            self.outcome = outcome
        self.ended.set()

    async def work(self, life: Life, name: str, stops_after: float = 0.0) -> None:
        if self.failing:
            self.failing -= 1
            self.log.append(f"{name}!")
            raise RuntimeError(name)
        self.log.append(f"{name}+")
        told = self.told[name] = trio.Event()
        life.started()
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._wait, life.stopping, nursery.cancel_scope)
                await told.wait()
                raise RuntimeError(name)
        finally:
            with trio.CancelScope(shield=True):
                await trio.sleep(stops_after)
            self.log.append(f"{name}-")

    @staticmethod
    async def _wait(event: trio.Event, scope: trio.CancelScope) -> None:
        await event.wait()
        scope.cancel()

    async def crash(self, name: str) -> None:
        self.told[name].set()
        await trio.testing.wait_all_tasks_blocked()


def crewed(**options):
    """A test with a crew at work, and nobody of it left at the end."""

    def decorate(test):
        @simulated
        async def run(**fixtures) -> None:
            crew = Crew(**options)
            async with trio.open_nursery() as nursery:
                nursery.start_soon(crew.run)
                await trio.testing.wait_all_tasks_blocked()
                await test(crew)
                crew.life.stopping.set()
                await crew.ended.wait()
                assert nursery.child_tasks == set()
            assert crew.supervisor.children == {}
            starts, ends = (sum(word.endswith(mark) for word in crew.log) for mark in "+-")
            assert starts == ends

        run.__name__ = test.__name__
        return run

    return decorate


@crewed()
async def test_otp_t4_nobody_is_started_until_somebody_asks(crew):
    assert crew.log == []
    await crew.supervisor.start_child("a")
    assert crew.log == ["a+"]


@crewed()
async def test_otp_t4_a_child_is_restarted_alone_and_with_its_own_arguments(crew):
    await crew.supervisor.start_child("a")
    await crew.supervisor.start_child("b")
    await crew.crash("a")
    assert crew.log == ["a+", "b+", "a-", "a+"]


@crewed()
async def test_otp_t4_a_child_is_terminated_by_its_handle_and_forgotten(crew):
    handle = await crew.supervisor.start_child("a")
    await crew.supervisor.terminate_child(handle)
    assert crew.log == ["a+", "a-"]
    with pytest.raises(NotFoundError):
        await crew.supervisor.terminate_child(handle)


@crewed()
async def test_otp_t4_a_child_that_does_not_start_is_not_kept(crew):
    crew.failing = 1
    with pytest.raises(FailedToStartError):
        await crew.supervisor.start_child("a")
    assert crew.supervisor.children == {}


@crewed(template=ChildSpec("one", Worker(), traps_exit=True, shutdown="infinity"))
async def test_otp_t4_at_the_end_all_are_stopped_at_once(crew):
    for name in "abc":
        await crew.supervisor.start_child(name, 2.0)
    began = trio.current_time()
    crew.life.stopping.set()
    await crew.ended.wait()
    assert trio.current_time() - began == pytest.approx(2.0)


@crewed(intensity=1)
async def test_otp_t4_it_gives_up_like_any_other(crew):
    await crew.supervisor.start_child("a")
    await crew.supervisor.start_child("b")
    await crew.crash("a")
    await crew.crash("b")
    await crew.ended.wait()
    assert isinstance(crew.outcome, GaveUp)


@crewed(intensity=3)
async def test_otp_t4_a_restart_that_fails_is_tried_again_and_each_try_counts(crew):
    await crew.supervisor.start_child("a")
    crew.failing = 2
    await crew.crash("a")
    assert crew.log == ["a+", "a-", "a!", "a!", "a+"]
    await crew.crash("a")
    await crew.ended.wait()
    assert isinstance(crew.outcome, GaveUp)


@crewed(intensity=9, template=ChildSpec("one", Worker(), restart="temporary"))
async def test_otp_t4_a_temporary_child_is_not_restarted(crew):
    await crew.supervisor.start_child("a")
    await crew.crash("a")
    assert crew.log == ["a+", "a-"]
    assert crew.supervisor.children == {}


@simulated
async def test_otp_t4_who_is_terminated_while_it_is_being_restarted_is_not_started_again():
    tries = 0

    async def slow_to_come_back(life: Life) -> None:
        nonlocal tries
        tries += 1
        if tries > 1:
            await trio.sleep(5)
        life.started()
        if tries > 1:
            await trio.sleep_forever()
        raise RuntimeError

    supervisor, life = DynamicSupervisor("one", slow_to_come_back, intensity=3), Life("", lambda: None)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(supervisor.run, life)
        await trio.testing.wait_all_tasks_blocked()
        handle = await supervisor.start_child()
        await trio.testing.wait_all_tasks_blocked()
        assert tries == 2
        await supervisor.terminate_child(handle)
        await trio.sleep(60)
        assert (tries, supervisor.children) == (2, {})
        nursery.cancel_scope.cancel()
