"""What payers, merchants and time do to a payment, and which notices follow: all that changes states.

Every change and the notices that follow from it are one transaction: a simulator that is killed has done both
or neither.
"""

import dataclasses
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from .faults import Faults
from .gateways.gateway import Gateway, Happening
from .store import Store
from .things import Notice, Payment, Plan, Refund

HELD_SECONDS = 60.0
"""How long a notice waits for another one to go before it, if none ever comes."""
HOLD_SECONDS = 7 * 86_400.0
"""How long money is held for a merchant that does not ask for it (YooKassa: a week for bank cards)."""
FORGERIES = ("wrong_signature", "unknown_payment", "claimed_paid")


class DeedError(Exception):
    """The payment is not in a state for it; the text says why, to whoever pressed the button."""


class Lifecycle:
    """Changes payments. `kick` wakes the sender of notices; `gateways` is filled by whoever makes both."""

    def __init__(
        self, store: Store, faults: Faults, *, now: Callable[[], float], kick: Callable[[], None]
    ) -> None:
        self._store = store
        self._faults = faults
        self.now = now
        self._kick = kick
        self.gateways: dict[str, Gateway] = {}

    def open(self, payment: Payment) -> None:
        """A merchant asks for a payment."""
        self._store.add_payment(payment)

    def pay(
        self,
        payment: Payment,
        *,
        amount_minor: int | None = None,
        currency: str | None = None,
        copies: int = 1,
        hold: bool = False,
    ) -> None:
        """The payer pays; another amount or currency than was asked for is what a naughty one would do.
        `copies` is how often the merchant is told; `hold` holds the money back from the merchant.
        """
        if payment.status not in ("open", "processing"):
            raise DeedError(f"the payment is {payment.status}, and cannot be paid any more")
        gateway = self.gateways[payment.gateway]
        held = hold or gateway.takes_in_two_stages(payment)
        payment.paid_minor = payment.amount_minor if amount_minor is None else amount_minor
        payment.paid_currency = currency or payment.currency
        payment.paid_at = self.now()
        if payment.status == "processing":
            payment.details["was_processing"] = True
        payment.status = "held" if held else "paid"
        payment.expires_at = payment.paid_at + HOLD_SECONDS if held and not hold else None
        self._changed(payment, payment.status, copies=copies)

    def process(self, payment: Payment) -> None:
        """The payer has done what there was to do, and their bank is still at it."""
        if payment.status != "open":
            raise DeedError(f"the payment is {payment.status}")
        payment.status = "processing"
        payment.expires_at = None
        self._changed(payment, "processing")

    def decline(self, payment: Payment) -> None:
        """The payer's bank says no."""
        if payment.status not in ("open", "processing"):
            raise DeedError(f"the payment is {payment.status}, and cannot be declined any more")
        if self.gateways[payment.gateway].declined_is_final:
            self.cancel(payment, "payment_network", "insufficient_funds")
        elif payment.status == "processing":
            payment.status = "canceled"
            self._changed(payment, "failed")
        else:
            payment.details["declined"] = int(payment.details.get("declined", 0)) + 1
            self._store.save_payment(payment)

    def capture(self, payment: Payment, amount_minor: int | None = None) -> None:
        """The merchant takes the money that is held for it, or a part of it."""
        if payment.status != "held":
            raise DeedError(f"the payment is {payment.status}, and there is nothing to capture")
        payment.paid_minor = payment.paid_minor if amount_minor is None else amount_minor
        payment.status, payment.expires_at = "paid", None
        self._changed(payment, "paid")

    def cancel(self, payment: Payment, party: str, reason: str) -> None:
        """It comes to nothing, for good."""
        if payment.status not in ("open", "processing", "held"):
            raise DeedError(f"the payment is {payment.status}, and cannot be canceled any more")
        payment.details["canceled_by"], payment.details["canceled_for"] = party, reason
        payment.status, payment.expires_at = "canceled", None
        self._changed(payment, "canceled")

    def expire(self, payment: Payment) -> None:
        """Nobody paid, or nobody took the money, for too long."""
        if payment.status not in ("open", "held"):
            raise DeedError(f"the payment is {payment.status}, and cannot expire any more")
        held = payment.status == "held"
        payment.details["canceled_by"] = "yoo_money"
        payment.details["canceled_for"] = "expired_on_capture" if held else "expired_on_confirmation"
        payment.status, payment.expires_at = "expired", None
        self._changed(payment, "expired")

    def refund(self, payment: Payment, refund: Refund, pending_seconds: float | None = None) -> None:
        """Money goes back, all or a part; it may take its time, and a canceled one gives nothing back."""
        with self._store.transaction():
            if pending_seconds is not None:
                refund.status = "pending"
                self.plan(payment, "finish_refund", pending_seconds, {"refund": refund.id})
            self._store.add_refund(refund)
            if refund.status == "canceled":
                return
            payment.refunded_minor += refund.amount_minor
            self._store.save_payment(payment)
            if refund.status == "done":
                self.tell(payment, "refunded", refund)
        self._kick()

    def give_back(
        self, payment: Payment, amount_minor: int | None = None, pending_seconds: float | None = None
    ) -> None:
        """Somebody in the merchant's cabinet gives back what is left, or a part: nobody's name is on it."""
        left_minor = payment.paid_minor - payment.refunded_minor
        amount_minor = left_minor if amount_minor is None else amount_minor
        if payment.status != "paid" or not 0 < amount_minor <= left_minor:
            raise DeedError(f"{left_minor} of the payment, which is {payment.status}, can be given back")
        id_ = f"re_{uuid.uuid4().hex[:24]}" if payment.gateway == "stripe" else str(uuid.uuid4())
        refund = Refund(id_, payment.id, amount_minor, payment.paid_currency, self.now())
        self.refund(payment, refund, pending_seconds)

    def fail_refund(self, payment: Payment, reason: str = "") -> None:
        """The latest refund comes back, days after it had gone perhaps: the payer's card is lost."""
        gone = [one for one in self._store.refunds(payment.id) if one.status != "canceled"]
        if not gone:
            raise DeedError("nothing of the payment has gone back")
        refund = gone[-1]
        with self._store.transaction():
            refund.status = "canceled"
            refund.details["failed_for"] = reason or self.gateways[payment.gateway].refused_for
            self._store.save_refund(refund)
            payment.refunded_minor -= refund.amount_minor
            self._store.save_payment(payment)
            self.tell(payment, "refund_failed", refund)
        self._kick()

    def dispute(self, payment: Payment, status: str, amount_minor: int | None = None) -> None:
        """The payer's bank takes the money back, or asks first, or decides. `status` as Stripe says it."""
        if payment.status != "paid" or not self.gateways[payment.gateway].knows_disputes:
            raise DeedError(f"{payment.gateway} tells of no disputes, or the payment is not paid")
        disputes: list[dict[str, Any]] = payment.details.setdefault("disputes", [])
        is_new = not disputes or disputes[-1]["status"] in ("won", "lost", "warning_closed")
        if is_new:
            amount_minor = payment.paid_minor if amount_minor is None else amount_minor
            id_ = f"dp_{uuid.uuid4().hex[:24]}"
            disputes.append({"id": id_, "amount": amount_minor, "moved": [], "at": self.now()})
        latest = disputes[-1]
        latest["status"] = status
        happened: list[Happening] = ["dispute_opened" if is_new else "dispute_updated"]
        if status in ("needs_response", "lost") and sum(latest["moved"]) >= 0:
            latest["moved"].append(-latest["amount"])
            happened.append("dispute_withdrawn")
        if status in ("won", "lost", "warning_closed"):
            happened.append("dispute_closed")
        if status == "won" and sum(latest["moved"]) < 0:
            latest["moved"].append(latest["amount"])
            happened.append("dispute_reinstated")
        with self._store.transaction():
            self._store.save_payment(payment)
            for one in happened:
                self.tell(payment, one)
        self._kick()

    def plan(self, payment: Payment, deed: str, after_seconds: float, details: Mapping[str, Any]) -> None:
        """Do something to a payment later; it will be done after a restart, too."""
        self._store.add_plan(Plan(payment.id, deed, self.now() + after_seconds, dict(details)))
        self._kick()

    def sweep(self) -> None:
        """Do what is due by now: plans, and the end of what nobody paid."""
        now = self.now()
        due = self._store.next_due()
        if due is None or due > now:
            return
        with self._store.transaction():
            for plan in self._store.plans_due(now):
                self._store.drop_plan(plan)
                self._carry_out(plan)
            for payment in self._store.expired(now):
                self.expire(payment)

    def tell(
        self, payment: Payment, happening: Happening, refund: Refund | None = None, copies: int = 1
    ) -> None:
        """Owe the merchant a notice, unless this gateway does not tell this; rules may spoil it."""
        gateway = self.gateways[payment.gateway]
        told = gateway.notice(payment, happening, refund)
        if told is None:
            return
        rules = {
            rule.kind: rule for rule in self._faults.for_notice(gateway.name, told[0], payment.reference)
        }
        if "wrong_amount" in rules or "wrong_currency" in rules:
            spoilt = dataclasses.replace(payment)
            if "wrong_amount" in rules:
                spoilt.amount_minor = spoilt.paid_minor = max(1, payment.paid_minor - 100)
            if "wrong_currency" in rules:
                spoilt.currency = spoilt.paid_currency = "USD" if payment.currency != "USD" else "EUR"
            told = gateway.notice(spoilt, happening, refund) or told
        copies = max(copies, rules["duplicate"].copies if "duplicate" in rules else 1)
        now = self.now()
        held = "out_of_order" in rules
        due_at = now + HELD_SECONDS if held else now
        if "late" in rules:
            due_at += rules["late"].delay_ms / 1000
        for _ in range(copies):
            notice = Notice(gateway.name, payment.id, told[0], told[1], now, due_at, held=held)
            if "lost" in rules:
                notice.due_at = None
            self._store.add_notice(notice)
            if "lost" in rules:
                notice.state = "lost"
                self._store.save_notice(notice)
        self._kick()

    def forge(self, payment: Payment, kind: str) -> None:
        """Send the merchant a notice that is not the gateway's, or not true: that this payment was paid.

        `wrong_signature` is by somebody who does not know the secret, `unknown_payment` about one that does
        not exist, `claimed_paid` true in its form and false in what it says.
        """
        gateway = self.gateways[payment.gateway]
        if kind == "wrong_signature" and not gateway.signs:
            raise DeedError(f"{gateway.name} does not sign its notices: there is no signature to get wrong")
        stranger = dataclasses.replace(
            payment, paid_minor=payment.amount_minor, paid_currency=payment.currency
        )
        stranger.status, stranger.paid_at = "paid", self.now()
        if kind == "unknown_payment":
            stranger.id, stranger.reference = self.new_id(payment.id), f"unknown-{uuid.uuid4().hex[:8]}"
        told = gateway.notice(stranger, "paid", None)
        assert told is not None
        body = gateway.forged(told[1]) if kind == "wrong_signature" else told[1]
        now = self.now()
        self._store.add_notice(Notice(gateway.name, payment.id, told[0], body, now, now, forged=kind))
        self._kick()

    @staticmethod
    def new_id(like: str) -> str:
        """Another id of the same form."""
        return f"cs_test_{uuid.uuid4().hex}" if like.startswith("cs_") else str(uuid.uuid4())

    def _changed(self, payment: Payment, happening: Happening, copies: int = 1) -> None:
        with self._store.transaction():
            self._store.save_payment(payment)
            self.tell(payment, happening, copies=copies)

    def _carry_out(self, plan: Plan) -> None:
        payment = self._store.payment(plan.payment_id)
        if payment is None:
            return
        if plan.deed == "finish_refund":
            refund = self._store.refund(str(plan.details["refund"]))
            if refund is not None and refund.status == "pending":
                refund.status = "done"
                self._store.save_refund(refund)
                self.tell(payment, "refunded", refund)
        elif payment.status in ("open", "processing"):
            self.pay(payment, amount_minor=plan.details.get("amount_minor"))
