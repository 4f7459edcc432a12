"""Stripe Checkout: cards and local methods of most of the world, on a page of Stripe's.

What it calls a payment is the Checkout Session (`cs_…`). Facts are from the API reference at docs.stripe.com
and from its Python package, 16.1.
"""

import hashlib
import hmac
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
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
    MINOR_DIGITS,
    MINOR_DIGITS_DEFAULT,
    CreatedPayment,
    Dispute,
    FetchedPayment,
    ListedRefund,
    Money,
    Notice,
    NoticedPayment,
    NoticeRefusedError,
    PaymentOrder,
    PaymentState,
    ProviderRefusedError,
    ProviderUnavailableError,
    Refund,
    RefundOrder,
    minor_units,
)
from mailroom.actors.providers.stripe_back import (
    REFUND_NAME,
    REFUND_STATES,
    REFUSALS,
    DisputeList,
    RefundList,
    RefundObject,
    dispute_of,
    is_about_back,
    listed_of,
    refusal_of,
)
from mailroom.actors.providers.sums import Sums, step_of

log = get_logger("mailroom.payment")

BASE_URL = "https://api.stripe.com/v1"
VERSION = "2026-10-28.endive"
"""Sent with each call: what is read here was read in this version."""
SIGNATURE_SECONDS_MAX = 300.0
"""As Stripe's own packages have it: a notice that was overheard is soon of no use."""
SIGNATURE_CHARS_MAX = 4_000
SECONDS = re.compile(r"[0-9]{1,12}")
"""Unix time, as far as a clock or a calendar can follow."""
NAME_CHARS_MAX = 250
REASON_CHARS_MAX = 500
LIST_MAX = 50
"""Sessions in one page of a list: with their charges up to ten kilobytes each."""
LANGUAGES = ("ru", "en")
DIGITS = {**MINOR_DIGITS, "ISK": 2, "UGX": 2, "MGA": 0}
"""Of its minor units, which for three currencies are not those of ISO 4217; what is not listed has two."""
NOT_TAKEN = frozenset({"IQD", "LYD", "XTR", "USDT", "TON", "BTC"})
"""Of the currencies we know; it takes some 135."""
LEAST_MINOR = {
    **dict.fromkeys(("USD", "AUD", "BRL", "CAD", "CHF", "EUR", "INR", "NZD", "SGD", "JPY"), 50),
    **dict.fromkeys(("AED", "MYR", "PLN", "RON"), 2_00),
    **dict.fromkeys(("NOK", "SEK"), 3_00),
    "BGN": 1_00,
    "CZK": 15_00,
    "DKK": 2_50,
    "GBP": 30,
    "HKD": 4_00,
    "HUF": 175_00,
    "MXN": 10_00,
    "THB": 10_00,
}
"""Of a charge, by docs.stripe.com/currencies. What is charged in another currency must come to the least of
the one that the account is paid out in, at the rate of the day: who sells so sets `least`.
"""
MOST_STRIPE = 99_999_999
"""Eight digits, in Stripe's units; a few currencies have more."""
Id = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_]{1,255}$")]


class _Charge(BaseModel):
    refunded: bool = False
    amount_refunded: int = 0
    disputed: bool = False


class _Intent(BaseModel):
    id: Id
    status: str = ""
    latest_charge: _Charge | str | None = None


class _Session(BaseModel):
    id: Id
    status: Literal["open", "complete", "expired"] | None = None
    payment_status: Literal["paid", "unpaid", "no_payment_required"]
    amount_total: int
    currency: str
    livemode: bool = True
    url: str | None = None
    expires_at: Annotated[int, Field(ge=0, lt=2**37)] | None = None
    client_reference_id: Any = None
    metadata: dict[str, Any] | None = None
    created: Any = None
    payment_intent: _Intent | Id | None = None


class _Sessions(BaseModel):
    data: list[_Session]


class _Listed(BaseModel):
    data: list[dict[str, Any]]
    has_more: bool = False


class _Noticed(BaseModel):
    id: Id
    payment_status: str = "unpaid"
    payment_intent: Id | None = None


class _EventData(BaseModel):
    object: dict[str, Any]


class _Event(BaseModel):
    type: str
    data: _EventData


LISTED_PER_PAGE = 100
"""The most it gives."""
PAGES_MAX = 20
"""A payment with more refunds than these is nothing to decide about by machine."""


