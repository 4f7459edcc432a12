"""Who there is in a demo of the shop."""

from mailroom.actors.hosting.demo_person import DemoPerson

OWNER_ID = 7003
"""Мария: people of the chat page are numbered from 7001."""
SUPPLIER_CHAT_ID = 7004
"""Chloe, who is told what was sold."""
PEOPLE = (
    DemoPerson(
        7001,
        "Анна",
        "ru",
        "customer",
        "Buys here. Press Start, choose something and pay: the payment page is simulated, too.",
    ),
    DemoPerson(
        7002,
        "Ben",
        "en",
        "friend",
        "Comes by a friend's link: press the one in Анна's /friends. What he buys earns her a bonus.",
    ),
    DemoPerson(
        OWNER_ID,
        "Мария",
        "ru",
        "owner",
        "Owns the shop. Press Start, then write /admin: figures, orders, products, stock, broadcasts.",
    ),
    DemoPerson(
        SUPPLIER_CHAT_ID,
        "Chloe",
        "en",
        "supplier",
        "Supplies part of the goods. Press Start once; whenever one of hers is sold, she is told so here.",
    ),
)
