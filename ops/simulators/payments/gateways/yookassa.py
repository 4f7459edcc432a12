"""YooKassa, API v3: payments in one stage or two, refunds, receipts.

Objects, codes and reasons as the `yookassa` package 3.13 and the developer pages have them. A repeated
idempotence key with another body is `invalid_request`; nobody says how long the pauses between notices are,
only that they go on for 24 hours and that nothing but 200 ends them.
"""

import base64
import binascii
import json
import uuid
from typing import Any

from mailroom.ops.simulators.payments.credentials import YOOKASSA_SHOPS
from mailroom.ops.simulators.payments.lifecycle import DeedError, Lifecycle
from mailroom.ops.simulators.payments.store import Store
from mailroom.ops.simulators.payments.things import Payment, Refund

from . import errors, yookassa_request
from .gateway import Answer, Call, Habit, Happening
from .idempotency import KeyReusedError, once
from .yookassa_objects import STATUSES, merchant_of, refund_shown, shown

UNCONFIRMED_SECONDS = 3600.0
"""A payment that nobody confirms is canceled after about an hour."""
KEY_CHARS_MAX = 64
LIMIT_DEFAULT, LIMIT_MAX = 10, 100

ME = {
    "status": "enabled",
    "test": True,
    "fiscalization_enabled": True,
    "payment_methods": ["bank_card", "yoo_money", "sbp"],
}
EVENTS: dict[Happening, str] = {
    "held": "payment.waiting_for_capture",
    "paid": "payment.succeeded",
    "canceled": "payment.canceled",
    "expired": "payment.canceled",
    "refunded": "refund.succeeded",
}


