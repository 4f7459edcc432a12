"""YooKassa (yookassa.ru), API v3: cards, SBP and wallets of Russia, with fiscal receipts.

Its notices bear no signature: they are hints, believed only as far as to ask. Facts are from the API
reference at yookassa.ru/developers and from its own package, which the tests compare us with.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated, Any, Literal
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, StringConstraints, ValidationError
from structlog import get_logger

from mailroom.actors.providers import told
from mailroom.actors.providers.account import AccountSettings, Kind, Opening, SumsByCurrency
from mailroom.actors.providers.addresses import WebAddress
from mailroom.actors.providers.http import Answer, Api, faults_of, json_object
from mailroom.actors.providers.pages import Page, pages
from mailroom.actors.providers.payments import (
    IDEMPOTENCY_CHARS_MAX,
    CreatedPayment,
    FetchedPayment,
    ListedRefund,
    Money,
    MoneyError,
    Notice,
    NoticedPayment,
    NoticeRefusedError,
    PaymentOrder,
    PaymentState,
    ProviderRefusedError,
    ProviderUnavailableError,
    Refund,
    RefundOrder,
    RefundState,
    Refusal,
    minor_units,
)
from mailroom.actors.providers.sums import Sums

log = get_logger("mailroom.payment")

BASE_URL = "https://api.yookassa.ru/v3"
OUR_OWN_NETWORKS = tuple(
    map(ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
                     "::1", "fc00::/7", "fe80::/10"))
)  # fmt: skip
"""Loopback and private networks: of these a request comes by way of a proxy."""
YOOKASSA_NETWORKS = (
    "185.71.76.0/27",
    "185.71.77.0/27",
    "77.75.153.0/25",
    "77.75.154.128/25",
    "77.75.156.11/32",
    "77.75.156.35/32",
    "2a02:5180:0:1509::/64",
    "2a02:5180:0:2655::/64",
    "2a02:5180:0:1533::/64",
    "2a02:5180:0:2669::/64",
)
"""Where its notices come from, by its documentation and its package."""
DESCRIPTION_CHARS_MAX = 128
REFUND_REASON_CHARS_MAX = 250
REFUND_NAME = "refund_id"
"""Under which our name for a refund is kept in its metadata."""
ITEM_CHARS_MAX = 128
SUMS = {"RUB": Sums(1_00, 700_000_00)}
"""A merchant of a Russian company takes roubles only. The least is that of each of its methods; the greatest
is that of SBP, which a manager can raise (a card's is 350 000): the payer chooses the method on its page.
"""
LIST_MAX = 100
"""Payments in one page of a list."""
LOCALES = {"ru": "ru_RU", "en": "en_US"}
"""The languages of its payment page."""

STATES: Mapping[str, PaymentState] = {
    "pending": "pending",
    # Where two-stage payments stop. Ours have one stage: nothing has been paid yet, whoever made it so.
    "waiting_for_capture": "pending",
    "succeeded": "paid",
    "canceled": "canceled",
}
REFUND_STATES: Mapping[str, RefundState] = {
    "pending": "pending",
    "succeeded": "done",
    "canceled": "canceled",
}
REFUSALS: Mapping[str, Refusal] = {
    # "The cause is not detailed": its support is asked, not its API.
    "general_decline": "final",
    # The merchant was paid less on this day than the refund, or has a debt: another day it works.
    "insufficient_funds": "passes",
    # The issuer refuses, and will: the money goes another way, by agreement with the buyer.
    "rejected_by_payee": "final",
    # A technical fault of whoever canceled it: "repeat with growing pauses".
    "rejected_by_timeout": "passes",
    "yoo_money_account_closed": "final",
    # Of purchases with an electronic certificate: the very refund is wrong, and stays so.
    "payment_basket_id_not_found": "final",
    "payment_article_number_not_found": "final",
    "payment_tru_code_not_found": "final",
    "too_many_refunding_articles": "final",
    "some_articles_already_refunded": "final",
}
"""Why it cancels refunds (`RefundCancellationDetailsReasonCode` of its packages), and what that means. What
is not listed passes, perhaps; so does a refused request (`invalid_request`), whose cause stands in its words
alone: older than its bank allows (15 months for many), or more than is left.

It knows no disputes: its API and its notices have none. A chargeback is settled by letters, and seen in its
cabinet.
"""
REFUNDS_PER_PAGE = 100
"""The most it gives."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""When a refund was made whose time nobody can read."""
REFUND_PAGES_MAX = 20
"""A payment with more refunds than these is nothing to decide about by machine."""
Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]
"""It becomes a part of an address, and comes from notices that anybody may have written."""


