"""Misbehaviour on demand: rules that make chosen calls fail and notices go wrong. They survive a restart."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from mailroom.ops.simulators.fields import ControlError, Json, integer, line
from mailroom.ops.simulators.rules import RETRY_AFTER_MAX_SECONDS, Rules, delay_of, rule_fields, times_of
from mailroom.ops.simulators.rules import Rule as AnyRule

CALL_KINDS: Final = {
    "429": "refused: called too often",
    "500": "refused, and nothing happened",
    "500_after": "it happened, and the answer is 500",
    "202": "still at it, and nothing happened: ask again",
    "timeout": "no answer, and nothing happened",
    "timeout_after": "it happened, and there is no answer",
    "cut": "the connection is cut, and nothing happened",
    "cut_after": "it happened, and the connection is cut",
    "slow": "delay_ms before it happens",
    "garbage": "200 with a page of HTML, and nothing happened",
    "paid_first": "create only: paid, and the notice delivered, before the call returns",
    "pending": "refund only: it stays pending for delay_ms",
    "refused": "refund only: the gateway cancels it, or says no, for `reason`",
}
NOTICE_KINDS: Final = {
    "late": "delay_ms later than it should",
    "duplicate": "sent `copies` times",
    "out_of_order": "held until the next notice about the same payment has gone",
    "wrong_amount": "names another amount than was paid",
    "wrong_currency": "names another currency than was paid",
    "lost": "never sent",
}
METHODS: Final = (
    "create",
    "get",
    "list",
    "capture",
    "cancel",
    "update",
    "refund",
    "get_refund",
    "list_refunds",
    "list_disputes",
    "me",
    "ips",
    "balance",
    "methods",
    "rates",
)
GATEWAYS: Final = ("yookassa", "aaio", "stripe")
RULE_FIELDS: Final = frozenset(
    {
        "kind",
        "gateway",
        "method",
        "event",
        "times",
        "delay_ms",
        "retry_after",
        "copies",
        "reference",
        "reason",
    }
)
DELAY_MAX_MS = 3_600_000.0
DELAY_DEFAULT_MS = 1_000.0
COPIES_MAX = 100
NAME_MAX = 200


@dataclass(slots=True, kw_only=True)
class Rule(AnyRule):
    """For which calls or notices it is, and what is said then."""

    gateway: str | None = None
    method: str | None = None
    event: str | None = None
    reference: str | None = None
    """Only for the payment that its merchant calls so."""
    delay_ms: float = DELAY_DEFAULT_MS
    retry_after: int = 1
    copies: int = 2
    reason: str | None = None
    """Why a refund is refused, in the gateway's own word."""


def parse_rule(given: Any) -> Rule:
    """Read a rule from JSON; every mistake is named."""
    kind = str(rule_fields(given, RULE_FIELDS, {**CALL_KINDS, **NOTICE_KINDS})["kind"])
    return Rule(
        kind=kind,
        gateway=_one_of(given, "gateway", GATEWAYS),
        method=_one_of(given, "method", METHODS),
        event=line(given, "event", NAME_MAX),
        reference=line(given, "reference", NAME_MAX),
        times=times_of(given),
        delay_ms=delay_of(given, DELAY_MAX_MS, DELAY_DEFAULT_MS),
        retry_after=integer(given, "retry_after", 1, low=0, high=RETRY_AFTER_MAX_SECONDS),
        copies=integer(given, "copies", 2, low=1, high=COPIES_MAX),
        reason=line(given, "reason", NAME_MAX),
    )


class Faults(Rules[Rule]):
    """All rules; asked once for every call and every notice."""

    def __init__(self, rules: list[Json], save: Callable[[list[Json]], None]) -> None:
        """`rules` as an earlier process kept them by `save`."""
        super().__init__()
        self._save = save
        self.rules = [Rule(**rule) for rule in rules]

    def add(self, rules: list[Rule]) -> None:
        """Take more rules, all or none."""
        super().add(rules)
        self._keep()

    def clear(self) -> None:
        """Behave well again."""
        super().clear()
        self._keep()

    def for_call(self, gateway: str, method: str, reference: str = "") -> list[Rule]:
        """The rules that strike this call. Of those that decide its answer only the first; `slow` adds."""
        return self._strike(
            CALL_KINDS, lambda rule: rule.method in (None, method), gateway, reference, method
        )

    def for_notice(self, gateway: str, event: str, reference: str) -> list[Rule]:
        """The rules that strike this notice: all of them, as they can be combined."""
        return self._strike(NOTICE_KINDS, lambda rule: rule.event in (None, event), gateway, reference, "")

    def _strike(
        self,
        kinds: dict[str, str],
        fits: Callable[[Rule], bool],
        gateway: str,
        reference: str,
        method: str,
    ) -> list[Rule]:
        struck: list[Rule] = []
        for rule in self.rules:
            if (
                rule.kind not in kinds
                or not fits(rule)
                or rule.gateway not in (None, gateway)
                or (rule.reference is not None and rule.reference != reference)
                or (method and CALLS_OF.get(rule.kind, method) != method)
                or (method and rule.kind != "slow" and any(other.kind != "slow" for other in struck))
            ):
                continue
            rule.strike()
            struck.append(rule)
        if struck:
            self.drop_spent()
            self._keep()
        return struck

    def _keep(self) -> None:
        self._save([asdict(rule) for rule in self.rules])


CALLS_OF = {"paid_first": "create", "pending": "refund", "refused": "refund"}
"""Kinds that only one method knows."""


def _one_of(given: Json, name: str, known: tuple[str, ...]) -> str | None:
    value = line(given, name, NAME_MAX)
    if value is not None and value not in known:
        raise ControlError(f"{name} must be one of: {', '.join(known)}")
    return value
