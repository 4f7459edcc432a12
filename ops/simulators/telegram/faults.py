"""Misbehaviour on demand: rules that make chosen Bot API calls fail.

A 429 rule behaves as Telegram does: once it struck, every further call of that chat is refused with the time
that is left, and such calls are counted as early. `early_calls` above zero therefore means that somebody did
not wait.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from mailroom.ops.simulators.fields import ControlError, flag, integer, line, real
from mailroom.ops.simulators.rules import RETRY_AFTER_MAX_SECONDS, Rules, delay_of, rule_fields, times_of
from mailroom.ops.simulators.rules import Rule as AnyRule

GATEWAY_KINDS: Final = {"html": 502, "no_json": 200, "no_description": 502}
"""Answers that Telegram did not write, with the status they have unless a rule says another."""
STATUSES: Final = (200, 400, 401, 403, 404, 413, 429, 500, 502, 503, 504)
KINDS: Final = (
    *("429", "500", "drop_before", "drop_after", "slow", "blocked", "unauthorized", "unknown_bot"),
    *GATEWAY_KINDS,
)
PARKED_MAX = 10_000
DELAY_MAX_MS = 120_000
DELAY_DEFAULT_MS = 1_000.0
NAME_MAX = 120
RULE_FIELDS: Final = frozenset(
    {
        "kind",
        "method",
        "token",
        "chat_id",
        "retry_after",
        "delay_ms",
        "times",
        "probability",
        "park",
        "status",
    }
)

NEVER_PARKED = ("answer", "get", "sendchataction", "setwebhook", "deletewebhook")
"""Prefixes of methods a chat's flood wait does not touch: levlam says answers are "without any limits"."""


@dataclass(slots=True, kw_only=True)
class Rule(AnyRule):
    """For which calls it is."""

    method: str | None = None
    token: str | None = None
    chat_id: int | None = None
    retry_after: int = 1
    delay_ms: float = DELAY_DEFAULT_MS
    probability: float = 1.0
    park: bool = True
    status: int | None = None


def parse_rule(given: Any) -> Rule:
    """Read a rule from JSON; every mistake is named."""
    kind = str(rule_fields(given, RULE_FIELDS, dict.fromkeys(KINDS, ""))["kind"])
    method = line(given, "method", NAME_MAX)
    status = _status(given, kind)
    probability = real(given, "probability", 0, 1)
    return Rule(
        kind=kind,
        method=method.lower() if method else None,
        token=line(given, "token", NAME_MAX),
        chat_id=integer(given, "chat_id") if given.get("chat_id") is not None else None,
        retry_after=integer(given, "retry_after", 1, low=1, high=RETRY_AFTER_MAX_SECONDS),
        delay_ms=delay_of(given, DELAY_MAX_MS, DELAY_DEFAULT_MS),
        times=times_of(given),
        probability=1.0 if probability is None else probability,
        park=flag(given, "park") is not False,
        status=status,
    )


def _status(given: dict[str, Any], kind: str) -> int | None:
    if given.get("status") is None:
        return GATEWAY_KINDS.get(kind)
    if kind not in GATEWAY_KINDS:
        raise ControlError(f"status goes with: {', '.join(GATEWAY_KINDS)}")
    status = integer(given, "status")
    if status not in STATUSES:
        raise ControlError(f"status must be one of: {', '.join(map(str, STATUSES))}")
    return status


@dataclass(slots=True)
class Verdict:
    """What is to happen to a call: refuse it (kind), and how long to hold its answer back."""

    kind: str | None = None
    retry_after: int = 0
    status: int = 0
    delay_seconds: float = 0.0


class Faults(Rules[Rule]):
    """All rules, asked once per call; with no rules the caller need not ask (`active`)."""

    def __init__(self, clock: Callable[[], float], chance: random.Random) -> None:
        super().__init__()
        self._clock = clock
        self._chance = chance
        self._parked: dict[tuple[str, int | None], float] = {}
        self.early_calls = 0

    @property
    def active(self) -> bool:
        """False when no call can be touched: the hot path looks no further."""
        return bool(self.rules or self._parked)

    def clear(self) -> None:
        """Behave well again; calls waiting out a 429 may go on too."""
        super().clear()
        self._parked.clear()
        self.early_calls = 0

    def judge(self, token: str, method: str, chat_id: int | None) -> Verdict:
        """Decide one call (`method` in lower case)."""
        verdict = Verdict()
        left = self._still_parked(token, method, chat_id)
        if left:
            self.early_calls += 1
            verdict.kind, verdict.retry_after = "429", left
            return verdict
        for rule in self.rules:
            if not self._strikes(rule, token, method, chat_id):
                continue
            rule.strike()
            if rule.kind == "slow":
                verdict.delay_seconds += rule.delay_ms / 1000
                continue
            verdict.kind, verdict.retry_after, verdict.status = rule.kind, rule.retry_after, rule.status or 0
            if rule.kind == "429" and rule.park:
                self._park(token, chat_id, rule.retry_after)
            break
        self.drop_spent()
        return verdict

    def _strikes(self, rule: Rule, token: str, method: str, chat_id: int | None) -> bool:
        return (
            (rule.method is None or rule.method == method)
            and (rule.token is None or rule.token == token)
            and (rule.chat_id is None or rule.chat_id == chat_id)
            and rule.times != 0
            and (rule.probability >= 1 or self._chance.random() < rule.probability)
        )

    def _park(self, token: str, chat_id: int | None, seconds: int) -> None:
        if len(self._parked) >= PARKED_MAX:
            del self._parked[next(iter(self._parked))]
        self._parked[token, chat_id] = self._clock() + seconds

    def _still_parked(self, token: str, method: str, chat_id: int | None) -> int:
        until = self._parked.get((token, chat_id))
        if until is None or method.startswith(NEVER_PARKED):
            return 0
        left = until - self._clock()
        if left <= 0:
            del self._parked[token, chat_id]
            return 0
        return int(left) + 1
