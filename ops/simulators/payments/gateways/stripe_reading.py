"""What Stripe tells when it is asked: one thing by its id, or a page of a list of them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mailroom.ops.simulators.payments.store import Store
from mailroom.ops.simulators.payments.things import Payment, Refund

from . import errors
from .gateway import Answer, Call, CallRefusedError
from .stripe_lists import Asked, asked, listed, page, within
from .stripe_objects import (
    charge_id,
    charge_shown,
    dispute_shown,
    intent_shown,
    lines_shown,
    refund_shown,
    session_shown,
)

Walk = Callable[[str], Iterator[Payment]]
"""From a session's id on to ever older ones, or to ever newer ones."""

BATCH = 100
ALL = 10_000
"""How far back lists go that are put together from sessions."""
SESSION_STATUSES = {
    "open": ("open",),
    "expired": ("expired",),
    "complete": ("paid", "processing", "canceled"),
}
WITH_INTENT = ("processing", "paid")


class Reader:
    """Reads the store, and says it in Stripe's words."""

    def __init__(self, store: Store, gateway: str) -> None:
        self._store = store
        self._gateway = gateway

    def answer(self, call: Call, method: str) -> Answer:
        """One call that changes nothing. Raises `CallRefusedError`."""
        match call.path.split("/"):
            case ["account"]:
                account = {"id": "acct_demo", "object": "account", "country": "US", "default_currency": "usd"}
                return Answer.json(account)
            case ["checkout", "sessions"]:
                return self._sessions(call)
            case ["checkout", "sessions", id_]:
                payment = self.session(id_)
                shown: dict[str, Any] = session_shown(payment)
                self._expand(shown, payment, _expansions(call))
                return Answer.json(shown, payment_id=id_)
            case ["checkout", "sessions", id_, "line_items"]:
                lines = lines_shown(self.session(id_))
                return self._page(call, f"checkout/sessions/{id_}/line_items", "item", lines, _id, _always)
            case ["payment_intents"]:
                intents = [(intent_shown(one), one) for one in self._with_intent()]
                return self._objects(call, "payment_intents", "payment_intent", intents)
            case ["payment_intents", id_]:
                payment = self.of_intent(id_, "intent")
                shown = intent_shown(payment)
                self._expand_charge(shown, payment, _expansions(call))
                return Answer.json(shown, payment_id=payment.id)
            case ["charges"]:
                paid = [one for one in self._with_intent(call.query) if one.status == "paid"]
                charges = [(charge_shown(one), one) for one in paid]
                return self._objects(call, "charges", "charge", charges, ("payment_intent",))
            case ["charges", id_]:
                payment = self.of_intent("pi_" + id_.removeprefix("ch_"), "id", kind="charge", id_=id_)
                return Answer.json(charge_shown(payment), payment_id=payment.id)
            case ["refunds"]:
                return self._refunds(call)
            case ["refunds", id_]:
                refund, payment = self.refund(id_)
                return Answer.json(refund_shown(refund, payment), payment_id=payment.id)
            case ["disputes"]:
                disputes = [
                    (dispute_shown(dispute, one), one)
                    for one in self._with_intent(call.query)
                    for dispute in reversed(one.details.get("disputes", []))
                ]
                return self._objects(call, "disputes", "dispute", disputes, ("payment_intent", "charge"))
            case ["disputes", id_]:
                for one in self._with_intent():
                    for dispute in one.details.get("disputes", []):
                        if dispute["id"] == id_:
                            return Answer.json(dispute_shown(dispute, one), payment_id=one.id)
                raise missing("dispute", id_)
        raise AssertionError(f"{method} is not read")

    def session(self, id_: str, param: str = "session") -> Payment:
        """One by its id."""
        payment = self._store.payment(id_)
        if payment is None or payment.gateway != self._gateway:
            raise missing("checkout.session", id_, param)
        return payment

    def of_intent(self, intent: str, param: str, *, kind: str = "payment_intent", id_: str = "") -> Payment:
        """One by the id of what moves its money."""
        payment = self._store.payment_of_intent(intent)
        if payment is None or (kind == "charge" and payment.status != "paid"):
            raise missing(kind, id_ or intent, param)
        return payment

    def refund(self, id_: str) -> tuple[Refund, Payment]:
        """One by its id, and what it is of."""
        refund = self._store.refund(id_)
        payment = self._store.payment(refund.payment_id) if refund else None
        if refund is None or payment is None or payment.gateway != self._gateway:
            raise missing("refund", id_)
        return refund, payment

    def _sessions(self, call: Call) -> Answer:
        wanted = asked(call.query, ("payment_intent", "status"))
        status = call.query.get("status", "")
        if status and status not in SESSION_STATUSES:
            names = ", ".join(SESSION_STATUSES)
            raise errors.stripe(f"Invalid status: must be one of {names}", param="status")
        statuses = SESSION_STATUSES.get(status, ())

        def fitting(sessions: Iterator[Payment]) -> Iterator[Payment]:
            return (one for one in sessions if not statuses or one.status in statuses)

        def older_than(id_: str) -> Iterator[Payment]:
            before = self.session(id_, "starting_after").number if id_ else 2**62
            return fitting(self._older(before, wanted))

        def newer_than(id_: str) -> Iterator[Payment]:
            return fitting(self._newer(self.session(id_, "ending_before").number))

        walks: tuple[Walk, Walk] = (older_than, newer_than)
        if call.query.get("payment_intent"):
            found = [self.of_intent(call.query["payment_intent"], "payment_intent")]
            walks = within(found, lambda one: one.id, _missing_of("checkout.session"))
        sessions, more = page(wanted, *walks, lambda one: one.created_at)
        expanded = [path.removeprefix("data.") for path in _expansions(call)]
        shown = [session_shown(one) for one in sessions]
        for one, payment in zip(shown, sessions, strict=True):
            self._expand(one, payment, expanded)
        return Answer.json(listed("checkout/sessions", shown, more=more))

    def _older(self, before: int, wanted: Asked) -> Iterator[Payment]:
        while True:
            batch = self._store.payments(
                gateway=self._gateway, before=before, created_from=wanted.since, limit=BATCH
            )
            yield from batch
            if len(batch) < BATCH:
                return
            before = batch[-1].number

    def _newer(self, after: int) -> Iterator[Payment]:
        while batch := self._store.payments_after(self._gateway, after, BATCH):
            yield from batch
            after = batch[-1].number

    def _with_intent(self, query: Any = None) -> list[Payment]:
        """Sessions that led to a payment, the newest first; of one intent or charge if that is asked for."""
        intent = (query or {}).get("payment_intent") or ""
        charge = (query or {}).get("charge") or ""
        if intent:
            return [self.of_intent(intent, "payment_intent")]
        if charge:
            return [self.of_intent("pi_" + charge.removeprefix("ch_"), "charge", kind="charge", id_=charge)]
        every = self._store.payments(gateway=self._gateway, limit=ALL)
        return [one for one in every if one.status in WITH_INTENT]

    def _refunds(self, call: Call) -> Answer:
        found = [
            (refund_shown(refund, payment), refund.number)
            for payment in self._with_intent(call.query)
            for refund in self._store.refunds(payment.id)
        ]
        found.sort(key=lambda one: -one[1])
        shown = [one for one, _ in found]
        wanted = ("payment_intent", "charge")
        return self._page(call, "refunds", "refund", shown, _id, _created, wanted)

    def _objects(
        self,
        call: Call,
        url: str,
        kind: str,
        found: list[tuple[dict[str, Any], Payment]],
        filters: Sequence[str] = (),
    ) -> Answer:
        expanded = [path.removeprefix("data.") for path in _expansions(call)]
        for shown, payment in found:
            self._expand_charge(shown, payment, expanded)
        return self._page(call, url, kind, [shown for shown, _ in found], _id, _created, filters)

    def _page(
        self,
        call: Call,
        url: str,
        kind: str,
        things: list[dict[str, Any]],
        id_of: Callable[[dict[str, Any]], str],
        created: Callable[[dict[str, Any]], float],
        filters: Sequence[str] = (),
    ) -> Answer:
        wanted = asked(call.query, filters)
        older_than, newer_than = within(things, id_of, _missing_of(kind))
        shown, more = page(wanted, older_than, newer_than, created)
        return Answer.json(listed(url, shown, more=more))

    def _expand(self, shown: dict[str, Any], payment: Payment, wanted: list[str]) -> None:
        """`expand[]=payment_intent.latest_charge` gives objects where there would be their ids."""
        if "line_items" in wanted:
            url = f"checkout/sessions/{payment.id}/line_items"
            shown["line_items"] = listed(url, lines_shown(payment), more=False)
        if shown["payment_intent"] and any(path.startswith("payment_intent") for path in wanted):
            shown["payment_intent"] = intent_shown(payment)
            inner = [path.partition(".")[2] for path in wanted]
            self._expand_charge(shown["payment_intent"], payment, inner)

    def _expand_charge(self, shown: dict[str, Any], payment: Payment, wanted: list[str]) -> None:
        if "latest_charge" in wanted and shown.get("latest_charge"):
            shown["latest_charge"] = charge_shown(payment)
        if "payment_intent" in wanted and isinstance(shown.get("payment_intent"), str):
            shown["payment_intent"] = intent_shown(payment)
        if "charge" in wanted and shown.get("charge") == charge_id(payment):
            shown["charge"] = charge_shown(payment)


def missing(kind: str, id_: str, param: str = "id") -> CallRefusedError:
    """There is no such thing."""
    return errors.stripe(f"No such {kind}: '{id_}'", 404, code="resource_missing", param=param)


def _missing_of(kind: str) -> Callable[[str, str], CallRefusedError]:
    return lambda id_, param: missing(kind, id_, param)


def _expansions(call: Call) -> list[str]:
    return [path for name, path in call.query.items() if name.partition("[")[0] == "expand"]


def _id(shown: dict[str, Any]) -> str:
    return str(shown["id"])


def _created(shown: dict[str, Any]) -> float:
    return float(shown["created"])


def _always(_shown: dict[str, Any]) -> float:
    """A line was there as soon as its session was; nobody asks when."""
    return 0.0