class _Amount(BaseModel):
    value: str
    currency: str


class _Confirmation(BaseModel):
    confirmation_url: str | None = None


class _Cancellation(BaseModel):
    party: str = "unknown"
    reason: str = "unknown"


class _Payment(BaseModel):
    id: Id
    status: Literal["pending", "waiting_for_capture", "succeeded", "canceled"]
    amount: _Amount
    refunded_amount: _Amount | None = None
    confirmation: _Confirmation | None = None
    metadata: dict[str, Any] | None = None
    test: bool = False
    cancellation_details: _Cancellation | None = None
    created_at: Any = None


class _Listed(BaseModel):
    items: list[dict[str, Any]]
    next_cursor: str | None = None


class _Refund(BaseModel):
    id: Id
    status: Literal["pending", "succeeded", "canceled"]
    cancellation_details: _Cancellation | None = None


class _ListedRefund(_Refund):
    amount: _Amount
    created_at: Any = None
    description: Any = None
    metadata: dict[str, Any] | None = None


class _Refunds(BaseModel):
    items: list[_ListedRefund]
    next_cursor: str | None = None


class _Noticed(BaseModel):
    id: Id
    payment_id: Id | None = None
    recipient: dict[str, Any] | None = None
    """Whom the money is for. Refunds have none."""


class _Notification(BaseModel):
    type: Literal["notification"]
    event: str
    object: dict[str, Any]


class YooKassaSettings(AccountSettings):
    """An account at YooKassa, as its cabinet shows it."""

    shop_id: str
    secret_key: str = Field(repr=False)
    base_url: WebAddress = BASE_URL
    receipt_email: str | None = None
    """Where fiscal receipts go when a customer has left no address."""
    least: SumsByCurrency = Field(default_factory=dict)
    most: SumsByCurrency = Field(default_factory=dict)


