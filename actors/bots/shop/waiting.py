"""Orders as their own customer may see them: which are theirs, and for how long they wait for a payment."""

from pathlib import Path

from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.domain.quote import Quote
from mailroom.actors.bots.shop.order import find_order
from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("waiting.sql"))


async def own_order(source: Source, bot: str, user_id: int, number: int) -> Order | None:
    """An order by its number, if it is this customer's: numbers are easily guessed."""
    order = await find_order(source, number)
    return order if order is not None and (order.bot, order.user_id) == (bot, user_id) else None


async def minutes_left(source: Source, number: int) -> int | None:
    """For how many minutes an order still holds its goods unpaid, rounded up; None if it does not."""
    minutes: int | None = await source.fetchval(SQL["minutes_left"], number)
    return minutes


async def waiting_for(source: Source, bot: str, user_id: int, quote: Quote) -> int | None:
    """The number of a customer's order that waits for its payment and is what the quote of one line says."""
    [line] = quote.lines
    number: int | None = await source.fetchval(
        SQL["waiting_for"],
        bot,
        user_id,
        line.product.id,
        line.quantity,
        line.price_minor,
        quote.currency,
    )
    return number
