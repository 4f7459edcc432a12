"""What YooKassa checks in a request before anything happens, the fiscal receipt (54-FZ) included.

Limits from the docstrings of the `yookassa` package 3.13; that a receipt's items have unit prices and must
add up to the amount is from experience, and stands in no reference.
"""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from . import errors

LEAST_MINOR, MOST_MINOR = 1_00, 700_000_00
"""Of a payment in roubles: the least of all methods, and the greatest (SBP's), by yookassa.ru/developers."""
AMOUNT = re.compile(r"\d{1,12}\.\d{2}")
CURRENCY = re.compile(r"[A-Z]{3}")
PHONE = re.compile(r"\d{7,15}")
DESCRIPTION_CHARS_MAX = 128
METADATA_KEYS_MAX, METADATA_KEY_CHARS_MAX, METADATA_VALUE_CHARS_MAX = 16, 32, 512
RETURN_URL_CHARS_MAX = 2048
VAT_CODES = range(1, 13)
"""11 and 12 came with the rate of 22 % in 2026."""


def minor(amount: Any, parameter: str) -> int:
    """An amount in minor units: a positive decimal with two places, in a string."""
    if not isinstance(amount, dict):
        raise errors.yookassa("invalid_request", "An amount is missing", parameter)
    value, currency = amount.get("value"), amount.get("currency")
    if not isinstance(value, str) or not AMOUNT.fullmatch(value) or value == "0.00":
        raise errors.yookassa(
            "invalid_request", "An amount is a string with two places, like 1490.00", f"{parameter}.value"
        )
    if not isinstance(currency, str) or not CURRENCY.fullmatch(currency):
        raise errors.yookassa("invalid_request", "A currency has three letters", f"{parameter}.currency")
    return int(value.replace(".", ""))


def check_payment(body: dict[str, Any]) -> None:
    """Everything a payment may and must say."""
    amount_minor = minor(body.get("amount"), "amount")
    if body["amount"]["currency"] == "RUB" and not LEAST_MINOR <= amount_minor <= MOST_MINOR:
        raise errors.yookassa(
            "invalid_request", "The amount is not within the limits of the payment methods", "amount.value"
        )
    description = body.get("description")
    if description is not None and not (
        isinstance(description, str) and len(description) <= DESCRIPTION_CHARS_MAX
    ):
        raise errors.yookassa("invalid_request", f"At most {DESCRIPTION_CHARS_MAX} characters", "description")
    check_metadata(body)
    confirmation = body.get("confirmation")
    if not isinstance(confirmation, dict) or confirmation.get("type") != "redirect":
        raise errors.yookassa("invalid_request", "This simulator knows redirect only", "confirmation.type")
    return_url = confirmation.get("return_url")
    if not isinstance(return_url, str) or not 1 <= len(return_url) <= RETURN_URL_CHARS_MAX:
        raise errors.yookassa(
            "invalid_request", "Where is the payer to come back to?", "confirmation.return_url"
        )
    if body.get("receipt") is not None:
        check_receipt(body["receipt"], amount_minor)


def check_metadata(body: dict[str, Any]) -> None:
    """What the merchant wants to be kept."""
    metadata = body.get("metadata") or {}
    if not isinstance(metadata, dict) or len(metadata) > METADATA_KEYS_MAX:
        raise errors.yookassa("invalid_request", f"At most {METADATA_KEYS_MAX} keys", "metadata")
    for key, value in metadata.items():
        if len(key) > METADATA_KEY_CHARS_MAX or len(str(value)) > METADATA_VALUE_CHARS_MAX:
            raise errors.yookassa("invalid_request", "A key or a value is too long", f"metadata.{key}")


def check_receipt(receipt: Any, amount_minor: int) -> None:
    """A customer who can be reached, and items that add up to the amount."""
    if not isinstance(receipt, dict):
        raise errors.yookassa("invalid_request", "A receipt is an object", "receipt")
    customer = receipt.get("customer") or {}
    email, phone = (
        customer.get("email") or receipt.get("email"),
        customer.get("phone") or receipt.get("phone"),
    )
    if not (isinstance(email, str) and "@" in email) and not PHONE.fullmatch(str(phone or "")):
        raise errors.yookassa("invalid_request", "An email or a phone number in digits", "receipt.customer")
    items = receipt.get("items")
    if not isinstance(items, list) or not items:
        raise errors.yookassa("invalid_request", "A receipt has items", "receipt.items")
    total = Decimal(0)
    for number, item in enumerate(items):
        where = f"receipt.items.{number}"
        description = item.get("description") if isinstance(item, dict) else None
        if not isinstance(description, str) or not 1 <= len(description) <= DESCRIPTION_CHARS_MAX:
            raise errors.yookassa("invalid_request", "1 to 128 characters", f"{where}.description")
        if item.get("vat_code") not in VAT_CODES:
            raise errors.yookassa("invalid_request", "A code from 1 to 12", f"{where}.vat_code")
        try:
            quantity = Decimal(str(item.get("quantity")))
        except InvalidOperation:
            raise errors.yookassa("invalid_request", "A decimal number", f"{where}.quantity") from None
        if not quantity.is_finite() or quantity <= 0:
            raise errors.yookassa("invalid_request", "More than nothing", f"{where}.quantity")
        total += quantity * minor(item.get("amount"), f"{where}.amount")
    if round(total) != amount_minor:
        raise errors.yookassa("invalid_request", "The items do not add up to the amount", "receipt.items")


def number(given: str | None, default: int, highest: int, parameter: str) -> int:
    """A whole number of a query string."""
    if not given:
        return default
    if not given.isdecimal() or not 1 <= int(given) <= highest:
        raise errors.yookassa("invalid_request", f"A whole number from 1 to {highest}", parameter)
    return int(given)


def moment(given: str | None) -> float:
    """A moment of a query string, as seconds since 1970."""
    if not given:
        return 0.0
    try:
        return datetime.fromisoformat(given).timestamp()
    except ValueError:
        raise errors.yookassa(
            "invalid_request", "A moment like 2026-11-20T09:14:03.511Z", "created_at.gte"
        ) from None
