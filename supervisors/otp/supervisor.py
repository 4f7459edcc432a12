"""A supervisor: starts its children in order, restarts them by its strategy, stops them in reverse.

Like gen_server it does one thing after another: what children and callers tell it waits in its inbox, and a
restart is never interrupted by another. Only the order to stop interrupts, because a start may take for ever
(a worker that waits for another's lease has not started yet).
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import trio

from mailroom.supervisors.otp.admin import Admin, Request
from mailroom.supervisors.otp.child import Reason, Running, Shutdown, one_line
from mailroom.supervisors.otp.errors import FailedToStartError, GaveUp, NotRunningError
from mailroom.supervisors.otp.inbox import Again, End, Exited, is_to_be_tried
from mailroom.supervisors.otp.record import Child, Surroundings
from mailroom.supervisors.otp.restarts import Intensity, pause_seconds
from mailroom.supervisors.otp.strategies import affected, ends_the_supervisor, is_restarted, may_start
from mailroom.supervisors.otp.trace import Event, Kind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from mailroom.supervisors.otp.child import Life
    from mailroom.supervisors.otp.spec import ChildSpec, SupervisorSpec


class Supervisor(Admin):
    """One supervisor. `run` is its whole life, and a child's start function like any other."""

    def __init__(
        self, spec: SupervisorSpec, *, path: str = "", surroundings: Surroundings | None = None
    ) -> None:
        self.spec = spec
        self.path = path
        self.children: dict[str, Child] = {}
        """In start order."""
        self._below: dict[str, Supervisor] = {}
        """The latest start of each child that is a supervisor."""
        self._around = surroundings or Surroundings()
        self._intensity = Intensity(spec.intensity, spec.period)
        self._send, self._inbox = trio.open_memory_channel[object](math.inf)
        self._nursery: trio.Nursery
        self._waiting: trio.CancelScope | None = None
        self._stop_requested = False
        self._over = False
        for child in spec.children:
            self._add(child)

    def below(self, child: Child) -> Supervisor | None:
        """The supervisor that a child is, while it runs; None for a worker."""
        if child.running is None or child.spec.supervise is None:
            return None
        return self._below.get(child.spec.id)

    async def run(self, life: Life) -> None:
        """Start the children, keep them running, stop them when asked to.

        Raises `Shutdown` at the end, `GaveUp` when they crashed too often, `FailedToStartError` when one did
        not start at all.
        """
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            nursery.start_soon(self._watch, life)
            try:
                outcome = await self._serve(life)
            finally:
                self._over = True
                self._refuse_all()
            nursery.cancel_scope.cancel(reason="the supervisor has ended")
        raise outcome

    async def _serve(self, life: Life) -> Exception:
        try:
            for child in list(self.children.values()):
                await self._begin(child)
            life.started()
            while True:
                await self._handle(await self._inbox.receive())
        except End as end:
            for child in reversed(list(self.children.values())):
                await self._terminate(child)
            return end.outcome

    async def _watch(self, life: Life) -> None:
        await life.stopping.wait()
        self._stop_requested = True
        self._send.send_nowait(None)
        if self._waiting is not None:
            self._waiting.cancel(reason="the supervisor is asked to stop")

    async def _begin(self, child: Child) -> None:
        """Start a child for the first time: whoever fails now fails the supervisor (OTP S3)."""
        if self._around.is_held(child.path):
            child.state = "suspended"
            self._emit("suspended", child)
        if not may_start(self.spec, self.children.values(), child):
            return
        reason = await self._start(child)
        if reason is not None and reason.kind != "ignored":
            raise End(FailedToStartError(child.path, reason.error))

    async def _handle(self, message: object) -> None:
        match message:
            case None:
                raise End(Shutdown("asked to stop"))
            case Exited(child=child, running=running):
                await self._exited(child, running)
            case Again(child=child, counted=True) if child.again is message:
                await self._bring_up(child)
            case Again(child=child, counted=False) if is_to_be_tried(child):
                await self._restart(child)
            case Request():
                await self._answer(message)

    # ---- one child ----

    async def _start(self, child: Child) -> Reason | None:
        """Start a child and wait until it is up. Returns why it is not, or None."""
        if self._stop_requested:
            raise End(Shutdown("asked to stop"))
        if child.stuck is not None:
            child.start_when_freed = True
            child.state = "stuck"
            return None
        child.state, child.again = "starting", None
        self._emit("starting", child)
        running = child.running = Running(child.path, self._life_of(child), traps_exit=child.traps_exit)
        self._nursery.start_soon(
            running.run, partial(self._tell_exited, child, running), name=child.path or child.spec.id
        )
        with trio.CancelScope() as self._waiting:
            await running.settled.wait()
        self._waiting = None
        if not running.settled.is_set():
            raise End(Shutdown("asked to stop"))
        if running.started_at is not None:
            child.state, child.info = "running", running.life.info
            self._emit("started", child)
            return None
        assert running.reason is not None, "what has settled without starting has ended"
        child.running, child.state = None, "stopped"
        child.remember(running.reason, self._around.wall_ms())
        ignored = running.reason.kind == "ignored"
        self._emit("ignored" if ignored else "start_failed", child, running.reason)
        if ignored and child.spec.restart == "temporary":
            del self.children[child.spec.id]
        return running.reason

    def _life_of(self, child: Child) -> Callable[[Life], Awaitable[None]]:
        if child.spec.start is not None:
            return child.spec.start
        assert child.spec.supervise is not None, "a child has either start or supervise"
        below = Supervisor(child.spec.supervise, path=child.path, surroundings=self._around)
        self._below[child.spec.id] = below
        return below.run

    def _tell_exited(self, child: Child, running: Running) -> None:
        self._send.send_nowait(Exited(child, running))

    async def _terminate(self, child: Child) -> None:
        """Stop a child, whatever it takes. Its spec stays, unless it is temporary (OTP R4)."""
        child.again = None
        child.start_when_freed = False
        running = child.running
        if running is not None:
            child.state = "stopping"
            patience = child.patience_seconds
            reason = await running.stop(child.spec.shutdown_limit if patience is None else patience)
            child.running = None
            child.remember(reason, self._around.wall_ms())
            if reason.kind == "stuck":
                child.stuck = running
            self._emit("stuck" if child.stuck else "stopped", child, reason)
        if child.state not in ("suspended", "parked"):
            child.state = "stuck" if child.stuck is not None else "stopped"
        if child.spec.restart == "temporary":
            self.children.pop(child.spec.id, None)

    async def _exited(self, child: Child, running: Running) -> None:
        """A child ended by itself; or a task that was stuck has ended at last."""
        reason = running.reason
        if child.stuck is running:
            child.stuck = None
            if child.start_when_freed:
                child.start_when_freed = False
                await self._bring_up(child)
            elif child.state == "stuck":
                child.state = "stopped"
            return
        if child.running is not running or reason is None:
            return
        child.running, child.state = None, "stopped"
        child.remember(reason, self._around.wall_ms())
        self._emit("exited", child, reason)
        lasted = trio.current_time() - (running.started_at or trio.current_time())
        if self.spec.backoff and lasted >= self.spec.backoff.stable_seconds:
            child.failures = 0
        if is_restarted(child, reason):
            await self._restart(child)
            return
        if child.spec.restart == "temporary":
            self.children.pop(child.spec.id, None)
        if ends_the_supervisor(self.spec, self.children.values(), child):
            raise End(Shutdown(f"{child.path} has ended, and it is significant"))

    # ---- by strategy ----

    async def _restart(self, child: Child) -> None:
        """A child has failed, to run or to start: restart what must be, or give up."""
        if not self._intensity.allows(trio.current_time()):
            self._give_up(child)
            return
        child.failures += 1
        pause = pause_seconds(self.spec.backoff, child.failures, self._around.random)
        child.restarts += 1
        self._emit("restarting", child, seconds=pause)
        await self._tear_down(child)
        if not pause:
            await self._bring_up(child)
            return
        child.state = "restarting"
        child.again = Again(child, counted=True)
        child.next_start_at = trio.current_time() + pause
        self._nursery.start_soon(self._send_later, child.again, pause)

    async def _send_later(self, again: object, seconds: float) -> None:
        await trio.sleep(seconds)
        self._send.send_nowait(again)

    async def _tear_down(self, child: Child) -> None:
        for other in reversed(affected(self.spec, self.children.values(), child)):
            if other is not child or other.running is not None:
                await self._terminate(other)

    async def _bring_up(self, child: Child) -> None:
        """Start a child and those that were stopped with it. One that fails is tried again, by way of the
        inbox, so that others are heard in between (OTP I4, I7).
        """
        child.again = None
        if child.state in ("restarting", "stuck"):
            child.state = "stopped"  # also when it cannot be started now, or somebody before it fails
        for other in affected(self.spec, self.children.values(), child):
            if not may_start(self.spec, self.children.values(), other):
                continue
            reason = await self._start(other)
            if reason is not None and reason.kind != "ignored":
                other.state = "restarting"
                other.again = Again(other, counted=False)
                other.next_start_at = trio.current_time()
                self._send.send_nowait(other.again)
                return

    def _give_up(self, child: Child) -> None:
        reason = Reason("crash", child.error) if child.error else None
        if self.spec.give_up == "park":
            child.state = "parked"
            self._intensity.forget()
            self._emit("parked", child, reason)
            self._around.on_park(child.path, one_line(child.error) if child.error else "")
            return
        self._emit("gave_up", child, reason)
        child.again = None
        raise End(
            GaveUp(
                f"{self.path or 'the root'} gave up: {child.path} was restarted more than"
                f" {self.spec.intensity} times in {self.spec.period} s"
                + (f"; last, {one_line(child.error)}" if child.error else ""),
                child.error,
            )
        )

    # ---- what callers ask for ----

    async def _answer(self, request: Request) -> None:
        try:
            await request.act()
        except BaseException:  # also cancelled, or a fault of ours: whoever asked must not wait for ever
            request.refuse(NotRunningError(f"{self.path or 'the root'} is being stopped"))
            raise

    def _post(self, request: Request) -> None:
        if self._over:
            raise NotRunningError(f"{self.path or 'the root'} does not run")
        self._send.send_nowait(request)

    def _refuse_all(self) -> None:
        while True:
            try:
                message = self._inbox.receive_nowait()
            except trio.WouldBlock:
                return
            if isinstance(message, Request):
                message.refuse(NotRunningError(f"{self.path or 'the root'} has ended"))

    def _add(self, spec: ChildSpec) -> Child:
        child = Child(spec, f"{self.path}/{spec.id}" if self.path else spec.id)
        self.children[spec.id] = child
        return child

    def _emit(self, kind: Kind, child: Child, reason: Reason | None = None, seconds: float = 0.0) -> None:
        self._around.tracer(
            Event(
                kind,
                self.path,
                child.spec.id,
                str(reason) if reason else "",
                trio.current_time(),
                seconds,
                reason.error if reason else None,
            )
        )
