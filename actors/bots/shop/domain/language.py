"""Which language a customer is served in, and how that language counts things."""

from enum import StrEnum


class Language(StrEnum):
    """The languages the shop speaks; the value is what the order row stores."""

    RU = "ru"
    EN = "en"


def other(language: str) -> Language:
    """The language the switch button offers."""
    return Language.EN if language == "ru" else Language.RU


def choose_language(chosen: object, telegram_code: str | None) -> Language:
    """What the customer chose in the chat; else Russian for a Russian Telegram, English for all others."""
    if chosen in list(Language):
        return Language(str(chosen))
    primary = (telegram_code or "").lower().replace("_", "-").split("-")[0]
    return Language.RU if primary == "ru" else Language.EN


def plural(language: Language, count: int, forms: tuple[str, ...]) -> str:
    """Pick the form that goes with a count: (товар, товара, товаров) in Russian, (item, items) in English."""
    if language == "en":
        return forms[0] if count == 1 else forms[1]
    tens, ones = count // 10 % 10, count % 10
    if tens == 1 or ones == 0 or ones >= 5:
        return forms[2]
    return forms[0] if ones == 1 else forms[1]
