"""The shop as a page: what it asks. Prices, stock, orders and payments are only shown here."""

from pathlib import Path

from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.page.asked import (
    Complaint,
    OfGoods,
    OfOrder,
    OfPicture,
    OfPolicy,
    Ordered,
    Payment,
    Quoted,
)
from mailroom.actors.bots.shop.page.browsing import catalogue, picture, policy, start
from mailroom.actors.bots.shop.page.complaints import complaint
from mailroom.actors.bots.shop.page.ordering import order, quote
from mailroom.actors.bots.shop.page.own_orders import cancel, file, one, orders
from mailroom.actors.bots.shop.page.paying import pay
from mailroom.actors.bots.shop.page.words import IN_LANGUAGES
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.pages.ask import ANYONE, KNOWN, Allow, Ask, Asked
from mailroom.actors.pages.page import Page
from mailroom.actors.texts.data import as_data

ORDERS = Allow("orders", 10, 600.0)
"""An order holds goods that others want: nobody needs one a minute for long. While the shared count is away
each process counts by itself: how many orders a customer may have waiting is the database's to say.
"""

PAGE = Page[Options](
    files=Path(__file__).with_name("files"),
    enter=("telegram", "demo"),
    words=IN_LANGUAGES,
    texts=as_data(TEXTS, "page"),
    asks=[
        Ask("GET", "/start", Asked, start, KNOWN, says="Who is here, and all that is on sale."),
        Ask("GET", "/catalogue", Asked, catalogue, KNOWN, says="All that is on sale now."),
        Ask(
            "GET", "/pictures/{digest}", OfPicture, picture, ANYONE,
            says="What a product looks like. An `<img>` cannot say who asks.",
        ),
        Ask("GET", "/policies/{name}", OfPolicy, policy, KNOWN, says="Paragraphs of plain text."),
        Ask("POST", "/quote", Quoted, quote, KNOWN, changes=False, says="What a cart costs."),
        Ask("POST", "/orders", Ordered, order, KNOWN, keyed=True, allow=ORDERS, says="Order a cart."),
        Ask("GET", "/orders", Asked, orders, KNOWN, says="The last orders of the visitor."),
        Ask("GET", "/orders/{number}", OfOrder, one, KNOWN, says="One, with its goods once delivered."),
        Ask("POST", "/orders/{number}/pay", Payment, pay, KNOWN, says="Where to pay it."),
        Ask(
            "POST", "/orders/{number}/cancel", OfOrder, cancel, KNOWN,
            says="Give it up while it waits for its payment.",
        ),
        Ask(
            "POST", "/orders/{number}/complaint", Complaint, complaint, KNOWN, keyed=True,
            says="Tell the shop what is wrong with it.",
        ),
        Ask("GET", "/orders/{number}/goods/{place}", OfGoods, file, KNOWN, says="A file that was bought."),
    ],
)  # fmt: skip
