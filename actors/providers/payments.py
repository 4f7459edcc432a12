"""What every payment provider can do, in one contract: create a payment, verify a notice, fetch, refund.

A notice is a hint and nothing more: what counts is what `fetch` says when we ask. Amounts are whole numbers
of minor units everywhere; a provider translates them at its border.

PaymentProviderError
├── ProviderUnavailableError   it does not answer, or asks us to wait: try again
└── ProviderRefusedError       it said no: nothing happened, and the same call will be refused again
NoticeRefusedError             a notice that is not the provider's
"""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from mailroom.actors.providers.receipts import Receipt
from mailroom.actors.providers.sums import Sums

MINOR_DIGITS_DEFAULT = 2
MINOR_DIGITS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0
    ),
    **dict.fromkeys(("XAF", "XOF", "XPF", "XTR"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    "USDT": 6,
    "TON": 9,
    "BTC": 8,
}
"""ISO 4217, Telegram's stars, and coins as far as they are divisible; what is not listed has two."""
AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")
"""An amount as providers write it: not `1_000`, not `1e999999`, which would take all memory to expand."""
IDEMPOTENCY_CHARS_MAX = 64
"""The shortest limit of all (YooKassa's)."""


class PaymentProviderError(Exception):
    """A provider did not do what was asked."""


class ProviderUnavailableError(PaymentProviderError):
    """The provider does not answer, answers 5xx or what nobody can read, or asks to wait. Try again; a call
    that was in flight may have had its effect, so repeat it with the same idempotency key.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """How many seconds it asked us to wait."""


Refusal = Literal["final", "passes", "disputed", "person"]
"""What follows when a provider does not give money back.

final      it never will: the money has to go another way (a closed account, a lost card)
passes     perhaps it will later, under another name: too little on the merchant's account, an unknown rule
disputed   the payer's bank has the matter: how that ends decides
person     somebody has to change something first: bad credentials, an unknown payment
"""


class ProviderRefusedError(PaymentProviderError):
    """The provider refused: bad credentials, an unknown payment, a broken rule. Nothing has happened, and it
    is not worth repeating before something has changed.
    """

    def __init__(self, message: str, refusal: Refusal = "passes", code: str = "") -> None:
        super().__init__(message)
        self.refusal: Refusal = refusal
        """What it means for money that was to go back: what the provider does not explain may pass."""
        self.code = code
        """The provider's own word for it, where it has one."""


class NoticeRefusedError(Exception):
    """The notice is not the provider's, or was changed on its way. Answer 401 and forget it."""


class MoneyError(ValueError):
    """An amount that is none of its currency."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the smallest unit of its currency."""

    amount_minor: int
    currency: str

    @classmethod
    def parse(cls, amount: str, currency: str) -> "Money":
        """Read a decimal number as providers write it, `1490.00`. Raises `MoneyError` rather than round."""
        code = currency.upper()
        if not AMOUNT.fullmatch(amount):
            raise MoneyError(f"{amount[:40]!r} is no amount")
        minor = Decimal(amount).scaleb(MINOR_DIGITS.get(code, MINOR_DIGITS_DEFAULT))
        whole = int(minor)
        if whole != minor:
            raise MoneyError(f"{amount} {code} has more digits than the currency")
        return cls(whole, code)

    @property
    def decimal(self) -> str:
        """The amount as a decimal number with all its digits: `1490.00`."""
        digits = MINOR_DIGITS.get(self.currency, MINOR_DIGITS_DEFAULT)
        return f"{Decimal(self.amount_minor).scaleb(-digits):.{digits}f}"

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"


def minor_units(sums: Mapping[str, str]) -> dict[str, int]:
    """Sums as an owner writes them by currency, `{"RUB": "100.00"}`, in minor units. Raises `MoneyError`."""
    read = [Money.parse(amount, currency) for currency, amount in sums.items()]
    return {money.currency: money.amount_minor for money in read}


PaymentState = Literal["pending", "paid", "canceled", "refunded"]
RefundState = Literal["pending", "done", "canceled"]
DisputeState = Literal["inquiry", "open", "won", "lost"]
"""`inquiry`: a bank asks, and takes nothing yet. `won`: the money is the merchant's, again or still."""


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """A payment that somebody is to be asked for."""

    money: Money
    reference: str
    """Our name for it, which comes back with `fetch` and notices: the payment's `ref`."""
    description: str
    """What the payer sees; 128 characters are safe everywhere."""
    return_url: str
    """Where the payer comes back to."""
    idempotency_key: str
    """The same for every try at this order, 64 characters at most. Providers remember it for a day."""
    receipt: Receipt | None = None
    """For the fiscal receipt, where the law wants one; a provider that makes none takes its address."""
    language: str | None = None
    """What the payer reads, `ru` or `en`; without it the provider decides."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What it is for, kept by providers that keep metadata: a few keys, values of 500 characters at most."""


@dataclass(frozen=True, slots=True)
class CreatedPayment:
    """A payment as the provider has it, and where it is paid."""

    provider_id: str
    pay_url: str
    """Where it leads back to the merchant, the payment was paid before this call of ours had its answer."""
    expires_at: datetime | None = None
    """Until when it can be paid, if the provider says so."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A request that claims to be from the provider, byte for byte as it came."""

    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    peer: str
    """The address it came from, as told by a proxy that is trusted."""


@dataclass(frozen=True, slots=True)
class NoticedPayment:
    """Which payment a genuine notice is about, and what it claims. To be asked for before it is believed."""

    provider_id: str
    state: PaymentState | None = None
    """None: something about it has changed, such as a part given back."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A payer's bank takes, or means to take, a payment back: a chargeback."""

    dispute_id: str
    state: DisputeState
    money: Money
    withdrawn: bool
    """Whether the merchant is without the money now."""
    reason: str = ""
    """In the provider's words."""
    answer_until: datetime | None = None
    """By when the merchant may answer, in the provider's cabinet."""


@dataclass(frozen=True, slots=True)
class FetchedPayment:
    """What the provider says when asked: the one thing that is believed."""

    provider_id: str
    state: PaymentState
    """`refunded` when all of it has gone back. A payment of which a part has gone back is still `paid`."""
    money: Money
    """What was paid, which may be less or more than was asked for; before that, what is asked for."""
    reference: str | None = None
    """Our name for it, where the provider keeps it. It finds the payment if our `create` never had its
    answer, and we do not know what the provider calls it.
    """
    test: bool = False
    """Whether no money has moved."""
    refunded_minor: int = 0
    """How much of it has gone back, where the provider tells."""
    made_at: datetime | None = None
    """When the provider made it, by its clock; at the latest, where it names no zone."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What we had told the provider of it, as `PaymentOrder.about`; whoever else uses the account may have
    written anything there.
    """
    disputes: tuple[Dispute, ...] = ()
    """Empty where the provider tells nothing of them."""


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Money to be given back: all of a payment, or a part."""

    provider_id: str
    money: Money
    idempotency_key: str
    """The same for every try at this refund, 64 characters at most. Providers remember it for a day."""
    reference: str = ""
    """Our name for the refund, which comes back with `refunds`. Empty for one of the version before, whose
    request has to stay what it was.
    """
    reason: str = ""
    receipt: Receipt | None = None
    """What is given back, if it is a part; providers know it themselves if it is all."""


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund as the provider has it."""

    refund_id: str
    """Empty if the money had gone back already, by another hand."""
    state: RefundState
    """`pending`: the money is on its way; call `refund` again later, with the same key, to see."""
    refusal: Refusal = "final"
    """What a canceled one means."""
    words: str = ""
    """Why it was canceled, in the provider's words."""


@dataclass(frozen=True, slots=True)
class ListedRefund:
    """A refund of a payment, whoever has asked for it: we, somebody in the cabinet, another system."""

    refund_id: str
    state: RefundState
    money: Money
    created_at: datetime
    reference: str | None = None
    """Our name for it, if it is ours."""
    reason: str = ""
    """Why, in the words of whoever asked for it."""
    refusal: Refusal = "final"
    words: str = ""
    """As in `Refund`."""


class PaymentProvider(Protocol):
    """An account at a payment provider. All calls are awaited on the asyncio side, and raise
    `PaymentProviderError`.
    """

    @property
    def kind(self) -> str:
        """Which provider it is at: the name of its `Kind`."""

    @property
    def name(self) -> str:
        """What the account is called in settings, addresses and tables."""

    @property
    def names(self) -> Sequence[str]:
        """All that it is and was called, `name` first: its rows may bear any of them."""

    @property
    def test(self) -> bool:
        """Whether it was given credentials that move no money."""

    @property
    def can_refund(self) -> bool:
        """Whether `refund` works. If not, money goes back by a person's hand, or as credit."""

    @property
    def signs_notices(self) -> bool:
        """Whether a notice proves whom it is from. Where none does anybody can have us ask about any payment:
        then we do so rarely, see `actors/paying/noticed.py`.
        """

    @property
    def can_list_refunds(self) -> bool:
        """Whether `refunds` works. If not, what went back by other hands is what `fetch` says."""

    def sums(self, currency: str) -> Sums | None:
        """Which sums of a currency it takes; None: it does not take the currency."""

    @property
    def can_list(self) -> bool:
        """Whether `made_since` works. If not, on-call has to compare what the provider's cabinet shows."""

    async def create(self, order: PaymentOrder) -> CreatedPayment:
        """Ask for a payment. Repeated with the same idempotency key it is the same payment."""

    async def verify_notice(self, notice: Notice) -> list[NoticedPayment]:
        """The payments that a notice is about; none if it is about something else. Raises
        `NoticeRefusedError`, and `ProviderUnavailableError` where the provider has to be asked to
        understand it: answer 503, and it comes again.
        """

    async def fetch(self, provider_id: str) -> FetchedPayment:
        """What has become of a payment."""

    def made_since(self, moment: datetime) -> AsyncIterator[Sequence[FetchedPayment]]:
        """All payments of the account that were made since then, whoever made them, page by page. One that
        nobody can read is left out, with a line in the log.
        """

    async def refund(self, order: RefundOrder) -> Refund:
        """Give money back. Repeated with the same idempotency key it is the same refund, as it is by then; a
        payment that has gone back already is `done`. Raises `ProviderRefusedError` if it cannot be.
        """

    async def refunds(self, provider_id: str) -> list[ListedRefund]:
        """All refunds of a payment, also those that were not asked for by us, and those that came to nothing.
        Raises `ProviderRefusedError` where the provider tells nobody.
        """
