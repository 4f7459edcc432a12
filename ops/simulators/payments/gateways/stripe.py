"""Stripe Checkout: sessions that are paid on Stripe's page, refunds, signed events.

Fields as in the `stripe` package 16.1, `Stripe-Signature` as there. A repeated idempotency key with other
parameters is an `idempotency_error`; retries go on for about three days.
"""

import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any

from mailroom.ops.simulators.payments.credentials import STRIPE_SECRET_KEY as SECRET_KEY
from mailroom.ops.simulators.payments.credentials import STRIPE_WEBHOOK_SECRET as WEBHOOK_SECRET
from mailroom.ops.simulators.payments.lifecycle import DeedError, Lifecycle
from mailroom.ops.simulators.payments.store import Store
from mailroom.ops.simulators.payments.things import Payment, Refund

from . import errors, stripe_request
from .gateway import Answer, Call, Habit, Happening
from .idempotency import KeyReusedError, once
from .nested import FormError, parse
from .stripe_objects import (
    charge_shown,
    dispute_shown,
    disputed,
    intent_shown,
    refund_shown,
    session_shown,
)
from .stripe_reading import Reader

API_VERSION = "2026-10-28.endive"
KEY_CHARS_MAX = 255
EVENTS: dict[Happening, str] = {
    "processing": "checkout.session.completed",
    "failed": "checkout.session.async_payment_failed",
    "paid": "checkout.session.completed",
    "expired": "checkout.session.expired",
    "canceled": "checkout.session.expired",
    "refunded": "charge.refunded",
    "refund_failed": "refund.failed",
    "dispute_opened": "charge.dispute.created",
    "dispute_updated": "charge.dispute.updated",
    "dispute_withdrawn": "charge.dispute.funds_withdrawn",
    "dispute_closed": "charge.dispute.closed",
    "dispute_reinstated": "charge.dispute.funds_reinstated",
}
REFUSED_AT_ONCE = {
    "balance_insufficient": "Insufficient funds in your Stripe balance to refund this amount.",
    "charge_disputed": "The charge has been charged back.",
}
"""Codes of refunds that are not made at all; other reasons are those of refunds that fail."""


