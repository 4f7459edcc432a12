"""What the company carries: each message once for its key, shown to whoever it is for on the page."""

import time
from collections import OrderedDict, deque
from dataclasses import asdict, dataclass
from typing import Any

from mailroom.ops.simulators import fields
from mailroom.ops.simulators.controls import ControlHandler, Route
from mailroom.ops.simulators.fields import Json
from mailroom.ops.simulators.rules import rules_in

from .faults import KINDS, Faults, parse_rule

MESSAGES_MAX = 1_000
KEYS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Message:
    """Something that has arrived."""

    number: int
    to: str
    title: str
    text: str
    at: float

    def shown(self) -> dict[str, Any]:
        """The message as JSON."""
        return asdict(self)


class Simulation:
    """All of it, in memory: a code is worth nothing ten minutes later."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.calls = 0
        """How often it was asked to carry something, whatever came of it."""
        self._arrived: deque[Message] = deque(maxlen=MESSAGES_MAX)
        self._taken: OrderedDict[str, str] = OrderedDict()
        self._number = 0
        self.routes: dict[Route, ControlHandler] = {
            ("GET", "/sim/messages"): self.list_messages,
            ("GET", "/sim/faults"): self.list_faults,
            ("POST", "/sim/faults"): self.add_faults,
            ("DELETE", "/sim/faults"): self.clear_faults,
            ("GET", "/sim/health"): lambda _given: {"ok": True, "simulator": "courier"},
            ("POST", "/sim/reset"): self.reset,
        }

    def take(self, key: str) -> tuple[str, bool]:
        """What a message with this key is called, and whether it was taken before."""
        if key in self._taken:
            return self._taken[key], True
        self._number += 1
        self._taken[key] = f"m{self._number}"
        if len(self._taken) > KEYS_MAX:
            self._taken.popitem(last=False)
        return self._taken[key], False

    def arrive(self, to: str, title: str, text: str) -> None:
        """A message is there."""
        number = self._arrived[-1].number + 1 if self._arrived else 1
        self._arrived.append(Message(number, to, title, text, time.time()))

    def arrived(self, to: str = "") -> list[Message]:
        """What has arrived, for one or for all; the last first."""
        return [one for one in reversed(self._arrived) if to in ("", one.to)]

    def list_messages(self, given: Json) -> Json:
        """What has arrived, for one (`to`) or for all; the last first."""
        fields.only(given, frozenset({"to"}))
        to = fields.line(given, "to", 320) or ""
        return {"messages": [one.shown() for one in self.arrived(to)], "calls": self.calls}

    def list_faults(self, _given: Json) -> Json:
        """All rules in force."""
        return {"rules": [rule.shown() for rule in self.faults.rules], "kinds": KINDS}

    def add_faults(self, given: Json) -> Json:
        """More rules, all or none."""
        self.faults.add([parse_rule(rule) for rule in rules_in(given)])
        return self.list_faults({})

    def clear_faults(self, _given: Json) -> Json:
        """No rules."""
        self.faults.rules.clear()
        return self.list_faults({})

    def reset(self, _given: Json) -> Json:
        """Forget rules and messages."""
        self.faults.rules.clear()
        self._arrived.clear()
        self._taken.clear()
        self.calls = 0
        return {"ok": True}
