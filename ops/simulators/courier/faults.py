"""Misbehaviour on demand: rules that make the next messages fail, come late, twice, or not at all."""

from dataclasses import asdict, dataclass
from typing import Any, Final

from mailroom.ops.simulators.fields import ControlError, integer, line, only, real

STATUSES: Final = (401, 403, 422, 429, 500, 502, 503)
KINDS: Final = {
    **{str(status): f"HTTP {status}, and nothing is carried" for status in STATUSES},
    "hang": "no answer at all, and nothing is carried",
    "cut": "it is carried, and the connection breaks before the answer",
    "garbage": "it is carried, and the answer is a page of HTML",
    "slow": "the answer comes after delay_ms",
    "lost": "it is accepted, and never arrives",
    "late": "it arrives after delay_ms",
    "duplicate": "it arrives twice",
}
RULE_FIELDS: Final = frozenset({"kind", "to", "times", "delay_ms", "retry_after"})
RULES_MAX = 1_000
DELAY_MAX_MS = 600_000.0
TO_CHARS_MAX = 320


@dataclass(slots=True)
class Rule:
    """One order to misbehave; `times` counts down, None means for ever."""

    kind: str
    to: str | None = None
    times: int | None = None
    delay_ms: float = 200.0
    retry_after: int | None = None

    def shown(self) -> dict[str, Any]:
        """The rule as JSON."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def parse_rule(given: Any) -> Rule:
    """Read a rule from JSON; every mistake is named."""
    if not isinstance(given, dict):
        raise ControlError("a rule is an object")
    only(given, RULE_FIELDS, " in a rule")
    if (kind := str(given.get("kind"))) not in KINDS:
        told = "; ".join(f"{name} ({meaning})" for name, meaning in KINDS.items())
        raise ControlError(f"kind must be one of: {told}")
    delay_ms = real(given, "delay_ms", 0, DELAY_MAX_MS)
    retry_after = given.get("retry_after")
    return Rule(
        kind,
        to=line(given, "to", TO_CHARS_MAX),
        times=integer(given, "times", low=1) if given.get("times") is not None else None,
        delay_ms=200.0 if delay_ms is None else delay_ms,
        retry_after=None if retry_after is None else integer(given, "retry_after", low=0, high=86_400),
    )


class Faults:
    """All rules; asked once for each message."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(self, rules: list[Rule]) -> None:
        """Take more rules, all or none."""
        if len(self.rules) + len(rules) > RULES_MAX:
            raise ControlError(f"at most {RULES_MAX} rules")
        self.rules += rules

    def strike(self, to: str) -> Rule | None:
        """The first rule that strikes a message to somebody."""
        for rule in self.rules:
            if rule.to in (None, to):
                if rule.times is not None:
                    rule.times -= 1
                self.rules = [one for one in self.rules if one.times != 0]
                return rule
        return None