class Stripe:
    """The gateway."""

    name = "stripe"
    prefix = "/stripe/v1"
    signs = True
    declined_is_final = False
    knows_disputes = True
    refused_for = "expired_or_canceled_card"
    habit = Habit(
        pauses_seconds=(5, 60, 300, 1800, 7200, 18_000, 36_000, 43_200),
        patience_seconds=3 * 86_400,
        exactly_200=False,
    )

    def __init__(self, store: Store, lifecycle: Lifecycle) -> None:
        self._store = store
        self._lifecycle = lifecycle
        self._reader = Reader(store, self.name)

    def method_of(self, call: Call) -> str | None:
        """By verb and path."""
        match call.verb, call.path.split("/"):
            case "POST", ["checkout", "sessions"]:
                return "create"
            case "POST", ["checkout", "sessions", _, "expire"]:
                return "cancel"
            case "GET", ["checkout", "sessions"]:
                return "list"
            case "GET", ["payment_intents"] | ["charges"] | ["checkout", "sessions", _, "line_items"]:
                return "list"
            case "GET", ["checkout", "sessions", _] | ["payment_intents", _] | ["charges", _]:
                return "get"
            case "POST", ["checkout", "sessions", _] | ["payment_intents", _] | ["refunds", _]:
                return "update"
            case "POST", ["refunds"]:
                return "refund"
            case "GET", ["refunds"]:
                return "list_refunds"
            case "GET", ["refunds", _]:
                return "get_refund"
            case "GET", ["disputes"]:
                return "list_disputes"
            case "GET", ["disputes", _]:
                return "get"
            case "GET", ["account"]:
                return "me"
        return None

    def answer(self, call: Call, method: str) -> Answer:
        """One call: who it is, whether it was answered before, and then what it wants."""
        check_key(call)
        if call.verb == "GET":
            return self._reader.answer(call, method)
        try:
            form = parse(call.body)
        except FormError as error:
            raise errors.stripe(f"Invalid request: {error}") from None
        key = call.headers.get("idempotency-key", "")
        if len(key) > KEY_CHARS_MAX:
            raise errors.stripe(f"Idempotency keys have at most {KEY_CHARS_MAX} characters")
        try:
            if not key:
                return self._write(call, method, form)
            request = f"{call.path}\n{json.dumps(form, sort_keys=True)}".encode()
            answer, again = once(
                self._store,
                self.name,
                key,
                request,
                self._lifecycle.now(),
                lambda: self._write(call, method, form),
            )
        except KeyReusedError:
            raise errors.stripe(
                "Keys for idempotent requests can only be used with the same parameters they were"
                " first used with.",
                kind="idempotency_error",
            ) from None
        except DeedError as error:
            raise errors.stripe(str(error)) from None
        if again:
            return Answer(
                answer.status,
                answer.body,
                {**answer.headers, "Idempotent-Replayed": "true"},
                answer.payment_id,
            )
        return answer

    def _write(self, call: Call, method: str, form: dict[str, Any]) -> Answer:
        if method == "create":
            return self._create(call, form)
        if method == "refund":
            return self._refund(call, form)
        if method == "update":
            return self._update(call, form)
        payment = self._reader.session(call.path.split("/")[2])
        if payment.status != "open":
            raise errors.stripe('Only Checkout Sessions with a status in ["open"] can be expired.')
        self._lifecycle.expire(payment)
        return Answer.json(session_shown(payment), payment_id=payment.id)

    def _create(self, call: Call, form: dict[str, Any]) -> Answer:
        now = self._lifecycle.now()
        wanted = stripe_request.session(form, time.time())
        payment_id = f"cs_test_{uuid.uuid4().hex}"
        payment = Payment(
            payment_id,
            self.name,
            wanted.reference,
            wanted.amount_minor,
            wanted.currency.upper(),
            now,
            expires_at=now + wanted.lives_seconds,
            details={
                "description": wanted.description,
                "metadata": wanted.metadata,
                "lines": wanted.lines,
                "intent_metadata": wanted.intent_metadata,
                "client_reference_id": form.get("client_reference_id"),
                "customer_email": form.get("customer_email"),
                "success_url": form["success_url"],
                "cancel_url": form.get("cancel_url"),
                "language": str(form.get("locale", ""))[:2],
                "payment_intent": f"pi_{uuid.uuid4().hex[:24]}",
                "pay_url": f"{call.origin}/pay/{payment_id}",
                "expires_at": int(now + wanted.lives_seconds),
            },
        )
        self._lifecycle.open(payment)
        return Answer.json(session_shown(payment), payment_id=payment.id)

    def _refund(self, call: Call, form: dict[str, Any]) -> Answer:
        stripe_request.only(form, stripe_request.REFUND_FIELDS)
        payment = self._refunded(form)
        if payment.status != "paid":
            raise errors.stripe("This PaymentIntent does not have a successful charge to refund.")
        left_minor = payment.paid_minor - payment.refunded_minor
        refusal = "charge_disputed" if disputed(payment) else call.refund_refusal
        if (call.refund_refused and refusal in REFUSED_AT_ONCE) or disputed(payment):
            raise errors.stripe(REFUSED_AT_ONCE[refusal], code=refusal)
        if not left_minor:
            raise errors.stripe("Charge has already been refunded.", code="charge_already_refunded")
        amount_minor = stripe_request.whole(form.get("amount", str(left_minor)), "amount")
        if amount_minor > left_minor:
            raise errors.stripe("Refund amount is greater than unrefunded amount on charge", param="amount")
        refund = Refund(
            f"re_{uuid.uuid4().hex[:24]}",
            payment.id,
            amount_minor,
            payment.paid_currency,
            self._lifecycle.now(),
            status="canceled" if call.refund_refused else "done",
            details={
                "reason": form.get("reason"),
                "metadata": stripe_request.read_metadata(form.get("metadata")),
                "failed_for": call.refund_refusal or self.refused_for,
            },
        )
        self._lifecycle.refund(payment, refund, call.refund_pending_seconds)
        return Answer.json(refund_shown(refund, payment), payment_id=payment.id)

    def _refunded(self, form: dict[str, Any]) -> Payment:
        """The payment that a refund is of, named by its intent or by its charge."""
        charge = str(form.get("charge", ""))
        if charge and not form.get("payment_intent"):
            intent = "pi_" + charge.removeprefix("ch_")
            return self._reader.of_intent(intent, "charge", kind="charge", id_=charge)
        if not form.get("payment_intent"):
            raise errors.stripe("One of these should be provided for this request: payment_intent or charge.")
        return self._reader.of_intent(str(form["payment_intent"]), "payment_intent")

    def _update(self, call: Call, form: dict[str, Any]) -> Answer:
        """Hang other metadata on a thing: a name with an empty value goes, the others stay."""
        stripe_request.only(form, stripe_request.UPDATE_FIELDS)
        given = stripe_request.read_metadata(form.get("metadata"))

        def changed(old: dict[str, str]) -> dict[str, str]:
            return {name: value for name, value in {**old, **given}.items() if value}

        match call.path.split("/"):
            case ["refunds", id_]:
                refund, payment = self._reader.refund(id_)
                refund.details["metadata"] = changed(refund.details.get("metadata") or {})
                self._store.save_refund(refund)
                return Answer.json(refund_shown(refund, payment), payment_id=payment.id)
            case ["payment_intents", id_]:
                payment = self._reader.of_intent(id_, "intent")
                payment.details["intent_metadata"] = changed(payment.details["intent_metadata"])
                self._store.save_payment(payment)
                return Answer.json(intent_shown(payment), payment_id=payment.id)
        payment = self._reader.session(call.path.split("/")[2])
        payment.details["metadata"] = changed(payment.details["metadata"])
        self._store.save_payment(payment)
        return Answer.json(session_shown(payment), payment_id=payment.id)

    def unknown(self, call: Call) -> Answer:
        """As it says so of an address or a verb."""
        return errors.stripe(
            f"Unrecognized request URL ({call.verb}: /v1/{call.path}). Please see https://stripe.com/docs or"
            " we can help at https://support.stripe.com/.",
            404,
        ).answer

    def failure(self, status: int, retry_after_seconds: int) -> Answer:
        """Its error object; it knows no 202."""
        if status == 429:
            answer = errors.stripe("Too many requests", 429, code="rate_limit").answer
            return Answer(429, answer.body, {**answer.headers, "Retry-After": str(retry_after_seconds)})
        return errors.stripe("Something went wrong on our side", 500, kind="api_error").answer

    def notice(
        self,
        payment: Payment,
        happening: Happening,
        refund: Refund | None,
    ) -> tuple[str, bytes] | None:
        """An event, with the whole object in it."""
        name = EVENTS.get(happening)
        if name is None:
            return None
        about: dict[str, Any] = session_shown(payment)
        if happening == "refunded":
            about = charge_shown(payment)
        elif happening == "refund_failed" and refund is not None:
            about = refund_shown(refund, payment)
        elif name.startswith("charge.dispute."):
            about = dispute_shown(payment.details["disputes"][-1], payment)
        if happening == "paid" and payment.details.get("was_processing"):
            name = "checkout.session.async_payment_succeeded"
        event = {
            "id": f"evt_{uuid.uuid4().hex[:24]}",
            "object": "event",
            "api_version": API_VERSION,
            "created": int(self._lifecycle.now()),
            "type": name,
            "livemode": False,
            "pending_webhooks": 1,
            "data": {"object": about},
        }
        return name, json.dumps(event, ensure_ascii=False).encode()

    def forged(self, body: bytes) -> bytes:
        """The signature is in a header."""
        return body

    def seal(self, body: bytes, *, forged: bool) -> dict[str, str]:
        """Signed as it is sent: a receiver refuses what was signed more than five minutes ago."""
        at = int(time.time())
        secret = "whsec_a_guess" if forged else WEBHOOK_SECRET
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": f"t={at},v1={signature(body, at, secret)}",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }

    def takes_in_two_stages(self, payment: Payment) -> bool:  # noqa: ARG002
        """Never here."""
        return False

    def return_url(self, payment: Payment) -> str:
        """The page of success, or of giving up, with the session's id where it is wanted."""
        details = payment.details
        went_well = payment.status in ("paid", "processing")
        url = str((None if went_well else details["cancel_url"]) or details["success_url"])
        return url.replace("{CHECKOUT_SESSION_ID}", payment.id)


def signature(body: bytes, at: int, secret: str) -> str:
    """What stands behind `v1=`."""
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def check_key(call: Call) -> None:
    """Refuse a call without our key; it comes as a bearer, or as the user of Basic."""
    kind, _, given = call.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            given = base64.b64decode(given).decode().partition(":")[0]
        except ValueError:
            given = ""
    if not given:
        raise errors.stripe(
            "You did not provide an API key. You need to provide your API key in the Authorization header,"
            " using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            401,
        )
    if not hmac.compare_digest(given.encode(), SECRET_KEY.encode()):
        shown = given if len(given) < 12 else f"{given[:8]}{'*' * (len(given) - 12)}{given[-4:]}"
        raise errors.stripe(f"Invalid API Key provided: {shown}", 401)
