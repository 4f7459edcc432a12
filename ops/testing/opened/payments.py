"""A payment account in memory: what it is asked for it keeps, and a test says what becomes of it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from mailroom.actors.providers.payments import (
    CreatedPayment,
    FetchedPayment,
    ListedRefund,
    Money,
    Notice,
    NoticedPayment,
    PaymentOrder,
    PaymentState,
    ProviderRefusedError,
    Refund,
    RefundOrder,
    RefundState,
    Refusal,
)
from mailroom.actors.providers.sums import Sums

ANY_SUM = Sums(1, 10**12)


@dataclass
class Trouble:
    """What the next calls of a kind are answered with: errors, and None for a call that goes through."""

    answers: list[Exception | None] = field(default_factory=list)

    def strike(self) -> None:
        """Raise what is next."""
        if self.answers and (answer := self.answers.pop(0)) is not None:
            raise answer


class MemoryAccount:
    """Keeps payments by its own names, refunds by idempotency key. `lists`: it tells of its refunds."""

    signs_notices = True
    can_list = True

    def __init__(
        self,
        name: str = "yoomoney",
        *,
        can_refund: bool = True,
        test: bool = False,
        lists: bool = True,
        kind: str = "",
        formerly: Sequence[str] = (),
    ) -> None:
        self.name, self.can_refund, self.test = name, can_refund, test
        self.kind, self.names = kind or name, (name, *formerly)
        self.can_list_refunds = lists and can_refund
        self.takes: Sums | None = ANY_SUM
        self.orders: list[PaymentOrder] = []
        """What it was asked for, each call of it."""
        self.payments: dict[str, FetchedPayment] = {}
        self.made: dict[str, str] = {}
        self.listed: dict[str, tuple[str, ListedRefund]] = {}
        self.asked_for: dict[str, RefundOrder] = {}
        self.fetched: list[str] = []
        self.refund_calls: list[RefundOrder] = []
        self.refund_state: RefundState = "done"
        self.down: Exception | None = None
        """What asking for a payment is answered with, as long as it is something."""
        self.on_create, self.on_fetch, self.on_refund, self.on_list = (Trouble() for _ in range(4))
        self.after_refund = Trouble()
        self.listed_since: list[datetime] = []

    @property
    def newest(self) -> FetchedPayment:
        """The payment that was asked for last."""
        return list(self.payments.values())[-1]

    def sums(self, currency: str) -> Sums | None:  # noqa: ARG002 - it takes all alike
        """What it takes."""
        return self.takes

    async def create(self, order: PaymentOrder) -> CreatedPayment:
        """Make a payment, once for a key."""
        self.orders.append(order)
        if self.down is not None:
            raise self.down
        self.on_create.strike()
        id_ = self.made.setdefault(order.idempotency_key, f"p-{len(self.made) + 1}")
        self.payments.setdefault(
            id_, FetchedPayment(id_, "pending", order.money, reference=order.reference, test=self.test)
        )
        return CreatedPayment(id_, self.pay_url(order))

    def pay_url(self, order: PaymentOrder) -> str:
        """Where a payment is paid."""
        return f"https://pay.example/{self.name}/{order.reference}"

    def put(self, id_: str, state: PaymentState, money: Money, **more: Any) -> None:
        """A payment is there."""
        self.payments[id_] = FetchedPayment(id_, state, money, test=self.test, **more)

    def becomes(self, id_: str, state: PaymentState, **changes: Any) -> None:
        """Something becomes of a payment."""
        self.payments[id_] = replace(self.payments[id_], state=state, **changes)

    async def fetch(self, provider_id: str) -> FetchedPayment:
        """Tell of a payment."""
        self.fetched.append(provider_id)
        self.on_fetch.strike()
        if provider_id not in self.payments:
            raise ProviderRefusedError(f"{self.name} knows no {provider_id}")
        return self.payments[provider_id]

    async def refund(self, order: RefundOrder) -> Refund:
        """Give money back, once for a key."""
        self.refund_calls.append(order)
        self.on_refund.strike()
        if not self.can_refund:
            raise ProviderRefusedError("no refunds here")
        made = self.asked_for.setdefault(order.idempotency_key, order)
        assert made == order, "the same key, and something else was asked for"
        id_ = f"r-{order.idempotency_key}"
        listed = self.note_refund(
            order.provider_id, id_, order.money, self.refund_state, order.reference or None, order.reason
        )
        self.after_refund.strike()
        return Refund(id_, self.refund_state, listed.refusal, listed.words)

    async def refunds(self, provider_id: str) -> list[ListedRefund]:
        """Those of a payment."""
        return self._listed_of(provider_id)

    def note_refund(
        self,
        payment: str,
        id_: str,
        money: Money,
        state: RefundState,
        reference: str | None = None,
        reason: str = "",
        **more: Any,
    ) -> ListedRefund:
        """A refund is there, and what has gone back of the payment with it."""
        at = self.listed[id_][1].created_at if id_ in self.listed else datetime.now(UTC)
        self.listed[id_] = payment, ListedRefund(id_, state, money, at, reference, reason, **more)
        gone = sum(one.money.amount_minor for one in self._listed_of(payment) if one.state == "done")
        all_gone = gone >= self.payments[payment].money.amount_minor
        self.becomes(payment, "refunded" if all_gone else "paid", refunded_minor=gone)
        return self.listed[id_][1]

    def in_the_cabinet(
        self, payment: str, amount_minor: int, state: RefundState = "done", **more: Any
    ) -> str:
        """Somebody gives a part back without us; the refund's name."""
        id_ = f"r-cabinet-{len(self.listed)}"
        money = Money(amount_minor, self.payments[payment].money.currency)
        self.note_refund(payment, id_, money, state, **more)
        return id_

    def fails(self, id_: str, refusal: Refusal = "final", words: str = "lost_or_stolen_card") -> None:
        """A refund comes back."""
        payment, one = self.listed[id_]
        self.note_refund(
            payment, id_, one.money, "canceled", one.reference, one.reason, refusal=refusal, words=words
        )

    async def made_since(self, moment: datetime) -> AsyncIterator[Sequence[FetchedPayment]]:
        """All payments since then, two on a page."""
        self.listed_since.append(moment)
        self.on_list.strike()
        found = [one for one in self.payments.values() if one.made_at is None or one.made_at >= moment]
        for start in range(0, len(found), 2):
            yield found[start : start + 2]

    async def verify_notice(self, notice: Notice) -> list[NoticedPayment]:
        """Its notices are given to the kit, and come by no address."""
        raise NotImplementedError

    def _listed_of(self, payment: str) -> list[ListedRefund]:
        return [one for of, one in self.listed.values() if of == payment]
