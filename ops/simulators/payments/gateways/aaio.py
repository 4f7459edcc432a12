"""AAIO: an order is a link, and what has become of it is asked for by the merchant's own number.

Fields, signatures and the one single notice as wiki.aaio.so has them. What it says to a second order of the
same number stands nowhere: here the same order gets the same link, and another one is refused. Its links live
for an hour here; how long they really do is not known either.
"""

import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, urlencode

from mailroom.ops.simulators.payments.credentials import AAIO_API_KEY as API_KEY
from mailroom.ops.simulators.payments.credentials import AAIO_MERCHANT_ID as MERCHANT_ID
from mailroom.ops.simulators.payments.credentials import AAIO_SECRET_1 as SECRET_1
from mailroom.ops.simulators.payments.credentials import AAIO_SECRET_2 as SECRET_2
from mailroom.ops.simulators.payments.lifecycle import Lifecycle
from mailroom.ops.simulators.payments.store import Store
from mailroom.ops.simulators.payments.things import Payment, Refund

from . import aaio_account, errors
from .aaio_account import fee_minor
from .gateway import Answer, Call, Habit, Happening

LINK_SECONDS = 3600.0
CURRENCIES = ("RUB", "UAH", "EUR", "USD")
ORDER_ID = re.compile(r"[A-Za-z0-9:_\-\[\],|]{1,64}")
AMOUNT = re.compile(r"\d{1,9}(\.\d{1,2})?")
DESCRIPTION_CHARS_MAX = 512
ADDRESSES = ("127.0.0.1",)
MOSCOW = timezone(timedelta(hours=3))
ALL = 10_000
"""How many payments are counted for a balance."""
TABLES = {
    "api/methods-pay": aaio_account.methods_to_pay_by,
    "api/methods-payoff": aaio_account.methods_to_pay_out_by,
    "api/sbp-banks-payoff": aaio_account.banks,
    "api/rates-payoff": aaio_account.rates,
}
FIELDS = ("merchant_id", "amount", "order_id", "currency", "sign")
STATUSES = {
    "open": "in_process",
    "processing": "in_process",
    "held": "hold",
    "paid": "success",
    "canceled": "expired",
    "expired": "expired",
}


