"""What every gateway is to the rest of the simulator, and what a call and its answer are."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from mailroom.ops.simulators.payments.things import Payment, Refund

Happening = Literal[
    "processing", "failed", "held", "paid", "canceled", "expired", "refunded", "refund_failed",
    "dispute_opened", "dispute_updated", "dispute_withdrawn", "dispute_closed", "dispute_reinstated",
]  # fmt: skip
"""What can happen to a payment that a merchant may want to know of."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request of a merchant to a gateway's API."""

    verb: str
    path: str
    """Below the address of the API, without a slash at either end."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    origin: str
    """The address under which the merchant, and so the payer's browser, reaches us: `http://host:port`."""
    refund_pending_seconds: float | None = None
    """For how long a refund is to stay pending; None: not at all."""
    refund_refused: bool = False
    refund_refusal: str = ""
    """Why, in the gateway's own word; empty: as it does for good."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the merchant gets back."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    payment_id: str = ""
    """Which payment it is about, for the record of calls and for faults; empty if about none."""

    @classmethod
    def json(cls, content: Any, status: int = 200, *, payment_id: str = "") -> "Answer":
        """An answer as every API gives it."""
        body = json.dumps(content, ensure_ascii=False).encode()
        return cls(status, body, {"Content-Type": "application/json; charset=utf-8"}, payment_id)


class CallRefusedError(Exception):
    """The gateway refuses a call; nothing has happened. Its answer is what the merchant gets."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.body.decode())
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Habit:
    """How a gateway tells its merchants what has happened, and how stubbornly."""

    pauses_seconds: tuple[float, ...]
    """Before each further attempt; the last one repeats. Empty: there is one attempt only."""
    patience_seconds: float
    """How long after the event it gives up."""
    exactly_200: bool
    """Whether nothing else will do; else any 2xx confirms."""

    def confirms(self, status: int) -> bool:
        """Whether the merchant has understood."""
        return status == 200 if self.exactly_200 else 200 <= status < 300


class Gateway(Protocol):
    """A company that takes payments for shops."""

    name: str
    prefix: str
    """Where its API begins: `/yookassa/v3`."""
    habit: Habit
    signs: bool
    """Whether its notices carry a signature: where none does, none can be wrong."""
    declined_is_final: bool
    """Whether a declined card ends the payment; else the payer may try another one."""

    knows_disputes: bool
    """Whether it tells of chargebacks."""
    refused_for: str
    """Why it refuses a refund for good, in its own word."""

    def method_of(self, call: Call) -> str | None:
        """Which of the methods that faults know by name this is, such as create; None: there is none."""

    def answer(self, call: Call, method: str) -> Answer:
        """Do it. Raises `CallRefusedError`."""

    def unknown(self, call: Call) -> Answer:
        """How it says that there is no such address."""

    def failure(self, status: int, retry_after_seconds: int) -> Answer:
        """How it says that something is wrong on its side (500), that it is called too often (429), or that
        it is still at it (202).
        """

    def notice(
        self, payment: Payment, happening: Happening, refund: Refund | None
    ) -> tuple[str, bytes] | None:
        """The name and the body of what it tells the merchant; None if it does not tell this."""

    def forged(self, body: bytes) -> bytes:
        """The body as somebody would send it who does not know the secret, where the signature is in it."""

    def seal(self, body: bytes, *, forged: bool) -> dict[str, str]:
        """The headers of a notice that is sent now, with its signature where that is among them."""

    def takes_in_two_stages(self, payment: Payment) -> bool:
        """Whether the money is only held at first, until the merchant asks for it."""

    def return_url(self, payment: Payment) -> str:
        """Where the payer's browser goes back to; empty if the merchant did not say."""