class YooKassa:
    """An account at YooKassa. `sources` are the networks its notices may come from; None lets anybody send
    them, which wastes a question on each and does no other harm. `receipt_email` gets the receipts of payers
    who left no address; a merchant that gives its receipts in another way sets `receipts` to False. `least`
    and `most` are what its contract says of the sums of a currency, where that is not the rule.
    """

    kind = "yookassa"
    can_refund = True
    can_list = True
    signs_notices = False
    can_list_refunds = True

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        names: Sequence[str] = ("yookassa",),
        shop_id: str,
        secret_key: str,
        base_url: str = BASE_URL,
        sources: Sequence[str] | None = YOOKASSA_NETWORKS,
        receipt_email: str | None = None,
        receipts: bool = True,
        least: Mapping[str, str] | None = None,
        most: Mapping[str, str] | None = None,
    ) -> None:
        self.name, self.names = names[0], tuple(names)
        self._least, self._most = minor_units(least or {}), minor_units(most or {})
        self.test = secret_key.startswith("test_")
        self._shop_id = shop_id
        self._api = Api(http, self.name, base_url, secrets=[secret_key], auth=(shop_id, secret_key))
        self._sources = None if sources is None else [ip_network(source) for source in sources]
        self._receipt_email = receipt_email
        self._receipts = receipts

    def sums(self, currency: str) -> Sums | None:
        """Roubles, and what else the merchant's contract names."""
        documented = SUMS.get(currency)
        if documented is None and currency in self._least and currency in self._most:
            documented = Sums(self._least[currency], self._most[currency])
        return documented and documented.within(self._least.get(currency), self._most.get(currency))

    async def create(self, order: PaymentOrder) -> CreatedPayment:
        """`POST /payments`, in one stage: what the payer pays is ours at once."""
        confirmation = {"type": "redirect", "return_url": order.return_url}
        if locale := LOCALES.get(order.language or ""):
            confirmation["locale"] = locale
        body: dict[str, object] = {
            "amount": _amount(order.money),
            "capture": True,  # left out, it would mean that the merchant takes the money by a second call
            "description": order.description[:DESCRIPTION_CHARS_MAX],
            "confirmation": confirmation,
            "metadata": {"order_id": order.reference, **order.about},
        }
        self._add_receipt(body, order)
        made = self._api.read(_Payment, await self._post("/payments", body, order.idempotency_key))
        if made.status == "canceled":
            raise ProviderRefusedError(f"{self.name} canceled the payment at once: {_why(made)}")
        url = made.confirmation.confirmation_url if made.confirmation else None
        if url is None and made.status == "pending":
            raise ProviderRefusedError(
                f"{self.name} made payment {made.id} and does not say where it is paid"
            )
        # Paid already: a repeated call, whose first answer was lost.
        return CreatedPayment(made.id, url or order.return_url)

    async def verify_notice(self, notice: Notice) -> list[NoticedPayment]:
        """There is nothing to verify but where it comes from; the event is only what it claims."""
        if not self._trusts(notice.peer):
            raise NoticeRefusedError(f"{notice.peer or 'an unknown address'} is not {self.name}'s")
        try:
            said = _Notification.model_validate(json_object(notice.body))
            kind, _, event = said.event.partition(".")
            if kind not in ("payment", "refund"):
                return []  # payouts, deals, saved cards
            about = _Noticed.model_validate(said.object)
        except ValidationError as error:
            raise NoticeRefusedError(f"not a notice of {self.name}: {faults_of(error)}") from None
        if str((about.recipient or {}).get("account_id", self._shop_id)) != self._shop_id:
            raise NoticeRefusedError(f"a notice for another merchant than {self.name}")
        if kind == "payment":
            return [NoticedPayment(about.id, STATES.get(event))]
        if about.payment_id is None:
            raise NoticeRefusedError(f"not a notice of {self.name}: object.payment_id is missing")
        return [NoticedPayment(about.payment_id)]  # all of it, or a part: only asking tells

    async def fetch(self, provider_id: str) -> FetchedPayment:
        """`GET /payments/{id}`."""
        found = self._api.read(_Payment, await self._get("payments", provider_id))
        if found.status == "canceled":
            details = found.cancellation_details or _Cancellation()
            log.info(
                "payment_canceled",
                provider=self.name,
                payment=found.id,
                party=details.party,
                reason=details.reason,
            )
        return self._fetched(found)

    async def made_since(self, moment: datetime) -> AsyncIterator[Sequence[FetchedPayment]]:
        """`GET /payments` from then on, the newest first."""
        query = {"created_at.gte": moment.astimezone(UTC).isoformat(), "limit": str(LIST_MAX)}
        async for page in pages(self._page, query):
            yield self._api.each(_Payment, page, self._fetched)

    async def _page(self, query: Mapping[str, str]) -> Page:
        said = self._good(await self._api.ask("GET", "/payments", query=query))
        listed = self._api.read(_Listed, said)
        return Page(listed.items, {**query, "cursor": listed.next_cursor} if listed.next_cursor else None)

    def _fetched(self, found: _Payment) -> FetchedPayment:
        money = self._money(found.amount)
        refunded = self._money(found.refunded_amount).amount_minor if found.refunded_amount else 0
        state = STATES[found.status]
        if state == "paid" and 0 < money.amount_minor <= refunded:
            state = "refunded"
        return FetchedPayment(
            found.id,
            state,
            money,
            reference=told.plain((found.metadata or {}).get("order_id")),
            test=found.test,
            refunded_minor=refunded,
            made_at=told.moment(found.created_at),
            about=told.kept(found.metadata),
        )

    async def refund(self, order: RefundOrder) -> Refund:
        """`POST /refunds`."""
        body: dict[str, object] = {"payment_id": order.provider_id, "amount": _amount(order.money)}
        if order.reason:
            body["description"] = order.reason[:REFUND_REASON_CHARS_MAX]
        if order.reference:
            body["metadata"] = {REFUND_NAME: order.reference}
        self._add_receipt(body, order)
        try:
            made = self._api.read(_Refund, await self._post("/refunds", body, order.idempotency_key))
        except ProviderRefusedError:
            if (await self.fetch(order.provider_id)).state == "refunded":
                return Refund("", "done")
            raise
        if made.status == "pending":
            # A repeated call may be answered with what was true at the first one.
            made = self._api.read(_Refund, await self._get("refunds", made.id))
        if made.status == "canceled":
            log.warning("refund_canceled", provider=self.name, payment=order.provider_id, why=_why(made))
        return Refund(made.id, REFUND_STATES[made.status], *_refusal(made))

    async def refunds(self, provider_id: str) -> list[ListedRefund]:
        """`GET /refunds?payment_id=…`, page after page."""
        query = {"payment_id": provider_id, "limit": str(REFUNDS_PER_PAGE)}
        found: list[ListedRefund] = []
        for _ in range(REFUND_PAGES_MAX):
            page = self._api.read(_Refunds, self._good(await self._api.ask("GET", "/refunds", query=query)))
            found += [
                ListedRefund(
                    one.id,
                    REFUND_STATES[one.status],
                    self._money(one.amount),
                    told.moment(one.created_at) or LONG_AGO,
                    told.plain((one.metadata or {}).get(REFUND_NAME)),
                    told.plain(one.description) or "",
                    *_refusal(one),
                )
                for one in page.items
            ]
            if page.next_cursor is None:
                return found
            query["cursor"] = page.next_cursor
        raise ProviderUnavailableError(f"{self.name} has more refunds of {provider_id} than we read")

    async def _post(self, path: str, body: object, key: str) -> Mapping[str, Any]:
        if not 0 < len(key) <= IDEMPOTENCY_CHARS_MAX:
            raise ProviderRefusedError(
                f"the idempotency key must have 1 to {IDEMPOTENCY_CHARS_MAX} characters"
            )
        answer = await self._api.ask("POST", path, json=body, headers={"Idempotence-Key": key})
        return self._good(answer)

    async def _get(self, kind: Literal["payments", "refunds"], id_: str) -> Mapping[str, Any]:
        answer = await self._api.ask("GET", f"/{kind}/{quote(id_, safe='')}")
        return self._good(answer)

    def _good(self, answer: Answer) -> Mapping[str, Any]:
        said = answer.body
        if answer.status == 200:
            return said
        words = " ".join(
            str(said[name]) for name in ("code", "description", "parameter", "reason") if said.get(name)
        )
        if answer.status == 202:
            words = "still at work on it"
        elif not words and answer.status == 401:
            words = "the merchant's id or its secret key is wrong"
        # Milliseconds, in errors and in a 202.
        wait = said.get("retry_after")
        raise self._api.failure(
            answer,
            words,
            float(wait) / 1000 if isinstance(wait, int) else None,
            code=str(said.get("code", "")),
        )

    def _add_receipt(self, body: dict[str, object], order: PaymentOrder | RefundOrder) -> None:
        """The receipt that 54-FZ wants: each item with the price of one, adding up to what is paid."""
        receipt, money = order.receipt, order.money
        if receipt is None or not self._receipts:
            return
        phone = "".join(digit for digit in receipt.phone or "" if digit in "0123456789")
        email = receipt.email or ("" if phone else self._receipt_email)
        customer = {name: value for name, value in (("email", email), ("phone", phone)) if value}
        if not customer:
            # A merchant that must give receipts is refused by YooKassa without one; any other can go on.
            log.warning("receipt_left_out", provider=self.name, why="no e-mail or phone; set receipt_email")
            return
        try:
            items = receipt.adding_up_to(money.amount_minor).items
        except ValueError as error:
            raise ProviderRefusedError(f"the receipt does not add up: {error}") from None
        made: dict[str, object] = {
            "customer": customer,
            "items": [
                {
                    "description": item.title[:ITEM_CHARS_MAX],
                    "amount": _amount(Money(item.price_minor, money.currency)),
                    "quantity": f"{item.quantity}.000",
                    "vat_code": item.vat_code,
                    "payment_mode": "full_payment",
                    "payment_subject": item.subject,
                }
                for item in items
            ],
        }
        if receipt.tax_system is not None:
            made["tax_system_code"] = receipt.tax_system
        body["receipt"] = made

    def _trusts(self, peer: str) -> bool:
        if self._sources is None:
            return True
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped  # what a listener for both families sees
        # One of our own network is a proxy that nobody has named, and hides who called: asking decides.
        return any(address in network for network in (*OUR_OWN_NETWORKS, *self._sources))

    def _money(self, amount: _Amount) -> Money:
        try:
            return Money.parse(amount.value, amount.currency)
        except MoneyError as error:
            raise ProviderRefusedError(f"{self.name} answered with an amount that is none: {error}") from None


def _amount(money: Money) -> dict[str, str]:
    return {"value": money.decimal, "currency": money.currency}


def _why(canceled: _Payment | _Refund) -> str:
    details = canceled.cancellation_details or _Cancellation()
    return f"{details.reason} ({details.party})"


def _refusal(refund: _Refund) -> tuple[Refusal, str]:
    """What a canceled refund means, and why it was."""
    if refund.status != "canceled":
        return "final", ""
    details = refund.cancellation_details or _Cancellation()
    return REFUSALS.get(details.reason, "passes"), told.plain(_why(refund)) or "unknown"


def _opened(account: Opening[YooKassaSettings]) -> YooKassa:
    # A simulator's notices come from this machine.
    sources = None if account.demo else YOOKASSA_NETWORKS
    return YooKassa(account.http, names=account.names, sources=sources, **account.settings.own())


KIND = Kind("yookassa", "payment", YooKassaSettings, _opened, unique=("shop_id",))
