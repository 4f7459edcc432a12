"""What Stripe checks in the form of a session before anything happens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import errors
from .nested import FormError, listed

SESSION_FIELDS = frozenset(
    [
        "mode",
        "success_url",
        "cancel_url",
        "line_items",
        "client_reference_id",
        "metadata",
        "payment_intent_data",
        "customer_email",
        "expires_at",
        "locale",
        "payment_method_types",
        "submit_type",
        "billing_address_collection",
        "ui_mode",
        "expand",
    ]
)
THREE_DECIMALS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
"""Of their amounts the last digit has to be 0."""
LEAST = {
    **dict.fromkeys(("usd", "aud", "brl", "cad", "chf", "eur", "inr", "nzd", "sgd", "jpy"), 50),
    **dict.fromkeys(("aed", "myr", "pln", "ron"), 200),
    **dict.fromkeys(("nok", "sek"), 300),
    **dict.fromkeys(("mxn", "thb"), 1_000),
    "bgn": 100,
    "czk": 1_500,
    "dkk": 250,
    "gbp": 30,
    "hkd": 400,
    "huf": 17_500,
}
"""As docs.stripe.com/currencies has them; other currencies are held to that of the payout, unknown here."""
AMOUNT_MAX = 99_999_999
REFUND_FIELDS = frozenset({"payment_intent", "charge", "amount", "reason", "metadata", "expand"})
UPDATE_FIELDS = frozenset({"metadata", "expand"})
LIVES_SECONDS_MIN, LIVES_SECONDS_MAX = 30 * 60, 24 * 3600
CLOCK_SECONDS = 60
"""How far the merchant's clock may be from ours."""


@dataclass(frozen=True, slots=True)
class WantedSession:
    """A session that can be opened."""

    amount_minor: int
    currency: str
    description: str
    reference: str
    lives_seconds: float
    metadata: dict[str, str]
    intent_metadata: dict[str, str]
    lines: list[dict[str, Any]]
    """What it sells: name, quantity, unit_amount and currency of each line."""


def session(form: Mapping[str, Any], now: float) -> WantedSession:
    """Check everything; a mistake is refused with the name of its field."""
    only(form, SESSION_FIELDS)
    if form.get("mode") != "payment":
        raise errors.stripe("This simulator knows mode=payment only", param="mode")
    if not str(form.get("success_url", "")).startswith(("http://", "https://")):
        raise errors.stripe("Not a valid URL", code="url_invalid", param="success_url")
    amount_minor, currencies, names = 0, set(), []
    lines: list[dict[str, Any]] = []
    for number, item in enumerate(_list(form.get("line_items"), "line_items")):
        where = f"line_items[{number}]"
        price = item.get("price_data") if isinstance(item, dict) else None
        if not isinstance(price, dict):
            raise errors.stripe("This simulator knows price_data only", param=f"{where}[price_data]")
        quantity = whole(item.get("quantity"), f"{where}[quantity]")
        unit_amount = whole(price.get("unit_amount"), f"{where}[price_data][unit_amount]")
        amount_minor += quantity * unit_amount
        currency = str(price.get("currency", ""))
        if not (len(currency) == 3 and currency.isalpha() and currency.islower()):
            raise errors.stripe(f"Invalid currency: {currency}", param=f"{where}[price_data][currency]")
        currencies.add(currency)
        product = price.get("product_data")
        if not isinstance(product, dict) or not product.get("name"):
            raise errors.stripe("Missing required param", param=f"{where}[price_data][product_data][name]")
        name = str(product["name"])
        names.append(name)
        lines.append({"name": name, "quantity": quantity, "unit_amount": unit_amount, "currency": currency})
    if len(currencies) != 1:
        raise errors.stripe("All line items must have the same currency", param="line_items")
    check_amount(amount_minor, next(iter(currencies)))
    lives_seconds: float = LIVES_SECONDS_MAX
    if "expires_at" in form:
        lives_seconds = whole(form["expires_at"], "expires_at") - now
        if not LIVES_SECONDS_MIN - CLOCK_SECONDS <= lives_seconds <= LIVES_SECONDS_MAX + CLOCK_SECONDS:
            raise errors.stripe(
                "expires_at must be between 30 minutes and 24 hours from now", param="expires_at"
            )
    metadata = read_metadata(form.get("metadata"))
    intent = form.get("payment_intent_data") or {}
    reference = form.get("client_reference_id") or metadata.get("order_id") or ""
    return WantedSession(
        amount_minor,
        currencies.pop(),
        ", ".join(names),
        str(reference),
        lives_seconds,
        metadata,
        read_metadata(intent.get("metadata") if isinstance(intent, dict) else None),
        lines,
    )


def check_amount(amount: int, currency: str) -> None:
    """What a charge may come to, in Stripe's own units."""
    where = "line_items[0][price_data][unit_amount]"
    if currency in THREE_DECIMALS and amount % 10:
        raise errors.stripe(f"Invalid amount: in {currency} the last digit must be 0", param=where)
    if amount < LEAST.get(currency, 1):
        raise errors.stripe(
            f"The Checkout Session's total amount due must add up to at least {LEAST[currency]} {currency}",
            code="amount_too_small",
        )
    if amount > AMOUNT_MAX:
        raise errors.stripe("Amount must be no more than 99999999", code="amount_too_large", param=where)


def only(form: Mapping[str, Any], known: frozenset[str]) -> None:
    """Stripe refuses what it does not know."""
    for name in form:
        if name not in known:
            raise errors.stripe(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def whole(given: Any, param: str) -> int:
    """A positive whole number."""
    if not isinstance(given, str) or not given.isdecimal() or not 0 < int(given) < 10**12:
        raise errors.stripe(f"Invalid integer: {given}", code="parameter_invalid_integer", param=param)
    return int(given)


def _list(given: Any, param: str) -> list[Any]:
    try:
        found = listed(given or {})
    except FormError as error:
        raise errors.stripe(f"Invalid array: {error}", param=param) from None
    if not found:
        raise errors.stripe(f"Missing required param: {param}", code="parameter_missing", param=param)
    return found


def read_metadata(given: Any) -> dict[str, str]:
    """Names and values that a merchant hangs on a thing of Stripe's."""
    return {str(key): str(value) for key, value in given.items()} if isinstance(given, dict) else {}
