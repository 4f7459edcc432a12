"""Prices as owners write them: read exactly, or not at all."""

import re

from mailroom.actors.kit.owners.faults import PriceFault
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.actors.providers.payments import MINOR_DIGITS, MINOR_DIGITS_DEFAULT, Money
from mailroom.actors.providers.sums import step_of

PRICE_MINOR_MAX = 10**12
"""Ten thousand million roubles: more is a slip of the finger, and ten lines of it still fit a bigint."""
PRICE = re.compile(r"(?P<whole>[0-9]{1,13}|[0-9]{1,3}(?: [0-9]{3}){1,4})(?:[.,](?P<cents>[0-9]{1,9}))?")
"""`1490`, `1 490,50`, `1490.5`. A comma or point is always the decimal one: `1,490` would be another sum."""
SPACES = re.compile(r"[\u00a0\u2007\u2009\u202f]")
"""What spreadsheets put between thousands."""
CURRENCY = re.compile(r"[A-Z]{3}")


def parse_price(text: str, currency: str) -> int:
    """A price in minor units of its currency. Raises `OwnerError` rather than round or guess."""
    match = PRICE.fullmatch(SPACES.sub(" ", text.strip()))
    if match is None:
        raise refuse(PriceFault.BAD_PRICE, price=text.strip()[:40])
    cents = match["cents"] or ""
    digits = MINOR_DIGITS.get(currency, MINOR_DIGITS_DEFAULT)
    if len(cents) > digits:  # zeros as well: `1,490` may have been meant as a thousand
        raise refuse(PriceFault.TOO_MANY_DECIMALS, price=text.strip(), currency=currency, digits=digits)
    number = match["whole"].replace(" ", "") + (f".{cents}" if cents else "")
    amount_minor = Money.parse(number, currency).amount_minor
    if amount_minor % step_of(currency):
        step = Money(step_of(currency), currency).decimal
        raise refuse(PriceFault.PRICE_OFF_STEP, price=text.strip(), currency=currency, step=step)
    if not 1 <= amount_minor <= PRICE_MINOR_MAX:
        raise refuse(PriceFault.PRICE_OUT_OF_RANGE, price=text.strip())
    return amount_minor


def parse_currency(text: str) -> str:
    """A currency's code. Raises `OwnerError`."""
    code = text.strip().upper()
    if CURRENCY.fullmatch(code) is None:
        raise refuse(PriceFault.BAD_CURRENCY, currency=text.strip()[:20])
    return code
