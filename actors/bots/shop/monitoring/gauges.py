"""How a shop stands: what is sold out, and who waits for goods, for money or for an answer."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from prometheus_client import Gauge

from mailroom.actors.bots.shop.checkout import PURPOSE
from mailroom.actors.bots.shop.jobs.kinds import TELL_SUPPLIER
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.hosting.measure import Measure
from mailroom.actors.hosting.room import Room
from mailroom.actors.metrics import child
from mailroom.actors.paying.kinds import REFUND
from mailroom.actors.paying.ways import Ways
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("gauges.sql"))

LATE_SECONDS = 300.0
"""A paid order is delivered in seconds; one that has waited for longer than this needs somebody."""
REFUND_STATES = ("pending", "refused", "dead", "disputed")
"""Under way; refused before, and tried again by itself; tried no more; left to the payer's bank to decide."""

ON_SALE = Gauge("mailroom_shop_products_on_sale", "Products that customers see", ["bot"])
SOLD_OUT = Gauge("mailroom_shop_products_sold_out", "Products on sale of which none is left", ["bot"])
UNDELIVERED = Gauge(
    "mailroom_shop_orders_undelivered",
    f"Orders that were paid more than {LATE_SECONDS / 60:.0f} minutes ago and are not delivered",
    ["bot"],
)
UNDELIVERED_AGE = Gauge(
    "mailroom_shop_undelivered_age_seconds", "How long ago the oldest of these orders was paid", ["bot"]
)
UNPAYABLE = Gauge(
    "mailroom_shop_orders_unpayable",
    "Orders that wait for a payment which no payment account takes; 0 for a shop that is paid by hand",
    ["bot"],
)
REFUNDS = Gauge("mailroom_shop_refunds_waiting", "Refunds to customers that are not over", ["bot", "state"])
REFUND_AGE = Gauge("mailroom_shop_refund_age_seconds", "How long the oldest of them waits", ["bot", "state"])
COMPLAINTS = Gauge("mailroom_shop_complaints_open", "Problems with orders that wait for an answer", ["bot"])
COMPLAINT_AGE = Gauge(
    "mailroom_shop_complaint_age_seconds", "How long the oldest of them waits for it", ["bot"]
)
SILENT = Gauge(
    "mailroom_shop_suppliers_untold", "Suppliers whom we tried in vain to tell of what was sold", ["bot"]
)

OF_THE_BOT = {
    "on_sale": ON_SALE,
    "sold_out": SOLD_OUT,
    "undelivered": UNDELIVERED,
    "undelivered_seconds": UNDELIVERED_AGE,
    "unpayable": UNPAYABLE,
    "complaints": COMPLAINTS,
    "complaint_seconds": COMPLAINT_AGE,
    "suppliers": SILENT,
}
"""By the names of the numbers below."""


def measure(room: Room[Options]) -> Measure:
    """What is counted of one shop."""
    bot = room.bot
    gauges = {name: child(gauge, bot) for name, gauge in OF_THE_BOT.items()}
    for state in REFUND_STATES:
        gauges |= {f"{state} refunds": child(REFUNDS, bot, state)}
        gauges |= {f"{state} refund_seconds": child(REFUND_AGE, bot, state)}
    ways, options = Ways(room.payments), room.options
    return Measure(gauges, partial(count, room, ways, by_hand=options.payments == ()))


async def count(room: Room[Options], ways: Ways, *, by_hand: bool) -> Mapping[str, float]:
    """The numbers of a shop. `by_hand`: its owner takes the money without payment accounts."""
    source, bot = room.database, room.bot
    row = await source.fetchrow(
        SQL["counts"], bot, LATE_SECONDS, TELL_SUPPLIER.queue.of(bot), TELL_SUPPLIER.name
    )
    assert row is not None, "aggregates have a row"
    numbers: dict[str, float] = {name: float(value) for name, value in row.items()}
    for state in REFUND_STATES:
        numbers |= {f"{state} refunds": 0.0, f"{state} refund_seconds": 0.0}
    for state, refunds, since in await source.fetch(SQL["refunds"], bot, PURPOSE, REFUND.name):
        waited = room.now() - room.clock.here(since)
        numbers |= {f"{state} refunds": refunds, f"{state} refund_seconds": waited.total_seconds()}
    awaited = [] if by_hand else await source.fetch(SQL["awaited"], bot)
    numbers["unpayable"] = sum(
        row["orders"] for row in awaited if not ways.offered(row["to_pay_minor"], row["currency"])
    )
    return numbers
