"""Orders to misbehave, which every simulator takes: read, kept, struck so often as they say."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from mailroom.ops.simulators.fields import ControlError, integer, only, real

RULES_MAX = 1_000
RETRY_AFTER_MAX_SECONDS = 86_400


@dataclass(slots=True, kw_only=True)
class Rule:
    """One order to misbehave; `times` counts down, None means for ever."""

    kind: str
    times: int | None = None
    struck: int = 0

    def shown(self) -> dict[str, Any]:
        """The rule as JSON."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "", [])}

    def strike(self) -> None:
        """It has struck once more."""
        self.struck += 1
        if self.times is not None:
            self.times -= 1


R = TypeVar("R", bound=Rule)


class Rules(Generic[R]):
    """All rules of a simulator."""

    def __init__(self) -> None:
        self.rules: list[R] = []

    def add(self, rules: list[R]) -> None:
        """Take more rules, all or none."""
        if len(self.rules) + len(rules) > RULES_MAX:
            raise ControlError(f"at most {RULES_MAX} rules")
        self.rules += rules

    def clear(self) -> None:
        """Behave well again."""
        self.rules.clear()

    def drop_spent(self) -> None:
        """Forget those that have struck as often as they were to."""
        self.rules = [rule for rule in self.rules if rule.times != 0]


def rules_in(given: dict[str, Any]) -> list[Any]:
    """The rules of a request, not yet read."""
    only(given, frozenset({"rules"}))
    rules = given.get("rules")
    if not isinstance(rules, list):
        raise ControlError("rules must be a list")
    return rules


def rule_fields(given: Any, known: frozenset[str], kinds: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a rule, of which only the `known` may be there; its kind is one of these."""
    if not isinstance(given, dict):
        raise ControlError("a rule is an object")
    only(given, known, " in a rule")
    if str(given.get("kind")) not in kinds:
        told = "; ".join(f"{name} ({meaning})" if meaning else name for name, meaning in kinds.items())
        raise ControlError(f"kind must be one of: {told}")
    return given


def times_of(given: dict[str, Any]) -> int | None:
    """How often it strikes."""
    return integer(given, "times", low=1) if given.get("times") is not None else None


def delay_of(given: dict[str, Any], most_ms: float, default_ms: float) -> float:
    """By how much it delays."""
    delay_ms = real(given, "delay_ms", 0, most_ms)
    return default_ms if delay_ms is None else delay_ms


def retry_after_of(given: dict[str, Any]) -> int | None:
    """What a 429 says, where it says anything."""
    if given.get("retry_after") is None:
        return None
    return integer(given, "retry_after", low=0, high=RETRY_AFTER_MAX_SECONDS)
