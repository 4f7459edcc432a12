"""Money as people read it; elsewhere it is always an integer of minor units and a currency code."""

from decimal import Decimal

from babel.core import Locale
from babel.numbers import format_currency, get_currency_symbol

from mailroom.actors.kit.speech.locales import locale_of
from mailroom.actors.providers.payments import MINOR_DIGITS, MINOR_DIGITS_DEFAULT

SYMBOLS = {"RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "KZT": "₸", "UAH": "₴", "KRW": "₩"}
NO_BREAK_SPACE = "\u00a0"  # keeps "1 490 ₽" on one line of a narrow phone
MINUS = "\N{MINUS SIGN}"


def format_money(amount_minor: int, currency: str, language: str) -> str:
    """Write an amount as the language does: `1 490 ₽`, `₽1,490`, `1.490 ₽`; cents appear only when there are
    any.
    """
    digits = MINOR_DIGITS.get(currency, MINOR_DIGITS_DEFAULT)
    whole, cents = divmod(abs(amount_minor), 10**digits)
    sign = MINUS if amount_minor < 0 else ""
    fraction = f"{cents:0{digits}d}" if cents else ""
    symbol = SYMBOLS.get(currency)
    if (locale := locale_of(language)) is not None:
        return _by_cldr(amount_minor, currency, digits if cents else 0, locale)
    if language == "ru":
        grouped = f"{whole:,}".replace(",", NO_BREAK_SPACE)
        number = f"{grouped},{fraction}" if fraction else grouped
        return f"{sign}{number}{NO_BREAK_SPACE}{symbol or currency}"
    number = f"{whole:,}.{fraction}" if fraction else f"{whole:,}"
    return f"{sign}{symbol}{number}" if symbol else f"{sign}{currency}{NO_BREAK_SPACE}{number}"


def _by_cldr(amount_minor: int, currency: str, shown: int, locale: Locale) -> str:
    pattern = str(locale.currency_formats["standard"].pattern)
    pattern = pattern.replace(".00", f".{'0' * shown}" if shown else "")
    amount = Decimal(amount_minor).scaleb(-MINOR_DIGITS.get(currency, MINOR_DIGITS_DEFAULT))
    written = format_currency(amount, currency, pattern, locale, currency_digits=False)
    symbol = SYMBOLS.get(currency, currency)
    return written.replace(get_currency_symbol(currency, locale), symbol).replace("-", MINUS)
