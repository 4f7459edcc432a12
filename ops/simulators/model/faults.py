"""Misbehaviour on demand: rules that make chosen requests fail, or the script say what no model should."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from mailroom.ops.simulators.fields import ControlError, flag, integer, line, only, real

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
RULES_MAX = 1_000
DELAY_MAX_MS = 600_000.0
DELAY_DEFAULT_MS = 200.0
NAME_MAX = 200
TEXT_MAX = 50_000


@dataclass(slots=True)
class Rule:
    """One order to misbehave; `times` counts down, None means for ever."""

    kind: str
    model: str | None = None
    with_tools: bool | None = None
    """Only for requests that offer tools, or only for those that do not."""
    times: int | None = None
    delay_ms: float = DELAY_DEFAULT_MS
    retry_after: int | None = None
    text: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    struck: int = 0

    def shown(self) -> dict[str, Any]:
        """The rule as JSON."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "", [])}


def parse_rule(given: Any, lies: Mapping[str, str]) -> Rule:
    """Read a rule from JSON; every mistake is named. `lies` are those of the scripts that are played."""
    if not isinstance(given, dict):
        raise ControlError("a rule is an object")
    only(given, RULE_FIELDS, " in a rule")
    kind = str(given.get("kind"))
    if kind not in (kinds := {**KINDS, **lies}):
        told = "; ".join(f"{name} ({meaning})" for name, meaning in kinds.items())
        raise ControlError(f"kind must be one of: {told}")
    calls = given.get("calls", [])
    if not isinstance(calls, list) or not all(isinstance(call, dict) and "name" in call for call in calls):
        raise ControlError("calls must be a list of objects with name and arguments")
    delay_ms = real(given, "delay_ms", 0, DELAY_MAX_MS)
    retry_after = given.get("retry_after")
    return Rule(
        kind,
        model=line(given, "model", NAME_MAX),
        with_tools=flag(given, "with_tools"),
        times=integer(given, "times", low=1) if given.get("times") is not None else None,
        delay_ms=DELAY_DEFAULT_MS if delay_ms is None else delay_ms,
        retry_after=None if retry_after is None else integer(given, "retry_after", low=0, high=86_400),
        text=line(given, "text", TEXT_MAX) or "",
        calls=calls,
    )


class Faults:
    """All rules; asked once for every model that a request names."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(self, rules: list[Rule]) -> None:
        """Take more rules, all or none."""
        if len(self.rules) + len(rules) > RULES_MAX:
            raise ControlError(f"at most {RULES_MAX} rules")
        self.rules += rules

    def clear(self) -> None:
        """Behave well again."""
        self.rules.clear()

    def strike(self, model: str, *, with_tools: bool) -> list[Rule]:
        """The rules that strike a request: those that slow it, and the first of the others."""
        struck: list[Rule] = []
        for rule in self.rules:
            if rule.model not in (None, model) or rule.with_tools not in (None, with_tools):
                continue
            if not slows(rule) and any(not slows(other) for other in struck):
                continue
            rule.struck += 1
            if rule.times is not None:
                rule.times -= 1
            struck.append(rule)
        self.rules = [rule for rule in self.rules if rule.times != 0]
        return struck


def slows(rule: Rule) -> bool:
    """Whether a rule leaves the answer as it is."""
    return rule.kind in ("slow", "slow_start")
