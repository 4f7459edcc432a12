"""Payments in chats: an invoice, the ten seconds to agree to it, and the refund of stars."""

import time
from typing import Any

from mailroom.ops.simulators.telegram.arguments import Args, flag, integer, structure, text
from mailroom.ops.simulators.telegram.chats import Json
from mailroom.ops.simulators.telegram.errors import bad_request

from .call import Call, deliver, method, target_chat

PAYLOAD_BYTES_MAX = 128
SUBSCRIPTION_SECONDS = 2_592_000
LINKS_MAX = 10_000
TRANSACTIONS_AT_ONCE_MAX = 100


def _invoice(args: Args) -> tuple[Json, Json]:
    """Return the invoice as shown in a message, and all of it for the checkout."""
    title, description, payload = (text(args, name) for name in ("title", "description", "payload"))
    if not 1 <= len(title) <= 32:
        raise bad_request("INVOICE_TITLE_INVALID")
    if not 1 <= len(description) <= 255:
        raise bad_request("INVOICE_DESCRIPTION_INVALID")
    if not 1 <= len(payload.encode()) <= PAYLOAD_BYTES_MAX:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    currency = text(args, "currency").upper()
    if len(currency) != 3:
        raise bad_request("CURRENCY_INVALID")
    total = _total(structure(args, "prices"), currency)
    if currency != "XTR" and not text(args, "provider_token"):
        raise bad_request("PAYMENT_PROVIDER_INVALID")
    shown = {
        "title": title,
        "description": description,
        "start_parameter": text(args, "start_parameter"),
        "currency": currency,
        "total_amount": total,
    }
    return shown, {**shown, "payload": payload, "is_flexible": flag(args, "is_flexible")}


def _total(prices: Any, currency: str) -> int:
    if not isinstance(prices, list) or not prices:
        raise bad_request("can't parse prices: expected a non-empty Array")
    if currency == "XTR" and len(prices) != 1:
        raise bad_request("STARS_INVOICE_INVALID")
    try:
        total = sum(int(price["amount"]) for price in prices)
    except (KeyError, TypeError, ValueError):
        raise bad_request('can\'t parse labeled price: field "amount" must be of type Number') from None
    if total <= 0:
        raise bad_request("INVOICE_TOTAL_AMOUNT_INVALID")
    return total


@method("sendInvoice")
def send_invoice(call: Call) -> Json:
    """A message with a Pay button; without a keyboard of its own it gets one."""
    chat = target_chat(call)
    shown, whole = _invoice(call.args)
    markup = structure(call.args, "reply_markup")
    first = (markup or {}).get("inline_keyboard") or [[]]
    if first[0] and not first[0][0].get("pay"):
        raise bad_request("BUTTON_TYPE_INVALID")
    if not first[0]:
        call.args["reply_markup"] = {"inline_keyboard": [[{"text": _pay_label(shown), "pay": True}]]}
    message = deliver(call, chat, {"invoice": shown})
    call.bot.invoices[f"{chat.info['id']}/{message['message_id']}"] = whole
    _forget_old(call)
    return message


@method("createInvoiceLink")
def create_invoice_link(call: Call) -> str:
    """An address at which anybody can pay."""
    _, whole = _invoice(call.args)
    period = integer(call.args, "subscription_period", 0)
    if period not in (0, SUBSCRIPTION_SECONDS):
        raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
    slug = f"sim{call.simulation.new_id()}"
    call.bot.invoices[slug] = whole
    _forget_old(call)
    return f"https://t.me/${slug}"


@method("answerPreCheckoutQuery")
def answer_pre_checkout_query(call: Call) -> bool:
    """Agree to a payment or say why not; after ten seconds the payment has failed already."""
    agreed = flag(call.args, "ok")
    reason = text(call.args, "error_message")
    if not agreed and not reason:
        raise bad_request("error message must be non-empty")
    query_id = text(call.args, "pre_checkout_query_id")
    query = call.bot.answer(query_id, ("pre_checkout_query",), call.simulation.clock())
    done = query.context.get("done")
    if done is not None:
        done(agreed, reason)
    return True


@method("answerShippingQuery")
def answer_shipping_query(call: Call) -> bool:
    """Offer ways of shipping; noted, the simulated user asks for none."""
    call.bot.answer(text(call.args, "shipping_query_id"), ("shipping_query",), call.simulation.clock())
    return True


@method("refundStarPayment")
def refund_star_payment(call: Call) -> bool:
    """Give stars back, once."""
    charge_id = text(call.args, "telegram_payment_charge_id")
    payment = call.bot.payments.get(charge_id)
    if payment is None or payment["user_id"] != integer(call.args, "user_id"):
        raise bad_request("CHARGE_NOT_FOUND")
    if payment["refunded"]:
        raise bad_request("CHARGE_ALREADY_REFUNDED")
    payment["refunded"] = True
    payment["refunded_at"] = int(time.time())
    return True


@method("getStarTransactions")
def get_star_transactions(call: Call) -> Json:
    """Stars that came and stars that went back, in the order of time."""
    offset, limit = integer(call.args, "offset", 0), integer(call.args, "limit", 100)
    if not 1 <= limit <= TRANSACTIONS_AT_ONCE_MAX or offset < 0:
        raise bad_request("limit must be between 1 and 100" if offset >= 0 else "offset must be non-negative")
    found: list[Json] = []
    for charge_id, payment in call.bot.payments.items():
        if payment["currency"] != "XTR":
            continue
        partner = {
            "type": "user",
            "transaction_type": "invoice_payment",
            "user": call.bot.book.user(payment["user_id"]),
            "invoice_payload": payment["payload"],
        }
        one = {"id": charge_id, "amount": payment["amount"]}
        found.append({**one, "date": payment["paid_at"], "source": partner})
        if payment["refunded"]:
            found.append({**one, "date": payment["refunded_at"], "receiver": partner})
    found.sort(key=lambda one: one["date"])
    return {"transactions": found[offset : offset + limit]}


def _pay_label(invoice: Json) -> str:
    amount, currency = invoice["total_amount"], invoice["currency"]
    return f"Pay ⭐{amount}" if currency == "XTR" else f"Pay {amount / 100:.2f} {currency}"


def _forget_old(call: Call) -> None:
    while len(call.bot.invoices) > LINKS_MAX:
        del call.bot.invoices[next(iter(call.bot.invoices))]