class StripeSettings(AccountSettings):
    """An account of Stripe's."""

    secret_key: str = Field(repr=False)
    webhook_secret: str = Field(repr=False)
    base_url: WebAddress = BASE_URL
    least: SumsByCurrency = Field(default_factory=dict)
    most: SumsByCurrency = Field(default_factory=dict)


class Stripe:
    """A Stripe account. `webhook_secret` is the whole `whsec_…` of the endpoint that sends us its events."""

    kind = "stripe"
    can_refund = True
    can_list = True
    signs_notices = True
    can_list_refunds = True

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        names: Sequence[str] = ("stripe",),
        secret_key: str,
        webhook_secret: str,
        base_url: str = BASE_URL,
        now: Callable[[], float] = time.time,
        least: Mapping[str, str] | None = None,
        most: Mapping[str, str] | None = None,
    ) -> None:
        self.name, self.names = names[0], tuple(names)
        self._least, self._most = minor_units(least or {}), minor_units(most or {})
        self.test = "_test_" in secret_key  # sk_test_…, and rk_test_… of a restricted key
        self._webhook_secret = webhook_secret
        self._now = now
        self._api = Api(
            http,
            self.name,
            base_url,
            secrets=[secret_key, webhook_secret],
            headers={"Authorization": f"Bearer {secret_key}", "Stripe-Version": VERSION},
        )

    def sums(self, currency: str) -> Sums | None:
        """From the documented least to eight digits, in steps of ten where a currency has three decimals."""
        if currency in NOT_TAKEN:
            return None
        ours, theirs = _units(currency)
        step = step_of(currency)
        taken = Sums(LEAST_MINOR.get(currency, step), MOST_STRIPE * ours // theirs, step)
        return taken.within(self._least.get(currency), self._most.get(currency))

    async def create(self, order: PaymentOrder) -> CreatedPayment:
        """`POST /checkout/sessions`."""
        form = {
            "mode": "payment",
            "success_url": order.return_url,
            "cancel_url": order.return_url,
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": order.money.currency.lower(),
            "line_items[0][price_data][unit_amount]": str(_to_stripe(order.money)),
            "line_items[0][price_data][product_data][name]": order.description[:NAME_CHARS_MAX],
            "client_reference_id": order.reference,
            "metadata[order_id]": order.reference,
            "payment_intent_data[metadata][order_id]": order.reference,
        }
        for name, value in order.about.items():  # of both: a payment that has succeeded is found by either
            form[f"metadata[{name}]"] = form[f"payment_intent_data[metadata][{name}]"] = value
        if order.language in LANGUAGES:
            form["locale"] = order.language
        if order.receipt is not None and order.receipt.email:
            form["customer_email"] = order.receipt.email
        made = self._api.read(_Session, await self._post("/checkout/sessions", form, order.idempotency_key))
        if made.url is None and made.payment_status == "unpaid":
            raise ProviderRefusedError(
                f"{self.name} made session {made.id} and does not say where it is paid"
            )
        expires_at = None if made.expires_at is None else datetime.fromtimestamp(made.expires_at, UTC)
        return CreatedPayment(made.id, made.url or order.return_url, expires_at)

    async def verify_notice(self, notice: Notice) -> list[NoticedPayment]:
        """The signature covers the body and a time; the event is believed only as far as to ask."""
        self._check_signature(notice)
        try:
            event = _Event.model_validate(json_object(notice.body))
            if is_about_back(event.type):
                return await self._paid_by(_Noticed.model_validate(event.data.object))
            if not event.type.startswith("checkout.session."):
                return []
            about = _Noticed.model_validate(event.data.object)
        except ValidationError as error:
            raise NoticeRefusedError(f"not a notice of {self.name}: {faults_of(error)}") from None
        return [NoticedPayment(about.id, _claim(event.type, about))]

    async def fetch(self, provider_id: str) -> FetchedPayment:
        """`GET /checkout/sessions/{id}`, with its charge, which knows what went back, and disputes."""
        found = await self._session(provider_id)
        intent = found.payment_intent
        charge = intent.latest_charge if isinstance(intent, _Intent) else None
        if not isinstance(intent, _Intent) or not isinstance(charge, _Charge) or not charge.disputed:
            return self._fetched(found)
        return replace(self._fetched(found), disputes=await self._disputes(intent.id))

    async def made_since(self, moment: datetime) -> AsyncIterator[Sequence[FetchedPayment]]:
        """`GET /checkout/sessions` from then on, the newest first, each with its charge."""
        query = {
            "created[gte]": str(int(moment.timestamp())),
            "limit": str(LIST_MAX),
            "expand[]": "data.payment_intent.latest_charge",
        }
        async for page in pages(self._page, query):
            yield self._api.each(_Session, page, self._fetched)

    async def _page(self, query: Mapping[str, str]) -> Page:
        listed = self._api.read(_Listed, await self._get("/checkout/sessions", query))
        last = str(listed.data[-1].get("id")) if listed.data else ""
        return Page(listed.data, {**query, "starting_after": last} if listed.has_more and last else None)

    def _fetched(self, found: _Session) -> FetchedPayment:
        charge = found.payment_intent.latest_charge if isinstance(found.payment_intent, _Intent) else None
        refunded, state = 0, _state(found)
        if state == "paid" and isinstance(charge, _Charge):
            refunded = charge.amount_refunded
            if charge.refunded or 0 < found.amount_total <= refunded:
                state = "refunded"
        return FetchedPayment(
            found.id,
            state,
            _from_stripe(found.amount_total, found.currency),
            reference=told.plain(found.client_reference_id),
            test=not found.livemode,
            refunded_minor=_from_stripe(refunded, found.currency).amount_minor,
            made_at=told.moment(found.created),
            about=told.kept(found.metadata),
        )

    async def refund(self, order: RefundOrder) -> Refund:
        """`POST /refunds`, of the payment that the session has led to."""
        session = await self._session(order.provider_id)
        intent = _intent_of(session)
        if intent is None or session.payment_status != "paid":
            raise ProviderRefusedError(f"session {session.id} was not paid: there is nothing to give back")
        form = {"payment_intent": intent, "amount": str(_to_stripe(order.money))}
        if order.reason:
            form["metadata[reason]"] = order.reason[:REASON_CHARS_MAX]
        if order.reference:
            form[f"metadata[{REFUND_NAME}]"] = order.reference
        try:
            made = self._api.read(RefundObject, await self._post("/refunds", form, order.idempotency_key))
        except ProviderRefusedError:
            if (await self.fetch(order.provider_id)).state == "refunded":
                return Refund("", "done")
            raise
        if REFUND_STATES[made.status] == "pending":
            # A repeated call is answered with what was true at the first one.
            made = self._api.read(RefundObject, await self._get(f"/refunds/{quote(made.id, safe='')}"))
        if REFUND_STATES[made.status] == "canceled":
            log.warning(
                "refund_canceled",
                provider=self.name,
                payment=session.id,
                why=made.failure_reason or made.status,
            )
        return Refund(made.id, REFUND_STATES[made.status], *refusal_of(made))

    async def refunds(self, provider_id: str) -> list[ListedRefund]:
        """`GET /refunds?payment_intent=…`, page after page."""
        intent = _intent_of(await self._session(provider_id))
        if intent is None:
            return []
        query = {"payment_intent": intent, "limit": str(LISTED_PER_PAGE)}
        found: list[ListedRefund] = []
        for _ in range(PAGES_MAX):
            page = self._api.read(RefundList, await self._get("/refunds", query))
            found += [listed_of(one, _from_stripe(one.amount, one.currency)) for one in page.data]
            if not page.has_more or not page.data:
                return found
            query["starting_after"] = page.data[-1].id
        raise ProviderUnavailableError(f"{self.name} has more refunds of {provider_id} than we read")

    async def _disputes(self, intent: str) -> tuple[Dispute, ...]:
        query = {"payment_intent": intent, "limit": str(LISTED_PER_PAGE)}
        found = self._api.read(DisputeList, await self._get("/disputes", query)).data
        return tuple(dispute_of(one, _from_stripe(one.amount, one.currency)) for one in found)

    async def _paid_by(self, about: _Noticed) -> list[NoticedPayment]:
        # Neither a charge nor a refund nor a dispute names its session. Somebody may have given the money
        # back in Stripe's dashboard, or the payer's bank takes it back.
        if about.payment_intent is None:
            return []  # not from Checkout
        query = {"payment_intent": about.payment_intent, "limit": "1"}
        try:
            found = self._api.read(_Sessions, await self._get("/checkout/sessions", query))
        except ProviderRefusedError as error:
            raise ProviderUnavailableError(f"which session it is about is not known: {error}") from error
        return [NoticedPayment(session.id) for session in found.data]

    async def _session(self, id_: str) -> _Session:
        query = {"expand[]": "payment_intent.latest_charge"}
        return self._api.read(_Session, await self._get(f"/checkout/sessions/{quote(id_, safe='')}", query))

    async def _get(self, path: str, query: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        return self._good(await self._api.ask("GET", path, query=query))

    async def _post(self, path: str, form: Mapping[str, str], key: str) -> Mapping[str, Any]:
        return self._good(await self._api.ask("POST", path, form=form, headers={"Idempotency-Key": key}))

    def _good(self, answer: Answer) -> Mapping[str, Any]:
        if answer.status == 200:
            return answer.body
        error = answer.body.get("error")
        said = error if isinstance(error, dict) else {}
        words = [str(said[name]) for name in ("type", "code", "message", "param") if said.get(name)]
        failure = self._api.failure(answer, ": ".join(words), code=str(said.get("code", "")))
        if isinstance(failure, ProviderRefusedError):
            failure.refusal = REFUSALS.get(failure.code, failure.refusal)
        raise failure

    def _check_signature(self, notice: Notice) -> None:
        """`t=<unix>,v1=<hex>[,v1=…][,v0=…]`: any v1 will do; a secret is changed while both are used."""
        header = notice.headers.get("stripe-signature", "")[:SIGNATURE_CHARS_MAX]
        parts = [part.strip().partition("=") for part in header.split(",")]
        at = next((value for name, _, value in parts if name == "t"), "")
        if not SECONDS.fullmatch(at):
            raise NoticeRefusedError("no Stripe-Signature with a time")
        signed = at.encode() + b"." + notice.body
        expected = hmac.digest(self._webhook_secret.encode(), signed, hashlib.sha256).hex().encode()
        if not any(
            name == "v1" and hmac.compare_digest(expected, value.encode(errors="replace"))
            for name, _, value in parts
        ):
            raise NoticeRefusedError("the signature is not Stripe's: is the webhook's secret the right one?")
        if abs(self._now() - int(at)) > SIGNATURE_SECONDS_MAX:
            raise NoticeRefusedError("the signature is too old, or a clock is wrong")


def _state(session: _Session) -> PaymentState:
    if session.payment_status != "unpaid":
        return "paid"
    if session.status == "expired":
        return "canceled"
    intent = session.payment_intent
    # Completed, and paid in a way that takes days, such as a bank transfer. Which may fail at last: then the
    # session says nothing of it, and its payment is back where it began.
    failed = isinstance(intent, _Intent) and intent.status in ("canceled", "requires_payment_method")
    return "canceled" if session.status == "complete" and failed else "pending"


def _intent_of(session: _Session) -> str | None:
    """What has moved the session's money."""
    intent = session.payment_intent
    return intent.id if isinstance(intent, _Intent) else intent


def _claim(event: str, about: _Noticed) -> PaymentState | None:
    match event.removeprefix("checkout.session."):
        case "completed":
            return "pending" if about.payment_status == "unpaid" else "paid"
        case "async_payment_succeeded":
            return "paid"
        case "async_payment_failed" | "expired":
            return "canceled"
    return None


def _to_stripe(money: Money) -> int:
    ours, theirs = _units(money.currency)
    amount, rest = divmod(money.amount_minor * theirs, ours)
    if rest:
        raise ProviderRefusedError(f"Stripe takes no fractions of {money.currency} as small as in {money}")
    return amount


def _from_stripe(amount: int, currency: str) -> Money:
    ours, theirs = _units(currency.upper())
    minor, rest = divmod(amount * ours, theirs)
    if rest:
        raise ProviderRefusedError(f"Stripe answered {amount} {currency}, which has no such fractions")
    return Money(minor, currency.upper())


def _units(currency: str) -> tuple[int, int]:
    """How many minor units one of a currency has: ours, and Stripe's."""
    digits = MINOR_DIGITS.get(currency, MINOR_DIGITS_DEFAULT), DIGITS.get(currency, MINOR_DIGITS_DEFAULT)
    return int(10 ** digits[0]), int(10 ** digits[1])


def _opened(account: Opening[StripeSettings]) -> Stripe:
    return Stripe(account.http, names=account.names, **account.settings.own())


KIND = Kind("stripe", "payment", StripeSettings, _opened, unique=("secret_key", "webhook_secret"))
