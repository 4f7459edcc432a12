"""What a customer sees: a text in HTML and the buttons below it. Pure: the same facts make the same screen.

All that comes from people or the catalogue is escaped here, and only here. Every button has a handler; what
would do nothing is left out.
"""

from mailroom.actors.bots.shop.screens.basket import ask_promo, cart
from mailroom.actors.bots.shop.screens.catalogue import categories, category_page, product_card
from mailroom.actors.bots.shop.screens.complaints import (
    answered,
    ask_complaint,
    complaint_left,
    complaint_taken,
)
from mailroom.actors.bots.shop.screens.form import ask_comment, ask_contact, summary
from mailroom.actors.bots.shop.screens.friends import friends as friends_page
from mailroom.actors.bots.shop.screens.friends import leaderboard
from mailroom.actors.bots.shop.screens.home import Front, greeting, help_page, menu
from mailroom.actors.bots.shop.screens.languages import languages_page
from mailroom.actors.bots.shop.screens.news import bonus, expired, receipt, refunded, refunding
from mailroom.actors.bots.shop.screens.orders import order_page, order_placed, pay_page
from mailroom.actors.bots.shop.screens.orders import orders as orders_page
from mailroom.actors.bots.shop.screens.settings import news_switch, settings

__all__ = [
    "Front", "answered", "ask_comment", "ask_complaint", "ask_contact",
    "ask_promo", "bonus", "cart", "categories", "category_page", "complaint_left", "complaint_taken",
    "expired", "friends_page", "greeting", "help_page", "languages_page", "leaderboard", "menu",
    "news_switch", "order_page", "order_placed", "orders_page", "pay_page", "product_card",
    "receipt", "refunded", "refunding", "settings", "summary",
]  # fmt: skip
