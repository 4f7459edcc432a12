"""What callers may ask of a supervisor. Each request waits its turn in the inbox, like everything else there.

The first five are OTP's. `bounce`, `suspend` and `resume` are on-call's, and are not counted as crashes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import trio

from mailroom.supervisors.otp.errors import (
    AdminError,
    AlreadyPresentError,
    AlreadyStartedError,
    AsideError,
    FailedToStartError,
    NotFoundError,
    RestartingError,
    StillRunningError,
    StuckError,
)
from mailroom.supervisors.otp.spec import check_child

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from mailroom.supervisors.otp.child import Reason, Running
    from mailroom.supervisors.otp.record import Child
    from mailroom.supervisors.otp.spec import ChildSpec, SupervisorSpec


class ChildInfo(NamedTuple):
    """A line of `which_children`."""

    id: str
    running: Running | Literal["restarting"] | None
    type: Literal["worker", "supervisor"]


@dataclass(frozen=True, slots=True)
class Counts:
    """The answer of `count_children`."""

    specs: int
    active: int
    supervisors: int
    workers: int


class Request:
    """Something a caller waits for."""

    def __init__(self, act: Callable[[], Awaitable[Any]]) -> None:
        self._act = act
        self._done = trio.Event()
        self._result: Any = None
        self._error: AdminError | FailedToStartError | None = None

    async def act(self) -> None:
        """Do it, in the supervisor's task. Its refusals are the caller's, not the supervisor's."""
        try:
            self._result = await self._act()
        except (AdminError, FailedToStartError) as error:
            self._error = error
        self._done.set()

    def refuse(self, error: AdminError) -> None:
        """It will not be done."""
        self._error = error
        self._done.set()

    async def wait(self) -> Any:
        """Wait until it is done, and return what came of it."""
        await self._done.wait()
        if self._error is not None:
            raise self._error
        return self._result


class Admin(ABC):
    """The requests, on the few moves that every supervisor has."""

    spec: SupervisorSpec
    path: str
    children: dict[str, Child]

    async def start_child(self, spec: ChildSpec) -> Literal["ok", "ignored"]:
        """Add a child at the end and start it. Raises `FailedToStartError`, and then it is not added."""
        check_child(spec, self.spec.auto_shutdown)
        answer: Literal["ok", "ignored"] = await self._ask(lambda: self._start_new(spec))
        return answer

    async def terminate_child(self, child_id: str) -> None:
        """Stop a child and leave it stopped; its spec stays unless it is temporary."""
        await self._ask(lambda: self._terminate(self._find(child_id)))

    async def restart_child(self, child_id: str) -> Literal["ok", "ignored"]:
        """Start a child that is stopped."""
        answer: Literal["ok", "ignored"] = await self._ask(lambda: self._start_stopped(child_id))
        return answer

    async def delete_child(self, child_id: str) -> None:
        """Forget a child that is stopped."""
        await self._ask(lambda: self._delete(child_id))

    def which_children(self) -> list[ChildInfo]:
        """The children as they are now, in start order."""
        return [
            ChildInfo(one.spec.id, "restarting" if one.state == "restarting" else one.running, one.spec.type)
            for one in self.children.values()
        ]

    def count_children(self) -> Counts:
        """How many there are; `active` are those that run."""
        types = [one.spec.type for one in self.children.values()]
        active = sum(one.running is not None for one in self.children.values())
        return Counts(len(types), active, types.count("supervisor"), types.count("worker"))

    async def bounce(self, child_id: str) -> None:
        """Stop a child and start it again, with all that its strategy takes along."""
        await self._ask(lambda: self._bounce(child_id))

    async def suspend(self, child_id: str, seconds: float | None = None) -> None:
        """Stop a child and let neither crash nor restart of others bring it back (E5). `seconds` is how long
        a worker may take to end, where that is not what its spec says.
        """
        await self._ask(lambda: self._suspend(child_id, seconds))

    async def resume(self, child_id: str) -> None:
        """Undo `suspend`, or a park."""
        await self._ask(lambda: self._resume(child_id))

    async def _ask(self, act: Callable[[], Awaitable[Any]]) -> Any:
        request = Request(act)
        self._post(request)
        return await request.wait()

    def _find(self, child_id: str) -> Child:
        try:
            return self.children[child_id]
        except KeyError:
            raise NotFoundError(f"{self.path or 'the root'} has no child {child_id}") from None

    async def _start_new(self, spec: ChildSpec) -> Literal["ok", "ignored"]:
        if (present := self.children.get(spec.id)) is not None:
            if present.running is not None:
                raise AlreadyStartedError(f"{present.path} runs already")
            raise AlreadyPresentError(f"{present.path} is there already, and does not run")
        child = self._add(spec)
        reason = await self._start(child)
        if reason is not None and reason.kind != "ignored":
            self.children.pop(spec.id, None)
            raise FailedToStartError(child.path, reason.error)
        return "ok" if reason is None else "ignored"

    async def _start_stopped(self, child_id: str) -> Literal["ok", "ignored"]:
        child = self._find_stopped(child_id)
        reason = await self._start(child)
        if reason is not None and reason.kind != "ignored":
            raise FailedToStartError(child.path, reason.error)
        return "ok" if reason is None else "ignored"

    async def _delete(self, child_id: str) -> None:
        del self.children[self._find_stopped(child_id).spec.id]

    def _find_stopped(self, child_id: str) -> Child:
        child = self._find(child_id)
        if child.state == "restarting":
            raise RestartingError(f"{child.path} is about to be restarted")
        if child.running is not None or child.stuck is not None:
            raise StillRunningError(f"{child.path} runs")
        if child.state in ("suspended", "parked"):
            raise AsideError(f"{child.path} is {child.state}: resume it")
        return child

    async def _bounce(self, child_id: str) -> None:
        child = self._find(child_id)
        if child.state in ("suspended", "parked"):
            raise AsideError(f"{child.path} is {child.state}: resume it")
        if child.spec.restart == "temporary":
            raise AdminError(f"{child.path} is temporary: once stopped it is gone")
        child.restarts += 1
        child.failures = 0
        await self._tear_down(child)
        await self._bring_up(child)

    async def _suspend(self, child_id: str, seconds: float | None) -> None:
        child = self._find(child_id)
        if child.spec.restart == "temporary":
            raise AdminError(f"{child.path} is temporary: it could not be resumed")
        child.patience_seconds = seconds if child.spec.type == "worker" else None
        try:
            await self._tear_down(child)
        finally:
            child.patience_seconds = None
        child.again = None
        child.state = "suspended"
        self._emit("suspended", child)
        if child.stuck is not None:
            raise StuckError(f"{child.path} is suspended, but its task does not stop: it is stuck")

    async def _resume(self, child_id: str) -> None:
        child = self._find(child_id)
        if child.state not in ("suspended", "parked"):
            return
        child.state = "stopped"
        child.failures = 0
        self._emit("resumed", child)
        await self._bring_up(child)

    @abstractmethod
    def _post(self, request: Request) -> None: ...

    @abstractmethod
    def _add(self, spec: ChildSpec) -> Child: ...

    @abstractmethod
    async def _start(self, child: Child) -> Reason | None: ...

    @abstractmethod
    async def _terminate(self, child: Child) -> None: ...

    @abstractmethod
    async def _tear_down(self, child: Child) -> None: ...

    @abstractmethod
    async def _bring_up(self, child: Child) -> None: ...

    @abstractmethod
    def _emit(self, kind: Any, child: Child) -> None: ...
