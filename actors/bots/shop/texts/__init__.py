"""All the shop says, in Russian and English, a file for each part of a customer's way.

Texts of messages are HTML and take escaped values; texts of pop-ups (`*_popup`) are plain and take raw ones.
Each field is spelled out in both languages, so a text missing in one of them is a type error.
"""

from dataclasses import dataclass
from pathlib import Path

from mailroom.actors.bots.shop.domain.language import Language, plural
from mailroom.actors.bots.shop.texts import (
    cart,
    catalogue,
    complaints,
    form,
    friends,
    menu,
    news,
    orders,
    policies,
)
from mailroom.actors.bots.shop.texts.cart import CartTexts
from mailroom.actors.bots.shop.texts.catalogue import CatalogueTexts
from mailroom.actors.bots.shop.texts.complaints import ComplaintTexts
from mailroom.actors.bots.shop.texts.form import FormTexts
from mailroom.actors.bots.shop.texts.friends import FriendsTexts
from mailroom.actors.bots.shop.texts.menu import MenuTexts
from mailroom.actors.bots.shop.texts.news import NewsTexts
from mailroom.actors.bots.shop.texts.orders import OrderTexts
from mailroom.actors.bots.shop.texts.policies import PolicyTexts
from mailroom.actors.bots.shop.texts.settings import SettingsTexts
from mailroom.actors.texts.reading import read_texts

__all__ = ["ENGLISH", "RUSSIAN", "TEXTS", "Texts"]


@dataclass(frozen=True, kw_only=True)
class Texts:
    """What the shop says in one language; the fields follow a customer's way through it."""

    language: Language
    menu: MenuTexts
    catalogue: CatalogueTexts
    cart: CartTexts
    form: FormTexts
    orders: OrderTexts
    complaints: ComplaintTexts
    news: NewsTexts
    friends: FriendsTexts
    settings: SettingsTexts
    policies: PolicyTexts

    def items(self, count: int) -> str:
        """A count of goods in words: `3 товара`, `3 items`."""
        return f"{count} {plural(self.language, count, self.orders.items_forms)}"

    def minutes(self, count: int) -> str:
        """How long, after a verb: `на 21 минуту`, `for 21 minutes`."""
        return f"{count} {plural(self.language, count, self.orders.minutes_forms)}"

    def count_orders(self, count: int) -> str:
        """A count of orders in words: `3 заказа`, `3 orders`."""
        return f"{count} {plural(self.language, count, self.friends.orders_forms)}"

    def missing(self, count: int) -> str:
        """How many lines left the cart because they are no longer sold."""
        return plural(self.language, count, self.cart.missing_forms).format(count=count)

    def provider(self, kind: str) -> str:
        """What people call a payment provider, by the kind of the account there."""
        return self.orders.providers.get(kind, kind.capitalize())


SETTINGS = read_texts(SettingsTexts, Path(__file__).parent, default="en", theme="settings")

RUSSIAN = Texts(
    language=Language.RU,
    menu=menu.RUSSIAN,
    catalogue=catalogue.RUSSIAN,
    cart=cart.RUSSIAN,
    form=form.RUSSIAN,
    orders=orders.RUSSIAN,
    complaints=complaints.RUSSIAN,
    news=news.RUSSIAN,
    friends=friends.RUSSIAN,
    settings=SETTINGS["ru"],
    policies=policies.RUSSIAN,
)

ENGLISH = Texts(
    language=Language.EN,
    menu=menu.ENGLISH,
    catalogue=catalogue.ENGLISH,
    cart=cart.ENGLISH,
    form=form.ENGLISH,
    orders=orders.ENGLISH,
    complaints=complaints.ENGLISH,
    news=news.ENGLISH,
    friends=friends.ENGLISH,
    settings=SETTINGS["en"],
    policies=policies.ENGLISH,
)

TEXTS = {Language.RU: RUSSIAN, Language.EN: ENGLISH}
