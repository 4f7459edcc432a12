"""The shop's section of the console: what those who run it see, and what they do.

What is done is written to the shop's own log, with who did it and why, in the transaction that does it.
"""

from pathlib import Path

from mailroom.actors.bots.shop.audience import AUDIENCE
from mailroom.actors.bots.shop.console import discounts, figures, goods, orders, stock
from mailroom.actors.bots.shop.console.acting import EN, in_words
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.roles import OWNERS
from mailroom.actors.kit.owners.broadcasts.asks import broadcast_asks
from mailroom.actors.pages.page import Section

SECTION: Section[Options] = Section(
    "Shop",
    Path(__file__).with_name("files"),
    [
        *figures.ASKS,
        *goods.ASKS,
        *stock.ASKS,
        *orders.ASKS,
        *discounts.ASKS,
        *broadcast_asks(AUDIENCE, OWNERS, in_words, EN.broadcasts),
    ],
)
