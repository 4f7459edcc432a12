"""The dynamic kind (OTP's simple_one_for_one): many children of one spec, started when somebody asks.

They have no ids and no order: each start is answered with a handle, at the end all are stopped at once and
share one shutdown time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import trio

from mailroom.supervisors.otp.child import Life, Reason, Running, Shutdown, one_line
from mailroom.supervisors.otp.errors import FailedToStartError, GaveUp, NotFoundError, NotRunningError
from mailroom.supervisors.otp.record import Surroundings
from mailroom.supervisors.otp.restarts import Intensity
from mailroom.supervisors.otp.spec import ChildSpec
from mailroom.supervisors.otp.trace import Event, Kind

StartWith = Callable[..., Awaitable[None]]
"""Like a child's start function, and called with what `start_child` was given besides."""


@dataclass(eq=False, slots=True)
class Handle:
    """One child, over its restarts."""

    number: int
    args: tuple[Any, ...]
    running: Running | None = None


class DynamicSupervisor:
    """Children of one spec. `template` is their spec; its `start` is left to `start`."""

    def __init__(
        self,
        child_id: str,
        start: StartWith,
        template: ChildSpec | None = None,
        *,
        intensity: int = 1,
        period: int = 5,
        path: str = "",
        surroundings: Surroundings | None = None,
    ) -> None:
        self.path = path
        self.children: dict[int, Handle] = {}
        self._spec = replace(template or ChildSpec(child_id, _unused), id=child_id)
        self._start = start
        self._around = surroundings or Surroundings()
        self._intensity = Intensity(intensity, period)
        self._numbers = 0
        self._nursery: trio.Nursery | None = None
        self._ending: trio.Event
        self._outcome: Exception = Shutdown("asked to stop")

    async def run(self, life: Life) -> None:
        """Be there for `start_child` until asked to stop, or until the children crash too often."""
        self._ending = life.stopping
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            life.started()
            await life.stopping.wait()
            self._nursery = None
            async with trio.open_nursery() as stopping:
                for handle in list(self.children.values()):
                    stopping.start_soon(self._stop, handle)
        raise self._outcome

    async def start_child(self, *args: Any) -> Handle:
        """Start one more child. Raises `FailedToStartError`, and then there is none."""
        self._numbers += 1
        handle = Handle(self._numbers, args)
        self.children[handle.number] = handle
        reason = await self._begin(handle)
        if reason is not None:
            self.children.pop(handle.number, None)
            if reason.kind != "ignored":
                raise FailedToStartError(f"{self.path}/{self._spec.id}", reason.error)
        return handle

    async def terminate_child(self, handle: Handle) -> None:
        """Stop a child and forget it."""
        if self.children.get(handle.number) is not handle:
            raise NotFoundError(f"{self.path or 'the root'} has no such child")
        await self._stop(handle)

    async def _begin(self, handle: Handle) -> Reason | None:
        if self._nursery is None:
            raise NotRunningError(f"{self.path or 'the root'} does not run")
        running = handle.running = Running(
            f"{self.path}/{self._spec.id}",
            lambda life: self._start(life, *handle.args),
            traps_exit=self._spec.traps_exit,
        )
        self._nursery.start_soon(running.run, partial(self._exited, handle, running), name=self._spec.id)
        await running.settled.wait()
        if running.started_at is None:
            handle.running = None
            return running.reason
        self._emit("started", handle)
        return None

    async def _stop(self, handle: Handle) -> None:
        running, handle.running = handle.running, None
        self.children.pop(handle.number, None)
        if running is not None:
            reason = await running.stop(self._spec.shutdown_limit)
            self._emit("stuck" if reason.kind == "stuck" else "stopped", handle, reason)

    def _exited(self, handle: Handle, running: Running) -> None:
        reason = running.reason
        if handle.running is not running or running.started_at is None or reason is None:
            return
        self._emit("exited", handle, reason)
        handle.running = None
        again = self._spec.restart == "permanent" or (self._spec.restart == "transient" and not reason.clean)
        if not again or self._nursery is None:
            self.children.pop(handle.number, None)
            return
        self._restart(handle, reason)

    def _restart(self, handle: Handle, reason: Reason) -> None:
        if not self._intensity.allows(trio.current_time()):
            self._emit("gave_up", handle, reason)
            why = one_line(reason.error) if reason.error else str(reason)
            self._outcome = GaveUp(f"{self.path or 'the root'} gave up: {why}", reason.error)
            self._ending.set()
        elif self._nursery is not None:
            self._nursery.start_soon(self._once_more, handle)

    async def _once_more(self, handle: Handle) -> None:
        if handle.number not in self.children:
            return  # terminated meanwhile
        self._emit("restarting", handle)
        try:
            reason = await self._begin(handle)
        except NotRunningError:
            return
        if reason is None or handle.number not in self.children:
            return
        if reason.kind == "ignored":
            self.children.pop(handle.number, None)
        else:
            self._restart(handle, reason)

    def _emit(self, kind: Kind, handle: Handle, reason: Reason | None = None) -> None:
        child = f"{self._spec.id}-{handle.number}"
        words, error = (str(reason), reason.error) if reason else ("", None)
        self._around.tracer(Event(kind, self.path, child, words, trio.current_time(), 0.0, error))


async def _unused(_life: Life) -> None:
    """The template's start: each child is started with its own arguments instead."""
