"""How tests steer the model endpoint, and look: `/sim/…`, JSON in, JSON out."""

from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from mailroom.actors.kit.scripted import Script
from mailroom.ops.simulators import fields
from mailroom.ops.simulators.controls import ControlHandler, Route
from mailroom.ops.simulators.fields import ControlError, Json
from mailroom.ops.simulators.rules import rules_in

from .faults import KINDS, Faults, parse_rule
from .plain import Plain

CALLS_MAX = 2_000
"""A ring: each holds a prompt of some kilobytes."""
TOKEN_MS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class SeenCall:
    """A request, and what became of it."""

    number: int
    model: str
    stream: bool
    tools: tuple[str, ...]
    question: str
    system: str
    status: int
    """0: there was no answer, or no whole one."""
    text: str
    calls: tuple[dict[str, str], ...]
    fault: str | None


@dataclass(slots=True)
class Simulation:
    """What a simulator is about."""

    scripts: Mapping[str, Script] = field(default_factory=dict)
    """What is said to whom, by the key that is sent; to everybody else the first, or a plain one."""
    token_ms: float = 0.0
    """Between two words of a stream."""
    strict: bool = False
    """Whether it refuses what OpenAI's own endpoint refuses."""
    faults: Faults = field(default_factory=Faults)
    calls: deque[SeenCall] = field(default_factory=lambda: deque(maxlen=CALLS_MAX))
    called: int = 0

    def script_for(self, key: str) -> Script:
        """What plays the model for whoever has this key."""
        return self.scripts.get(key) or next(iter(self.scripts.values()), PLAIN)

    @property
    def lies(self) -> dict[str, str]:
        """Those that the scripts can be told to say, with what they are."""
        return {name: what for script in self.scripts.values() for name, what in script.lies.items()}


PLAIN = Plain()


class Controls:
    """One method per control."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self.routes: dict[Route, ControlHandler] = {
            ("GET", "/sim/faults"): self.list_faults,
            ("POST", "/sim/faults"): self.add_faults,
            ("DELETE", "/sim/faults"): self.clear_faults,
            ("GET", "/sim/calls"): self.list_calls,
            ("GET", "/sim/pace"): self.show_pace,
            ("POST", "/sim/pace"): self.change_pace,
            ("GET", "/sim/strict"): self.show_strict,
            ("POST", "/sim/strict"): self.change_strict,
            ("GET", "/sim/health"): self.health,
            ("POST", "/sim/reset"): self.reset,
        }

    def list_faults(self, _given: Json) -> Json:
        """All rules in force."""
        return {
            "rules": [rule.shown() for rule in self._simulation.faults.rules],
            "kinds": {**KINDS, **self._simulation.lies},
        }

    def add_faults(self, given: Json) -> Json:
        """More rules, all or none."""
        self._simulation.faults.add([parse_rule(rule, self._simulation.lies) for rule in rules_in(given)])
        return self.list_faults({})

    def clear_faults(self, _given: Json) -> Json:
        """No rules."""
        self._simulation.faults.clear()
        return self.list_faults({})

    def list_calls(self, given: Json) -> Json:
        """The requests after a number."""
        fields.only(given, frozenset({"since"}))
        since = fields.integer(given, "since", 0, low=0)
        calls: list[dict[str, Any]] = [asdict(call) for call in self._simulation.calls if call.number > since]
        return {"calls": calls}

    def show_pace(self, _given: Json) -> Json:
        """How fast words come."""
        return {"token_ms": self._simulation.token_ms}

    def change_pace(self, given: Json) -> Json:
        """Let words come slower or faster."""
        fields.only(given, frozenset({"token_ms"}))
        token_ms = fields.real(given, "token_ms", 0, TOKEN_MS_MAX)
        if token_ms is None:
            raise ControlError("token_ms is missing: milliseconds between two words of a stream")
        self._simulation.token_ms = token_ms
        return self.show_pace({})

    def show_strict(self, _given: Json) -> Json:
        """Whether it is as strict as OpenAI's own endpoint."""
        return {"on": self._simulation.strict}

    def change_strict(self, given: Json) -> Json:
        """Be as strict, or take anything."""
        fields.only(given, frozenset({"on"}))
        on = fields.flag(given, "on")
        if on is None:
            raise ControlError("on is missing: whether to refuse what OpenAI's own endpoint refuses")
        self._simulation.strict = on
        return self.show_strict({})

    def health(self, _given: Json) -> Json:
        """Answers as soon as the simulator does."""
        return {"ok": True, "simulator": "model"}

    def reset(self, _given: Json) -> Json:
        """Forget rules and requests."""
        self._simulation.faults.clear()
        self._simulation.calls.clear()
        self._simulation.strict = False
        return {"ok": True}