class Aaio:
    """The gateway."""

    name = "aaio"
    prefix = "/aaio"
    signs = True
    knows_disputes = False
    refused_for = ""
    declined_is_final = False
    habit = Habit(pauses_seconds=(), patience_seconds=0, exactly_200=False)

    def __init__(self, store: Store, lifecycle: Lifecycle) -> None:
        self._store = store
        self._lifecycle = lifecycle

    def method_of(self, call: Call) -> str | None:
        """By path; they take GET and POST alike."""
        match call.verb, call.path:
            case "POST", "merchant/get_pay_url":
                return "create"
            case _, "merchant/pay":
                return "create"
            case _, "api/info-pay":
                return "get"
            case _, "api/public/ips":
                return "ips"
            case _, "api/balance":
                return "balance"
            case _, "api/methods-pay" | "api/methods-payoff" | "api/sbp-banks-payoff":
                return "methods"
            case _, "api/rates-payoff":
                return "rates"
        return None

    def answer(self, call: Call, method: str) -> Answer:
        """One call."""
        if method == "ips":
            return Answer.json({"type": "success", "list": list(ADDRESSES)})
        given = {**call.query, **_given(call.body)}
        if method == "create":
            return self._made(call, given)
        if not hmac.compare_digest(call.headers.get("x-api-key", "").encode(), API_KEY.encode()):
            raise errors.aaio("Invalid X-Api-Key", 401)
        # The key says whose merchant it is; the SDK for JavaScript names no merchant.
        if given.get("merchant_id", MERCHANT_ID) != MERCHANT_ID:
            raise errors.aaio("Merchant not found")
        if method == "get":
            return self._info(given)
        if method == "balance":
            return Answer.json(aaio_account.balance(self._store.payments(gateway=self.name, limit=ALL)))
        return Answer.json(TABLES[call.path]())

    def _made(self, call: Call, given: Mapping[str, str]) -> Answer:
        payment = self._create(call, given)
        if call.path == "merchant/pay":
            return Answer(302, b"", {"Location": payment.details["pay_url"]}, payment.id)
        return Answer.json({"type": "success", "url": payment.details["pay_url"]}, payment_id=payment.id)

    def _create(self, call: Call, given: Mapping[str, str]) -> Payment:
        missing = [name for name in FIELDS if not given.get(name)]
        if missing:
            raise errors.aaio(f"Invalid parameters: {', '.join(missing)} missing")
        if given["merchant_id"] != MERCHANT_ID:
            raise errors.aaio("Merchant not found")
        if not ORDER_ID.fullmatch(given["order_id"]):
            raise errors.aaio("Invalid order_id")
        if not AMOUNT.fullmatch(given["amount"]) or not minor(given["amount"]):
            raise errors.aaio("Invalid amount")
        if given["currency"] not in CURRENCIES:
            raise errors.aaio("Invalid currency")
        if len(given.get("desc", "")) > DESCRIPTION_CHARS_MAX:
            raise errors.aaio("Invalid desc")
        if not hmac.compare_digest(sign(given, SECRET_1).encode(), given["sign"].encode()):
            raise errors.aaio("Invalid sign")
        amount_minor = minor(given["amount"])
        known = self._store.payment_of_reference(self.name, given["order_id"])
        if known is not None:
            if (known.amount_minor, known.currency, known.status) != (
                amount_minor,
                given["currency"],
                "open",
            ):
                raise errors.aaio("Order with this order_id already exists")
            return known
        now = self._lifecycle.now()
        payment_id = str(uuid.uuid4())
        payment = Payment(
            payment_id,
            self.name,
            given["order_id"],
            amount_minor,
            given["currency"],
            now,
            expires_at=now + LINK_SECONDS,
            details={
                "description": given.get("desc", ""),
                "email": given.get("email", ""),
                "method": given.get("method") or "cards_ru",
                "method_asked": given.get("method", ""),
                "language": given.get("lang", ""),
                "custom": {name: value for name, value in given.items() if name.startswith("us_")},
                "pay_url": f"{call.origin}/pay/{payment_id}",
                "expired_at": now + LINK_SECONDS,
            },
        )
        self._lifecycle.open(payment)
        return payment

    def _info(self, given: Mapping[str, str]) -> Answer:
        payment = self._store.payment_of_reference(self.name, given.get("order_id", ""))
        if payment is None:
            raise errors.aaio("Order not found")
        return Answer.json(self.shown(payment), payment_id=payment.id)

    def shown(self, payment: Payment) -> dict[str, Any]:
        """What `info-pay` says; numbers are numbers here, unlike in notices."""
        was_paid = payment.status in ("held", "paid")
        amount_minor = payment.paid_minor if was_paid else payment.amount_minor
        shown: dict[str, Any] = {
            "type": "success",
            "id": payment.id,
            "order_id": payment.reference,
            "desc": payment.details["description"],
            "merchant_id": MERCHANT_ID,
            "merchant_domain": "demo.example",
            "method": payment.details["method"] if was_paid else payment.details["method_asked"],
            "amount": amount_minor / 100,
            "currency": payment.paid_currency if was_paid else payment.currency,
            "email": payment.details["email"],
            "status": STATUSES[payment.status],
            "date": time_text(payment.created_at),
            "expired_date": time_text(payment.details["expired_at"]),
            "us_vars": list(payment.details["custom"].values()),
        }
        if was_paid:
            fee = fee_minor(amount_minor)
            shown["profit"], shown["commission"] = (amount_minor - fee) / 100, fee / 100
            shown["commission_client"], shown["commission_type"] = 0, "100:0"
            shown["complete_date"] = time_text(payment.paid_at or payment.created_at)
        return shown

    def unknown(self, call: Call) -> Answer:
        """Its error object."""
        return errors.aaio(f"There is no {call.verb} /{call.path}", 404).answer

    def failure(self, status: int, retry_after_seconds: int) -> Answer:
        """Its error object; it knows no 202."""
        if status == 429:
            answer = errors.aaio("Too many requests", 429).answer
            return Answer(429, answer.body, {**answer.headers, "Retry-After": str(retry_after_seconds)})
        return errors.aaio("Internal error", 500).answer

    def notice(
        self,
        payment: Payment,
        happening: Happening,
        refund: Refund | None,  # noqa: ARG002
    ) -> tuple[str, bytes] | None:
        """A form about money that has come; of anything else it does not speak."""
        if happening not in ("paid", "held"):
            return None
        status = "hold" if happening == "held" else "success"
        amount_minor = payment.paid_minor
        fee = fee_minor(amount_minor)
        fields = {
            "merchant_id": MERCHANT_ID,
            "invoice_id": payment.id,
            "order_id": payment.reference,
            "amount": decimal(amount_minor),
            "currency": payment.paid_currency,
            "profit": decimal(amount_minor - fee),
            "commission": decimal(fee),
            "commission_client": "0",
            "commission_type": "100:0",
        }
        fields["sign"] = sign(fields, SECRET_2)
        fields |= {
            "status": status,
            "method": payment.details["method"],
            "desc": payment.details["description"],
            "email": payment.details["email"],
            **payment.details["custom"],
        }
        return status, urlencode(fields).encode()

    def forged(self, body: bytes) -> bytes:
        """Signed by somebody who does not know the secret."""
        fields = _form(body)
        return urlencode({**fields, "sign": sign(fields, "a guess")}).encode()

    def seal(self, body: bytes, *, forged: bool) -> dict[str, str]:  # noqa: ARG002
        """The signature is in the body."""
        return {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "AAIO"}

    def takes_in_two_stages(self, payment: Payment) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def return_url(self, payment: Payment) -> str:  # noqa: ARG002
        """Set in the merchant's cabinet: see the control /sim/notify."""
        url: str = self._store.setting("return_url", "")
        return url


def sign(fields: Mapping[str, str], secret: str) -> str:
    """The signature of an order (first secret) and of a notice (second), over `amount` as it is written."""
    text = ":".join((fields["merchant_id"], fields["amount"], fields["currency"], secret, fields["order_id"]))
    return hashlib.sha256(text.encode()).hexdigest()


def minor(amount: str) -> int:
    """An amount of two places at most, in minor units."""
    whole, _, part = amount.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def decimal(amount_minor: int) -> str:
    """An amount as its notices write it: 1490, and 1400.6."""
    text = f"{amount_minor // 100}.{amount_minor % 100:02}"
    return text.rstrip("0").rstrip(".")


def time_text(at: float) -> str:
    """A moment as it writes it: Moscow's clock, which it does not say."""
    return datetime.fromtimestamp(at, UTC).astimezone(MOSCOW).strftime("%Y-%m-%d %H:%M:%S")


def _given(body: bytes) -> dict[str, str]:
    """What a call says: a form, or an object that its SDK for JavaScript sends in the place of one."""
    if not body.lstrip().startswith(b"{"):
        return _form(body)
    try:
        given = json.loads(body)
    except ValueError:
        raise errors.aaio("Invalid form") from None
    return {str(name): str(value) for name, value in given.items() if value is not None}


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    except ValueError:
        raise errors.aaio("Invalid form") from None
