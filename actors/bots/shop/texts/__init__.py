"""All the shop says, in a folder for each language and a file for each part of a customer's way.

Texts of messages are HTML and take escaped values; texts of pop-ups (`*_popup`) are plain and take raw ones.
A further language is a folder of such files.
"""

from pathlib import Path

from mailroom.actors.bots.shop.texts.cart import CartTexts
from mailroom.actors.bots.shop.texts.catalogue import CatalogueTexts
from mailroom.actors.bots.shop.texts.complaints import ComplaintTexts
from mailroom.actors.bots.shop.texts.consultant import ConsultantTexts
from mailroom.actors.bots.shop.texts.form import FormTexts
from mailroom.actors.bots.shop.texts.friends import FriendsTexts
from mailroom.actors.bots.shop.texts.menu import MenuTexts
from mailroom.actors.bots.shop.texts.news import NewsTexts
from mailroom.actors.bots.shop.texts.notices import NoticeTexts
from mailroom.actors.bots.shop.texts.orders import OrderTexts
from mailroom.actors.bots.shop.texts.page import PageTexts
from mailroom.actors.bots.shop.texts.policies import PolicyTexts
from mailroom.actors.bots.shop.texts.problems import ProblemTexts
from mailroom.actors.bots.shop.texts.settings import SettingsTexts
from mailroom.actors.bots.shop.texts.statuses import Statuses
from mailroom.actors.kit.erasure.texts import ERASURE_FOLDER, ErasureTexts
from mailroom.actors.kit.speech.languages import LANGUAGE_FOLDER, LanguageTexts
from mailroom.actors.texts import declared
from mailroom.actors.texts.reading import read_texts

__all__ = ["ERASURE_TEXTS", "FOLDER", "LANGUAGE_TEXTS", "TEXTS", "Texts"]

FOLDER = Path(__file__).parent


class Texts(declared.Texts):
    """What the shop says in one language; the fields follow a customer's way through it."""

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
    statuses: Statuses
    consultant: ConsultantTexts
    problems: ProblemTexts
    page: PageTexts
    notices: NoticeTexts


TEXTS = read_texts(Texts, FOLDER, default="en")
ERASURE_TEXTS = read_texts(ErasureTexts, ERASURE_FOLDER, default="en", theme="erasure", over=FOLDER)
LANGUAGE_TEXTS = read_texts(LanguageTexts, LANGUAGE_FOLDER, default="en", theme="languages", over=FOLDER)
