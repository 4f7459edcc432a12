"""Plays a scenario on our supervisor and writes down what happened, in the words of `scenarios.py`."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

import trio
import trio.testing

from mailroom.supervisors.otp.child import Ignore, Life, Shutdown
from mailroom.supervisors.otp.errors import (
    AlreadyPresentError,
    AlreadyStartedError,
    FailedToStartError,
    NotFoundError,
    NotRunningError,
    RestartingError,
    StillRunningError,
)
from mailroom.supervisors.otp.spec import ChildSpec, SpecError, SupervisorSpec
from mailroom.supervisors.otp.supervisor import Supervisor
from tests.supervisors.otp.scenarios import Child, Flags, Op, Scenario, Sub, Worker

SLOW_SECONDS = 0.01
TICK_SECONDS = 0.001
SETTLED_SECONDS = 2.0
"""No step of a scenario takes that long."""
ANSWERS = {
    NotFoundError: "not_found",
    AlreadyStartedError: "already_started",
    AlreadyPresentError: "already_present",
    RestartingError: "restarting",
    StillRunningError: "running",
    NotRunningError: "ended",
    FailedToStartError: "error",
    SpecError: "invalid",
}


class CrashError(Exception):
    pass


def play(scenario: Scenario, seed: int = 0) -> tuple[str, ...]:
    """What our supervisor does in this scenario: a text for the start, and one for each step."""
    # What is left to chance is the order in which Trio runs its tasks; it must not matter.
    trio._core._run._r.seed(seed)  # type: ignore[attr-defined]
    return trio.run(Driver(scenario).play, clock=trio.testing.MockClock(autojump_threshold=0))


@dataclass(eq=False)
class Actor:
    """A worker that is up."""

    way: str = ""
    """How it is told to end."""
    told: trio.Event = field(default_factory=trio.Event)
    gone: trio.Event = field(default_factory=trio.Event)


class Driver:
    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._root = Supervisor(specs_of(scenario.flags, scenario.children, self._worker))
        self._life = Life("", self._root_is_up)
        self._root_runs = False
        self._trace: list[str] = []
        self._answers: list[str | None] = []
        self._meanwhile: list[Op] = []
        self._busy = 0
        """Children that take their time."""
        self._holds = 0
        self._attempts: Counter[str] = Counter()
        self._actors: dict[str, Actor] = {}
        self._zero = 0.0
        self._nursery: trio.Nursery

    async def play(self) -> tuple[str, ...]:
        steps = []
        async with trio.open_nursery() as self._nursery:
            for first, *meanwhile in ((Op("start"),), *self._scenario.steps):
                self._trace, self._answers, self._meanwhile = [], [], meanwhile
                await self._do(first)
                with trio.fail_after(SETTLED_SECONDS):
                    await self._settle()
                steps.append(" ".join([*self._trace, *map(str, self._answers)]))
            self._nursery.cancel_scope.cancel()
        return tuple(steps)

    async def _settle(self) -> None:
        while True:
            holds = self._holds
            await trio.testing.wait_all_tasks_blocked()
            # Whoever held everybody up has waited for the same moment, and goes on now.
            if not self._busy and self._holds == holds and None not in self._answers:
                return
            await trio.sleep(TICK_SECONDS)

    # ---- what is done ----

    async def _do(self, op: Op) -> None:
        match op:
            case Op("start"):
                self._nursery.start_soon(self._run_root)
            case Op("crash" | "normal" | "shutdown", str() as id):
                if (actor := self._actors.get(id)) is not None:
                    actor.way = op.verb
                    actor.told.set()
                    await actor.gone.wait()
            case Op("stop"):
                self._life.stopping.set()
            case Op("align"):
                self._zero = math.floor(trio.current_time()) + 1
                await trio.sleep_until(self._zero + 0.3)
            case Op("at", int() as milliseconds):
                await trio.sleep_until(self._zero + milliseconds / 1000)
            case Op("clock"):
                self._trace.append(f"{math.floor((trio.current_time() - self._zero) * 10) / 10}s")
            case Op("which") if self._root_runs:
                self._answers.append(f"[{' '.join(map(_which, self._root.which_children()))}]")
            case _ if self._root_runs:
                self._answers.append(None)
                self._nursery.start_soon(self._ask, len(self._answers) - 1, op)

    async def _ask(self, number: int, op: Op) -> None:
        answers = self._answers
        try:
            match op:
                case Op("add", Worker() as worker):
                    answer = await self._root.start_child(spec_of(worker, self._worker))
                case Op("restart", str() as id):
                    answer = await self._root.restart_child(id)
                case Op("terminate", str() as id):
                    answer = await self._root.terminate_child(id)
                case Op("delete", str() as id):
                    answer = await self._root.delete_child(id)
        except tuple(ANSWERS) as refusal:
            answers[number] = ANSWERS[type(refusal)]
        else:
            answers[number] = answer or "ok"

    async def _run_root(self) -> None:
        try:
            await self._root.run(self._life)
        except Shutdown:
            self._trace.append("ended:shutdown")
        except FailedToStartError as failure:
            self._trace.append(f"failed_to_start:{failure.path}")
        self._root_runs = False

    def _root_is_up(self) -> None:
        self._root_runs = True

    # ---- how workers behave ----

    async def _worker(self, worker: Worker, life: Life) -> None:
        self._trace.append(f"{worker.id}?")
        attempt, self._attempts[worker.id] = self._attempts[worker.id], self._attempts[worker.id] + 1
        start = worker.starts[min(attempt, len(worker.starts) - 1)]
        if start.startswith("held_"):
            start = start.removeprefix("held_")
            await self._hold_everybody_up()
        if start == "ignore":
            self._trace.append(f"{worker.id}~")
            raise Ignore
        if start == "error":
            self._trace.append(f"{worker.id}!")
            raise CrashError
        await self._live(worker, life, {"dies": "crash", "ends": "normal"}.get(start, ""))

    async def _live(self, worker: Worker, life: Life, way: str) -> None:
        actor = self._actors[worker.id] = Actor()
        end = "killed" if worker.stop != "quick" or worker.shutdown == "brutal_kill" else "shutdown"
        try:
            self._trace.append(f"{worker.id}+")
            life.started()
            end = way or await self._wait_for_end(worker, life, actor)
        finally:
            if self._actors.get(worker.id) is actor:
                del self._actors[worker.id]
            actor.gone.set()
            self._trace.append(f"{worker.id}-{end}")
        if end == "crash":
            raise CrashError
        if end == "shutdown":
            raise Shutdown

    async def _wait_for_end(self, worker: Worker, life: Life, actor: Actor) -> str:
        async with trio.open_nursery() as nursery:
            for event in (actor.told, life.stopping):
                nursery.start_soon(_cancel_after, event, nursery.cancel_scope)
        if actor.way:
            return actor.way
        return await self._stop(worker)

    async def _stop(self, worker: Worker) -> str:
        match worker.stop:
            case "normal":
                return "normal"
            case "faulty":
                return "crash"
            case "held":
                del self._actors[worker.id]
                await self._hold_everybody_up()
            case "slow" | "deaf":
                self._busy += 1
                try:
                    await trio.sleep(SLOW_SECONDS if worker.stop == "slow" else math.inf)
                finally:
                    self._busy -= 1
        return "shutdown"

    async def _hold_everybody_up(self) -> None:
        """While the supervisor waits for this one, do what is to be done meanwhile."""
        meanwhile, self._meanwhile = self._meanwhile, []
        self._busy += 1
        try:
            for op in meanwhile:
                await trio.testing.wait_all_tasks_blocked()
                await self._do(op)
            await trio.testing.wait_all_tasks_blocked()
        finally:
            self._busy -= 1
            self._holds += 1


async def _cancel_after(event: trio.Event, scope: trio.CancelScope) -> None:
    await event.wait()
    scope.cancel()


def _which(child) -> str:
    if child.running == "restarting":
        return f"{child.id}=restarting"
    return child.id if child.running else f"{child.id}=stopped"


# ---- the scenario's words as specs ----


def specs_of(flags: Flags, children: tuple[Child, ...], start) -> SupervisorSpec:
    return SupervisorSpec(
        tuple(spec_of(child, start) for child in children),
        flags.strategy,
        flags.intensity,
        flags.period,
        flags.auto_shutdown,
    )


def spec_of(child: Child, start) -> ChildSpec:
    shutdown = child.shutdown / 1000 if isinstance(child.shutdown, int) else child.shutdown
    if isinstance(child, Sub):
        own = specs_of(child.flags, child.children, start)
        return ChildSpec(child.id, None, own, child.restart, shutdown, child.significant)
    traps_exit = child.stop != "quick"
    return ChildSpec(
        child.id, partial(start, child), None, child.restart, shutdown, child.significant, traps_exit
    )
