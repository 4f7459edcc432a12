"""AAIO (aaio.so): a payment aggregator. Facts are from its documentation at wiki.aaio.so.

It calls a payment what we call it: `order_id` is our reference, which is the idempotency key as well: asked
for twice, it is one order. Each notice is sent once and never again, so that payments have to be asked for as
well. No money goes back by API.
"""

import hashlib
import hmac
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

import httpx
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from mailroom.actors.providers import told
from mailroom.actors.providers.account import AccountSettings, Kind, Opening, SumsByCurrency
from mailroom.actors.providers.addresses import WebAddress
from mailroom.actors.providers.http import Answer, Api, faults_of
from mailroom.actors.providers.payments import (
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
    Refund,
    RefundOrder,
    minor_units,
)
from mailroom.actors.providers.sums import Sums

BASE_URL = "https://aaio.so"
CURRENCIES = ("RUB", "UAH", "EUR", "USD")
SUMS = Sums(1, 10**11 - 1)
"""Of an order nothing is said; each method of a merchant has a least and a greatest sum of its own, which its
cabinet and `/api/methods-pay` tell (of one method in the documentation they are 410 and 25 000 roubles). So
an owner who has few methods says them, as `least` and `most`.
"""
LANGUAGES = ("ru", "en")
ORDER_ID = re.compile(r"[A-Za-z0-9:\-_\[\],|]{1,64}")
DESCRIPTION_CHARS_MAX = 512
AMOUNT_DIGITS_MAX = 20
NOTICE_FIELDS_MAX = 100
"""A notice has about fifteen, and what we gave along."""

STATES: Mapping[str, PaymentState] = {
    "in_process": "pending",
    "success": "paid",
    # Paid; AAIO keeps the money back from the merchant for a while, which is between it and the merchant.
    "hold": "paid",
    "expired": "canceled",
}


def _plain(amount: object) -> object:
    """Amounts come as text or as a number, and `1.49E+3` is one too."""
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        return amount
    # Nobody's money; written out, `1e999999999` would fill the memory.
    return f"{amount:f}" if abs(Decimal(amount).adjusted()) < AMOUNT_DIGITS_MAX else str(amount)


class _PayUrl(BaseModel):
    type: Literal["success"]
    url: str


class _Order(BaseModel):
    type: Literal["success"]
    order_id: str
    merchant_id: str
    status: Literal["in_process", "success", "hold", "expired"]
    amount: Annotated[str, BeforeValidator(_plain)]
    currency: str
    date: Any = None


class _Paid(BaseModel):
    merchant_id: str
    order_id: str
    amount: str
    currency: str
    sign: str
    status: Literal["success", "hold"] = "success"


class AaioSettings(AccountSettings):
    """A merchant's number at AAIO, and the account's key."""

    merchant_id: str
    secret_1: str = Field(repr=False)
    secret_2: str = Field(repr=False)
    api_key: str = Field(repr=False)
    base_url: WebAddress = BASE_URL
    least: SumsByCurrency = Field(default_factory=dict)
    most: SumsByCurrency = Field(default_factory=dict)