class YooKassa:
    """The gateway."""

    name = "yookassa"
    prefix = "/yookassa/v3"
    signs = False
    declined_is_final = True
    knows_disputes = False
    refused_for = "rejected_by_payee"
    habit = Habit(
        pauses_seconds=(1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600),
        patience_seconds=24 * 3600,
        exactly_200=True,
    )

    def __init__(self, store: Store, lifecycle: Lifecycle) -> None:
        self._store = store
        self._lifecycle = lifecycle

    def method_of(self, call: Call) -> str | None:
        """By verb and path."""
        match call.verb, call.path.split("/"):
            case "POST", ["payments"]:
                return "create"
            case "POST", ["payments", _, "capture" | "cancel" as method]:
                return method
            case "POST", ["refunds"]:
                return "refund"
            case "GET", ["payments"]:
                return "list"
            case "GET", ["payments", _]:
                return "get"
            case "GET", ["refunds"]:
                return "list_refunds"
            case "GET", ["refunds", _]:
                return "get_refund"
            case "GET", ["me"]:
                return "me"
        return None

    def answer(self, call: Call, method: str) -> Answer:
        """One call: who it is, whether it was answered before, and then what it wants."""
        merchant = _merchant(call)
        if call.verb == "GET":
            return self._read(call, method, merchant)
        key = call.headers.get("idempotence-key", "")
        if not 1 <= len(key) <= KEY_CHARS_MAX:
            raise errors.yookassa(
                "invalid_request",
                f"Idempotence-Key must have 1 to {KEY_CHARS_MAX} characters",
                "Idempotence-Key",
            )
        body = _object(call.body)
        # The same fields in another order are the same request.
        request = f"{call.path}\n{json.dumps(body, sort_keys=True)}".encode()
        try:
            return once(
                self._store,
                f"{self.name} {merchant}",
                key,
                request,
                self._lifecycle.now(),
                lambda: self._write(call, method, body, merchant),
            )[0]
        except KeyReusedError:
            raise errors.yookassa(
                "invalid_request", "Idempotence key duplicated", "Idempotence-Key"
            ) from None
        except DeedError as error:
            raise errors.yookassa("invalid_request", str(error)) from None

    def _write(self, call: Call, method: str, body: dict[str, Any], merchant: str) -> Answer:
        if method == "create":
            return self._create(call, body, merchant)
        if method == "refund":
            return self._refund(call, body, merchant)
        payment = self._payment(call.path.split("/")[1], merchant)
        if method == "capture":
            wanted = body.get("amount")
            amount_minor = None if wanted is None else yookassa_request.minor(wanted, "amount")
            if amount_minor is not None and not 0 < amount_minor <= payment.paid_minor:
                raise errors.yookassa("invalid_request", "More than is held", "amount.value")
            self._lifecycle.capture(payment, amount_minor)
        elif payment.status != "held":
            raise errors.yookassa(
                "invalid_request", "Only a payment that is waiting_for_capture can be canceled"
            )
        else:
            self._lifecycle.cancel(payment, "merchant", "canceled_by_merchant")
        return Answer.json(shown(payment), payment_id=payment.id)

    def _create(self, call: Call, body: dict[str, Any], merchant: str) -> Answer:
        yookassa_request.check_payment(body)
        now = self._lifecycle.now()
        payment_id = str(uuid.uuid4())
        payment = Payment(
            payment_id,
            self.name,
            str(body.get("metadata", {}).get("order_id", "") or body.get("description", ""))[:200],
            yookassa_request.minor(body["amount"], "amount"),
            body["amount"]["currency"],
            now,
            expires_at=now + UNCONFIRMED_SECONDS,
            details={
                "merchant": merchant,
                "capture": body.get("capture") is True,
                "description": body.get("description"),
                "metadata": body.get("metadata") or {},
                "return_url": (body.get("confirmation") or {}).get("return_url", ""),
                "pay_url": f"{call.origin}/pay/{payment_id}",
                "confirmation": (body.get("confirmation") or {}).get("type", "redirect"),
                "receipt": body.get("receipt"),
                "customer": body.get("merchant_customer_id"),
                "method": (body.get("payment_method_data") or {}).get("type", "bank_card"),
                "language": ((body.get("confirmation") or {}).get("locale") or "")[:2].lower(),
            },
        )
        self._lifecycle.open(payment)
        return Answer.json(shown(payment), payment_id=payment.id)

    def _refund(self, call: Call, body: dict[str, Any], merchant: str) -> Answer:
        payment = self._payment(str(body.get("payment_id", "")), merchant)
        amount_minor = yookassa_request.minor(body.get("amount"), "amount")
        if payment.status != "paid":
            raise errors.yookassa("invalid_request", "The payment has not succeeded", "payment_id")
        if body["amount"]["currency"] != payment.paid_currency:
            raise errors.yookassa("invalid_request", "Another currency than was paid", "amount.currency")
        if amount_minor > payment.paid_minor - payment.refunded_minor:
            raise errors.yookassa("invalid_request", "More than is left of the payment", "amount.value")
        if body.get("receipt") is not None:
            yookassa_request.check_receipt(body["receipt"], amount_minor)
        yookassa_request.check_metadata(body)
        refund = Refund(
            str(uuid.uuid4()),
            payment.id,
            amount_minor,
            payment.paid_currency,
            self._lifecycle.now(),
            status="canceled" if call.refund_refused else "done",
            details={
                "description": body.get("description"),
                "receipt": body.get("receipt"),
                "metadata": body.get("metadata") or {},
                "failed_for": call.refund_refusal or self.refused_for,
            },
        )
        self._lifecycle.refund(payment, refund, call.refund_pending_seconds)
        return Answer.json(refund_shown(refund), payment_id=payment.id)

    def _read(self, call: Call, method: str, merchant: str) -> Answer:
        id_ = call.path.split("/")[-1]
        if method == "get":
            return Answer.json(shown(self._payment(id_, merchant)), payment_id=id_)
        if method == "me":
            return Answer.json({"account_id": merchant, **ME})
        if method == "get_refund":
            refund = self._store.refund(id_)
            if refund is None or not self._is_of(refund.payment_id, merchant):
                raise errors.yookassa("not_found", "Refund doesn't exist", "refund_id")
            return Answer.json(refund_shown(refund), payment_id=refund.payment_id)
        if method == "list_refunds":
            return self._list_refunds(call, merchant)
        return self._list(call, merchant)

    def _list_refunds(self, call: Call, merchant: str) -> Answer:
        """The latest first, page after page."""
        limit = yookassa_request.number(call.query.get("limit"), LIMIT_DEFAULT, LIMIT_MAX, "limit")
        before = yookassa_request.number(call.query.get("cursor"), 2**62, 2**62, "cursor")
        of = call.query.get("payment_id", "")
        every = reversed(self._store.refunds(of) if self._is_of(of, merchant) else [])
        found = [refund for refund in every if refund.number < before]
        answer: dict[str, Any] = {"type": "list", "items": [refund_shown(one) for one in found[:limit]]}
        if len(found) > limit:
            answer["next_cursor"] = str(found[limit - 1].number)
        return Answer.json(answer)

    def _list(self, call: Call, merchant: str) -> Answer:
        limit = yookassa_request.number(call.query.get("limit"), LIMIT_DEFAULT, LIMIT_MAX, "limit")
        before = yookassa_request.number(call.query.get("cursor"), 2**62, 2**62, "cursor")
        wanted = call.query.get("status", "")
        created_from = yookassa_request.moment(call.query.get("created_at.gte"))
        items: list[Payment] = []
        # Statuses are more of ours than of theirs, and merchants are kept together: what is read is filtered.
        while len(items) <= limit:
            page = self._store.payments(
                gateway=self.name, before=before, created_from=created_from, limit=LIMIT_MAX
            )
            items += [
                payment
                for payment in page
                if wanted in ("", STATUSES[payment.status]) and merchant_of(payment) == merchant
            ]
            if len(page) < LIMIT_MAX:
                break
            before = page[-1].number
        answer: dict[str, Any] = {"type": "list", "items": [shown(payment) for payment in items[:limit]]}
        if len(items) > limit:
            answer["next_cursor"] = str(items[limit - 1].number)
        return Answer.json(answer)

    def unknown(self, call: Call) -> Answer:
        """Its error object."""
        return errors.yookassa("not_found", f"There is no {call.verb} /{call.path}").answer

    def failure(self, status: int, retry_after_seconds: int) -> Answer:
        """Its error object, or the older `processing`."""
        retry_after_ms = retry_after_seconds * 1000
        if status == 202:
            body = {
                "type": "processing",
                "description": "Request accepted, but not processed yet",
                "retry_after": retry_after_ms,
            }
            return Answer.json(body, 202)
        if status == 429:
            return errors.yookassa(
                "too_many_requests", "Too many requests", retry_after=retry_after_ms
            ).answer
        return errors.yookassa("internal_server_error", "Internal server error").answer

    def notice(
        self, payment: Payment, happening: Happening, refund: Refund | None
    ) -> tuple[str, bytes] | None:
        """The event, with the whole object in it."""
        event = EVENTS.get(happening)
        if event is None:
            return None
        about = refund_shown(refund) if refund is not None else shown(payment)
        body = {"type": "notification", "event": event, "object": about}
        return event, json.dumps(body, ensure_ascii=False).encode()

    def forged(self, body: bytes) -> bytes:
        """It does not sign: there is nothing to get wrong."""
        return body

    def seal(self, body: bytes, *, forged: bool) -> dict[str, str]:  # noqa: ARG002
        """No signature: the merchant is to ask us again."""
        return {"Content-Type": "application/json; charset=utf-8", "User-Agent": "AHC/2.1"}

    def takes_in_two_stages(self, payment: Payment) -> bool:
        """Unless the merchant said `capture: true`."""
        return not payment.details["capture"]

    def return_url(self, payment: Payment) -> str:
        """From the confirmation."""
        url: str = payment.details["return_url"]
        return url

    def _payment(self, payment_id: str, merchant: str) -> Payment:
        payment = self._store.payment(payment_id)
        if payment is None or payment.gateway != self.name or merchant_of(payment) != merchant:
            raise errors.yookassa("not_found", "Payment doesn't exist", "payment_id")
        return payment

    def _is_of(self, payment_id: str, merchant: str) -> bool:
        payment = self._store.payment(payment_id)
        return payment is not None and merchant_of(payment) == merchant


def _merchant(call: Call) -> str:
    """Which merchant asks. Refuses who has not its key."""
    scheme, _, given = call.headers.get("authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(given, validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, ValueError):
        decoded = ""
    found = YOOKASSA_SHOPS.fullmatch(decoded)
    if found is None:
        raise errors.yookassa(
            "invalid_credentials", "Error in shopId or secret key. Check their validity", "Authorization"
        )
    return found[1]


def _object(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body or b"{}")
    except ValueError:
        raise errors.yookassa("invalid_request", "The request body is not JSON") from None
    if not isinstance(given, dict):
        raise errors.yookassa("invalid_request", "The request body is not a JSON object")
    return given
