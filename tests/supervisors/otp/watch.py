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
class Office:
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
        self._offices: dict[str, Office] = {}

    def knows(self, path: str, spec: SupervisorSpec) -> None:
        self._offices[path] = Office(
            spec, [child.id for child in spec.children], {child.id: child.restart for child in spec.children}
        )

    def knows_child(self, path: str, child: ChildSpec) -> None:
        self._offices[path].order.append(child.id)
        self._offices[path].restart[child.id] = child.restart

    def asks(self, path: str, verb: str) -> None:
        office = self._offices[path]
        office.by_hand += 1
        office.left_to_itself &= verb == "look"
        office.stops.clear()

    def asked(self, path: str, verb: str) -> None:
        office = self._offices[path]
        office.by_hand -= 1
        office.stops.clear()

    def sees(self, event: Event) -> None:
        self.trace.append(
            (event.kind, event.path, event.child, event.reason, round(event.at, 6), event.seconds)
        )
        self.kinds[event.kind] += 1
        office = self._offices[event.path]
        match event.kind:
            case "starting":
                self._starting(office, event)
            case "restarting":
                self._restarting(office, event)
            case "gave_up" | "parked":
                self._too_often(office, event)
            case "stopped" | "stuck":
                self._stopped(office, event)
            case "suspended":
                office.aside.add(event.child)
            case "resumed":
                office.aside.discard(event.child)
        if event.kind in SETTLED and office.starting == event.child:
            office.starting = None
        if event.kind == "exited":
            office.stops.clear()
        if event.kind == "stuck":
            office.stuck.add(event.child)
        if event.kind == "parked":
            office.aside.add(event.child)
        office.last[event.child] = event.kind
        if event.kind in GONE:
            self.ended(self._below(event))

    def ended(self, path: str) -> None:
        """A supervisor has ended: nothing of it may run, and its next life begins with a clean sheet."""
        office = self._offices.get(path)
        if office is None:
            return
        for child in office.order:
            # A restart that waits ends with its supervisor, without a word.
            if office.last.get(child) in ("started", "starting"):
                self._faults.append(f"{path}/{child} is left behind by its supervisor")
        self._offices[path] = Office(office.spec, office.order, office.restart, by_hand=office.by_hand)
        self._offices[path].left_to_itself = not office.by_hand

    def is_quiet(self, root: Supervisor, path: str = "") -> None:
        """Nothing happens any more: whoever should run does, where nobody has interfered."""
        office = self._offices[path]
        if office.starting is not None:
            self._faults.append(f"{path}/{office.starting} is still starting")
        for child in root.children.values():
            if child.state == "restarting":
                self._faults.append(f"{child.path} is still about to be restarted")
            if child.running is not None and child.running.reason is not None:
                self._faults.append(f"{child.path} has ended, and nobody has heard of it")
            if (below := root.below(child)) is not None:
                self.is_quiet(below, child.path)
            if not office.left_to_itself or office.aside or office.stuck or child.running is not None:
                continue
            if office.last.get(child.spec.id) == "ignored" or (
                child.spec.restart,
                office.last.get(child.spec.id),
            ) == (
                "transient",
                "exited",
            ):
                continue
            self._faults.append(f"{child.path} was not brought back after {office.last.get(child.spec.id)}")

    def _starting(self, office: Office, event: Event) -> None:
        name, place = event.child, office.order.index(event.child)
        if office.starting is not None:
            self._faults.append(f"{event.path}/{name} is started while {office.starting} still starts")
        if office.last.get(name) == "started":
            self._faults.append(f"{event.path}/{name} is started while it runs")
        if name in office.aside:
            self._faults.append(f"{event.path}/{name} is started while it is put aside")
        office.starting = name
        office.stops.clear()
        # Who was stuck while the others came back may come after those after it.
        if office.spec.strategy != "one_for_one" and office.left_to_itself and not office.stuck:
            after = [other for other in office.order[place + 1 :] if office.last.get(other) == "started"]
            if after:
                self._faults.append(f"{event.path}/{name} is started after {after}")
        if office.spec.strategy != "one_for_one" and not office.by_hand:
            below = office.order[:place] if office.spec.strategy == "rest_for_one" else office.order
            if office.aside.intersection(below):
                self._faults.append(f"{event.path}/{name} is started on what is put aside")

    def _restarting(self, office: Office, event: Event) -> None:
        if office.restart[event.child] == "temporary":
            self._faults.append(f"{event.path}/{event.child} is temporary and restarted")
        second = floor(event.at)
        office.restarts.append(second)
        if self._within_period(office, second) > office.spec.intensity:
            self._faults.append(f"{event.path} restarts more than {office.spec.intensity} times")

    def _too_often(self, office: Office, event: Event) -> None:
        if self._within_period(office, floor(event.at)) != office.spec.intensity:
            self._faults.append(f"{event.path} gives up too early")
        if (event.kind == "parked") != (office.spec.give_up == "park"):
            self._faults.append(f"{event.path} does not give up as it should")
        office.restarts.clear()

    def _stopped(self, office: Office, event: Event) -> None:
        place = office.order.index(event.child)
        if not office.by_hand and any(before <= place for before in office.stops):
            self._faults.append(f"{event.path}/{event.child} is stopped out of order")
        office.stops.append(place)

    def _within_period(self, office: Office, second: int) -> int:
        return sum(second - moment <= office.spec.period for moment in office.restarts)

    @staticmethod
    def _below(event: Event) -> str:
        return f"{event.path}/{event.child}" if event.path else event.child
