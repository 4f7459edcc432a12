"""What must hold at every event of a tree of supervisors, whatever happens to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import floor

from mailroom.supervisors.otp.spec import ChildSpec, SupervisorSpec
from mailroom.supervisors.otp.supervisor import Supervisor
from mailroom.supervisors.otp.trace import Event

RUNNING = {"started"}
SETTLED = {"started", "ignored", "start_failed", "stopped", "stuck", "exited"}
GONE = {"stopped", "exited", "ignored", "start_failed"}


@dataclass
class SupervisorRecord:
    """What the watch keeps of one supervisor: of its present life, but for the specs."""

    spec: SupervisorSpec
    order: list[str]
    restart: dict[str, str]
    last: dict[str, str] = field(default_factory=dict)
    """The last event of each child."""
    restarts: list[int] = field(default_factory=list)
    """The seconds of its restarts."""
    stops: list[int] = field(default_factory=list)
    """The places of those stopped in a row."""
    aside: set[str] = field(default_factory=set)
    stuck: set[str] = field(default_factory=set)
    starting: str | None = None
    by_hand: int = 0
    """Requests under way."""
    left_to_itself: bool = True
    """Nobody has asked it for anything that changes it."""


class Watch:
    def __init__(self, faults: list[str]) -> None:
        self.trace: list[tuple[object, ...]] = []
        self.kinds: Counter[str] = Counter()
        self._faults = faults
        self._records: dict[str, SupervisorRecord] = {}

    def knows(self, path: str, spec: SupervisorSpec) -> None:
        self._records[path] = SupervisorRecord(
            spec, [child.id for child in spec.children], {child.id: child.restart for child in spec.children}
        )

    def knows_child(self, path: str, child: ChildSpec) -> None:
        self._records[path].order.append(child.id)
        self._records[path].restart[child.id] = child.restart

    def asks(self, path: str, verb: str) -> None:
        record = self._records[path]
        record.by_hand += 1
        record.left_to_itself &= verb == "look"
        record.stops.clear()

    def asked(self, path: str, verb: str) -> None:
        record = self._records[path]
        record.by_hand -= 1
        record.stops.clear()

    def sees(self, event: Event) -> None:
        self.trace.append(
            (event.kind, event.path, event.child, event.reason, round(event.at, 6), event.seconds)
        )
        self.kinds[event.kind] += 1
        record = self._records[event.path]
        match event.kind:
            case "starting":
                self._starting(record, event)
            case "restarting":
                self._restarting(record, event)
            case "gave_up" | "parked":
                self._too_often(record, event)
            case "stopped" | "stuck":
                self._stopped(record, event)
            case "suspended":
                record.aside.add(event.child)
            case "resumed":
                record.aside.discard(event.child)
        if event.kind in SETTLED and record.starting == event.child:
            record.starting = None
        if event.kind == "exited":
            record.stops.clear()
        if event.kind == "stuck":
            record.stuck.add(event.child)
        if event.kind == "parked":
            record.aside.add(event.child)
        record.last[event.child] = event.kind
        if event.kind in GONE:
            self.ended(self._below(event))

    def ended(self, path: str) -> None:
        """A supervisor has ended: nothing of it may run, and its next life begins with a clean sheet."""
        record = self._records.get(path)
        if record is None:
            return
        for child in record.order:
            # A restart that waits ends with its supervisor, without a word.
            if record.last.get(child) in ("started", "starting"):
                self._faults.append(f"{path}/{child} is left behind by its supervisor")
        self._records[path] = SupervisorRecord(
            record.spec, record.order, record.restart, by_hand=record.by_hand
        )
        self._records[path].left_to_itself = not record.by_hand

    def is_quiet(self, root: Supervisor, path: str = "") -> None:
        """Nothing happens any more: whoever should run does, where nobody has interfered."""
        record = self._records[path]
        if record.starting is not None:
            self._faults.append(f"{path}/{record.starting} is still starting")
        for child in root.children.values():
            if child.state == "restarting":
                self._faults.append(f"{child.path} is still about to be restarted")
            if child.running is not None and child.running.reason is not None:
                self._faults.append(f"{child.path} has ended, and nobody has heard of it")
            if (below := root.below(child)) is not None:
                self.is_quiet(below, child.path)
            if not record.left_to_itself or record.aside or record.stuck or child.running is not None:
                continue
            if record.last.get(child.spec.id) == "ignored" or (
                child.spec.restart,
                record.last.get(child.spec.id),
            ) == (
                "transient",
                "exited",
            ):
                continue
            self._faults.append(f"{child.path} was not brought back after {record.last.get(child.spec.id)}")

    def _starting(self, record: SupervisorRecord, event: Event) -> None:
        name, place = event.child, record.order.index(event.child)
        if record.starting is not None:
            self._faults.append(f"{event.path}/{name} is started while {record.starting} still starts")
        if record.last.get(name) == "started":
            self._faults.append(f"{event.path}/{name} is started while it runs")
        if name in record.aside:
            self._faults.append(f"{event.path}/{name} is started while it is put aside")
        record.starting = name
        record.stops.clear()
        # Who was stuck while the others came back may come after those after it.
        if record.spec.strategy != "one_for_one" and record.left_to_itself and not record.stuck:
            after = [other for other in record.order[place + 1 :] if record.last.get(other) == "started"]
            if after:
                self._faults.append(f"{event.path}/{name} is started after {after}")
        if record.spec.strategy != "one_for_one" and not record.by_hand:
            below = record.order[:place] if record.spec.strategy == "rest_for_one" else record.order
            if record.aside.intersection(below):
                self._faults.append(f"{event.path}/{name} is started on what is put aside")

    def _restarting(self, record: SupervisorRecord, event: Event) -> None:
        if record.restart[event.child] == "temporary":
            self._faults.append(f"{event.path}/{event.child} is temporary and restarted")
        second = floor(event.at)
        record.restarts.append(second)
        if self._within_period(record, second) > record.spec.intensity:
            self._faults.append(f"{event.path} restarts more than {record.spec.intensity} times")

    def _too_often(self, record: SupervisorRecord, event: Event) -> None:
        if self._within_period(record, floor(event.at)) != record.spec.intensity:
            self._faults.append(f"{event.path} gives up too early")
        if (event.kind == "parked") != (record.spec.give_up == "park"):
            self._faults.append(f"{event.path} does not give up as it should")
        record.restarts.clear()

    def _stopped(self, record: SupervisorRecord, event: Event) -> None:
        place = record.order.index(event.child)
        if not record.by_hand and any(before <= place for before in record.stops):
            self._faults.append(f"{event.path}/{event.child} is stopped out of order")
        record.stops.append(place)

    def _within_period(self, record: SupervisorRecord, second: int) -> int:
        return sum(second - moment <= record.spec.period for moment in record.restarts)

    @staticmethod
    def _below(event: Event) -> str:
        return f"{event.path}/{event.child}" if event.path else event.child