class Aaio:
    """An account at AAIO. It tells of no refunds and no disputes: its cabinet shows all there is to know.

    Secret 1 signs what we ask for, secret 2 what it tells; the API key lets us ask it.
    """

    kind = "aaio"
    test = False  # it has no test mode
    can_refund = False
    can_list = False
    signs_notices = True
    can_list_refunds = False

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        names: Sequence[str] = ("aaio",),
        merchant_id: str,
        secret_1: str,
        secret_2: str,
        api_key: str,
        base_url: str = BASE_URL,
        least: Mapping[str, str] | None = None,
        most: Mapping[str, str] | None = None,
    ) -> None:
        self.name, self.names = names[0], tuple(names)
        self._least, self._most = minor_units(least or {}), minor_units(most or {})
        self._merchant_id = merchant_id
        self._secret_1 = secret_1
        self._secret_2 = secret_2
        self._key = {"X-Api-Key": api_key}
        self._api = Api(
            http,
            self.name,
            base_url,
            secrets=[secret_1, secret_2, api_key],
            headers={"Accept": "application/json"},
        )

    def sums(self, currency: str) -> Sums | None:
        """What one of the merchant's methods takes, as far as the owner has said it."""
        if currency not in CURRENCIES:
            return None
        return SUMS.within(self._least.get(currency), self._most.get(currency))

    async def create(self, order: PaymentOrder) -> CreatedPayment:
        """`POST /merchant/get_pay_url`: the address is asked for, since payment domains get blocked."""
        money = order.money
        if money.currency not in CURRENCIES:
            raise ProviderRefusedError(f"{self.name} takes {', '.join(CURRENCIES)}, not {money.currency}")
        if not ORDER_ID.fullmatch(order.reference):
            raise ProviderRefusedError(
                f"{self.name} does not take {order.reference!r} for the name of an order"
            )
        amount = money.decimal
        form = {
            "merchant_id": self._merchant_id,
            "amount": amount,
            "order_id": order.reference,
            "currency": money.currency,
            "sign": sign(self._merchant_id, amount, money.currency, self._secret_1, order.reference),
        }
        if order.description:
            form["desc"] = order.description[:DESCRIPTION_CHARS_MAX]
        if order.language in LANGUAGES:
            form["lang"] = order.language
        if order.receipt is not None and order.receipt.email:
            form["email"] = order.receipt.email
        answer = await self._api.ask("POST", "/merchant/get_pay_url", form=form)
        if answer.status == 400 and await self._is_paid(order):
            # A repeated call, whose first answer was lost.
            return CreatedPayment(order.reference, order.return_url)
        return CreatedPayment(order.reference, self._api.read(_PayUrl, self._good(answer)).url)

    async def verify_notice(self, notice: Notice) -> list[NoticedPayment]:
        """The signature is over the amount's very text, as it came: `1490` and `1490.00` are two."""
        try:
            said = _Paid.model_validate(_form(notice.body))
        except ValidationError as error:
            raise NoticeRefusedError(f"not a notice of {self.name}: {faults_of(error)}") from None
        expected = sign(said.merchant_id, said.amount, said.currency, self._secret_2, said.order_id)
        # As bytes: text that is not ASCII would be an error of its own.
        if not hmac.compare_digest(expected.encode(), said.sign.encode(errors="replace")):
            raise NoticeRefusedError(f"the signature is not {self.name}'s")
        if said.merchant_id != self._merchant_id:
            raise NoticeRefusedError(f"a notice for another merchant at {self.name}")
        return [NoticedPayment(said.order_id, STATES[said.status])]

    async def fetch(self, provider_id: str) -> FetchedPayment:
        """`POST /api/info-pay`."""
        form = {"merchant_id": self._merchant_id, "order_id": provider_id}
        answer = await self._api.ask("POST", "/api/info-pay", form=form, headers=self._key)
        found = self._api.read(_Order, self._good(answer))
        if found.merchant_id != self._merchant_id:
            raise ProviderRefusedError(f"{self.name} answered for another merchant's order {provider_id}")
        try:
            money = Money.parse(found.amount, found.currency)
        except MoneyError as error:
            raise ProviderRefusedError(f"{self.name} answered with an amount that is none: {error}") from None
        return FetchedPayment(
            found.order_id,
            STATES[found.status],
            money,
            reference=found.order_id,
            made_at=told.moment(found.date),  # nobody says in which zone
        )

    def made_since(self, moment: datetime) -> AsyncIterator[Sequence[FetchedPayment]]:
        """There is no such call: its cabinet has the list."""
        raise ProviderRefusedError(
            f"{self.name} lists no payments by API; compare those since {moment:%Y-%m-%d %H:%M} UTC "
            "in its cabinet"
        )

    async def refund(self, order: RefundOrder) -> Refund:
        """There is no such call: somebody has to do it, or it becomes credit at the merchant."""
        raise ProviderRefusedError(
            f"{self.name} gives no money back by API: give {order.money} for payment {order.provider_id} "
            "back by hand (its cabinet, or a transfer), or credit it to the customer",
            "final",
        )

    async def refunds(self, provider_id: str) -> list[ListedRefund]:
        """Nor is there one that tells of them."""
        raise ProviderRefusedError(f"{self.name} does not tell what went back of payment {provider_id}")

    async def _is_paid(self, order: PaymentOrder) -> bool:
        try:
            found = await self.fetch(order.reference)
        except ProviderRefusedError:
            return False
        return (found.state, found.money) == ("paid", order.money)

    def _good(self, answer: Answer) -> Mapping[str, Any]:
        if answer.status == 200 and answer.body.get("type") != "error":
            return answer.body
        words = [str(answer.body[name]) for name in ("code", "message") if answer.body.get(name)]
        raise self._api.failure(answer, ": ".join(words))


def sign(merchant_id: str, amount: str, currency: str, secret: str, order_id: str) -> str:
    """AAIO's signature: of an order with secret 1, of a notice with secret 2."""
    return hashlib.sha256(f"{merchant_id}:{amount}:{currency}:{secret}:{order_id}".encode()).hexdigest()


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=NOTICE_FIELDS_MAX)
    except ValueError:
        return {}
    # An empty field is one that was not sent.
    return {name: value for name, value in pairs if value}


def _opened(account: Opening[AaioSettings]) -> Aaio:
    return Aaio(account.http, names=account.names, **account.settings.own())


KIND = Kind("aaio", "payment", AaioSettings, _opened, unique=("merchant_id",))
