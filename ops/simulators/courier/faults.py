"""Misbehaviour on demand: rules that make the next messages fail, come late, twice, or not at all."""

from dataclasses import dataclass
from typing import Any, Final

from mailroom.ops.simulators.fields import line
from mailroom.ops.simulators.rules import Rule as AnyRule
from mailroom.ops.simulators.rules import Rules, delay_of, retry_after_of, rule_fields, times_of

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
DELAY_MAX_MS = 600_000.0
DELAY_DEFAULT_MS = 200.0
TO_CHARS_MAX = 320


@dataclass(slots=True, kw_only=True)
class Rule(AnyRule):
    """For whose messages it is."""

    to: str | None = None
    delay_ms: float = DELAY_DEFAULT_MS
    retry_after: int | None = None


def parse_rule(given: Any) -> Rule:
    """Read a rule from JSON; every mistake is named."""
    return Rule(
        kind=str(rule_fields(given, RULE_FIELDS, KINDS)["kind"]),
        to=line(given, "to", TO_CHARS_MAX),
        times=times_of(given),
        delay_ms=delay_of(given, DELAY_MAX_MS, DELAY_DEFAULT_MS),
        retry_after=retry_after_of(given),
    )


class Faults(Rules[Rule]):
    """All rules; asked once for each message."""

    def strike(self, to: str) -> Rule | None:
        """The first rule that strikes a message to somebody."""
        for rule in self.rules:
            if rule.to in (None, to):
                rule.strike()
                self.drop_spent()
                return rule
        return None
