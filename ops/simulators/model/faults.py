"""Misbehaviour on demand: rules that make chosen requests fail, or the script say what no model should."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from mailroom.ops.simulators.fields import ControlError, flag, line
from mailroom.ops.simulators.rules import Rule as AnyRule
from mailroom.ops.simulators.rules import Rules, delay_of, retry_after_of, rule_fields, times_of

STATUSES: Final = (400, 401, 402, 403, 404, 408, 429, 500, 502, 503)
KINDS: Final = {
    **{str(status): f"HTTP {status} with an error body" for status in STATUSES},
    "hang": "no answer at all",
    "slow_start": "delay_ms before the answer begins",
    "slow": "delay_ms between the pieces of a stream",
    "error_body": "HTTP 200 with an error in the body; in a stream, after some text",
    "empty": "HTTP 200 without choices",
    "no_text": "an answer of no words and no calls",
    "garbage": "HTTP 200 with a page of HTML",
    "cut": "the connection breaks in the middle of the answer",
    "length": "the answer stops in the middle, at the limit of tokens",
    "babble": "an answer that is far too long",
    "bad_json": "a tool call whose arguments are no JSON",
    "unknown_tool": "a call of a tool that was not offered",
    "endless_tools": "tool calls for ever",
    "says": "exactly `text`",
    "calls": "exactly `calls`: [{name, arguments}]",
}
RULE_FIELDS: Final = frozenset(
    {"kind", "model", "with_tools", "times", "delay_ms", "retry_after", "text", "calls"}
)
DELAY_MAX_MS = 600_000.0
DELAY_DEFAULT_MS = 200.0
NAME_MAX = 200
TEXT_MAX = 50_000


@dataclass(slots=True, kw_only=True)
class Rule(AnyRule):
    """For which requests it is, and what is said then."""

    model: str | None = None
    with_tools: bool | None = None
    """Only for requests that offer tools, or only for those that do not."""
    delay_ms: float = DELAY_DEFAULT_MS
    retry_after: int | None = None
    text: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)


def parse_rule(given: Any, lies: Mapping[str, str]) -> Rule:
    """Read a rule from JSON; every mistake is named. `lies` are those of the scripts that are played."""
    kind = str(rule_fields(given, RULE_FIELDS, {**KINDS, **lies})["kind"])
    calls = given.get("calls", [])
    if not isinstance(calls, list) or not all(isinstance(call, dict) and "name" in call for call in calls):
        raise ControlError("calls must be a list of objects with name and arguments")
    return Rule(
        kind=kind,
        model=line(given, "model", NAME_MAX),
        with_tools=flag(given, "with_tools"),
        times=times_of(given),
        delay_ms=delay_of(given, DELAY_MAX_MS, DELAY_DEFAULT_MS),
        retry_after=retry_after_of(given),
        text=line(given, "text", TEXT_MAX) or "",
        calls=calls,
    )


class Faults(Rules[Rule]):
    """All rules; asked once for every model that a request names."""

    def strike(self, model: str, *, with_tools: bool) -> list[Rule]:
        """The rules that strike a request: those that slow it, and the first of the others."""
        struck: list[Rule] = []
        for rule in self.rules:
            if rule.model not in (None, model) or rule.with_tools not in (None, with_tools):
                continue
            if not slows(rule) and any(not slows(other) for other in struck):
                continue
            rule.strike()
            struck.append(rule)
        self.drop_spent()
        return struck


def slows(rule: Rule) -> bool:
    """Whether a rule leaves the answer as it is."""
    return rule.kind in ("slow", "slow_start")
