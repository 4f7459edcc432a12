"""The tree of this process as it runs: what happens in it is logged and counted, on-call looks at it and
acts on it by path.
"""

import time
from collections import Counter as Tally
from collections.abc import Callable, Iterator

import trio
from prometheus_client import Counter
from structlog import get_logger

from mailroom.actors.metrics import child as metric_child
from mailroom.supervisors.oncall.reports import NodeReport
from mailroom.supervisors.otp.admin import Admin
from mailroom.supervisors.otp.child import Life, one_line
from mailroom.supervisors.otp.errors import NotFoundError, NotRunningError
from mailroom.supervisors.otp.record import Child, Surroundings
from mailroom.supervisors.otp.spec import SupervisorSpec
from mailroom.supervisors.otp.supervisor import Supervisor
from mailroom.supervisors.otp.trace import Event

log = get_logger("mailroom.supervisor")

RESTARTS = Counter(
    "mailroom_supervisor_restarts_total",
    "Restarts of nodes of the supervision tree after a failure",
    ["path"],
)
LOUD = {
    "exited": "error",
    "start_failed": "error",
    "restarting": "warning",
    "stuck": "error",
    "parked": "error",
    "gave_up": "critical",
    "suspended": "warning",
    "resumed": "warning",
}
"""What the log is told of, and how loudly; starts and stops in good order are told of quietly."""


class ProcessTree:
    """The running tree. `held` are the paths on-call has put aside; `on_park` is told of what the supervisors
    put aside themselves.
    """

    def __init__(self, on_park: Callable[[str, str], None]) -> None:
        self.held: dict[str, object] = {}
        self._since = time.time()
        self._around = Surroundings(self._note, lambda path: path in self.held, on_park)
        self._root = Supervisor(SupervisorSpec(), surroundings=self._around)

    async def run(self, spec: SupervisorSpec, life: Life) -> None:
        """Start the tree, keep it, stop it. Raises what its root ends with."""
        self._root = Supervisor(spec, surroundings=self._around)
        await self._root.run(life)

    def report(self) -> NodeReport:
        """The tree as it is now."""
        uptime = time.time() - self._since
        return NodeReport(
            path="",
            type="supervisor",
            state="running",
            uptime_seconds=uptime,
            restarts=0,
            strategy=self._root.spec.strategy,
            children=_reports(self._root),
        )

    def paths(self) -> list[str]:
        """Every node there is, started or not, without the root."""
        return list(_paths(self._root.spec))

    def by_state(self) -> dict[str, int]:
        """How many nodes are in each state."""
        return dict(Tally(child.state for child in _walk(self._root)))

    async def restart(self, path: str) -> None:
        """Stop a node and start it again, with all that its supervisor's strategy takes along."""
        above, name = self._find(path)
        await above.bounce(name)

    async def suspend(self, path: str, seconds: float | None) -> None:
        """Stop a node and leave it stopped, over restarts of what is above it too."""
        above, name = self._find(path)
        self.held[path] = True
        await above.suspend(name, seconds)

    async def resume(self, path: str) -> None:
        """Start a node that is put aside."""
        self.held.pop(path, None)
        above, name = self._find(path)
        await above.resume(name)

    def _find(self, path: str) -> tuple[Admin, str]:
        above: Supervisor = self._root
        *parents, name = path.split("/")
        for parent in parents:
            child = above.children.get(parent)
            if child is None or child.spec.supervise is None:
                raise NotFoundError(f"there is no {path} in this process")
            below = above.below(child)
            if below is None:
                raise NotRunningError(f"{child.path} is {child.state}, so nothing below it can be reached")
            above = below
        if name not in above.children:
            raise NotFoundError(f"there is no {path} in this process")
        return above, name

    @staticmethod
    def _note(event: Event) -> None:
        path = f"{event.path}/{event.child}" if event.path else event.child
        if event.kind == "restarting":
            metric_child(RESTARTS, path).inc()
        failed_to_end = event.kind == "stopped" and event.reason.startswith(("killed", "crash"))
        level = "error" if failed_to_end else LOUD.get(event.kind, "debug")
        details: dict[str, object] = {"why": event.reason} if event.reason else {}
        if event.kind == "restarting":
            details = {"in_seconds": round(event.seconds, 1)}
        if event.kind in ("exited", "start_failed"):
            details["exc_info"] = event.error
        getattr(log, level)(f"child_{event.kind}", path=path, **details)


def _paths(spec: SupervisorSpec, above: str = "") -> Iterator[str]:
    for child in spec.children:
        yield above + child.id
        if child.supervise is not None:
            yield from _paths(child.supervise, f"{above}{child.id}/")


def _walk(supervisor: Supervisor) -> Iterator[Child]:
    for child in supervisor.children.values():
        yield child
        if (below := supervisor.below(child)) is not None:
            yield from _walk(below)


def _reports(supervisor: Supervisor) -> tuple[NodeReport, ...]:
    aside: Child | None = None
    reports = []
    for child in supervisor.children.values():
        reports.append(_report(child, supervisor.below(child), aside))
        if supervisor.spec.strategy == "rest_for_one" and child.state in ("suspended", "parked"):
            aside = aside or child
    return tuple(reports)


def _report(child: Child, below: Supervisor | None, waits_for: Child | None) -> NodeReport:
    running, now = child.running, trio.current_time()
    up = running is not None and running.started_at is not None
    details: dict[str, str | int | float] = {}
    if running is not None and running.life.details is not None:
        details = dict(running.life.details())
    if waits_for is not None and running is None:
        details["waits_for"] = waits_for.path
    ails = running.life.ails() if up and running is not None and running.life.ails is not None else ""
    due = child.state == "restarting"
    return NodeReport(
        path=child.path,
        type=child.spec.type,
        state=child.state,
        uptime_seconds=now - running.started_at if up and running and running.started_at else 0.0,
        restarts=child.restarts,
        strategy=child.spec.supervise.strategy if child.spec.supervise else "",
        error=one_line(child.error) if child.error else "",
        traceback=child.traceback,
        error_ms=child.error_ms,
        next_start_ms=int((time.time() + child.next_start_at - now) * 1000) if due else 0,
        ails=ails,
        details=details,
        children=_reports(below) if below is not None else (),
    )
