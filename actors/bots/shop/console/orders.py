"""Orders of a shop in the console: found, shown whole, given back, and what customers have said of them."""

from typing import Any, Literal

from pydantic import Field

from mailroom.actors.bots.shop import complaints, owner_orders
from mailroom.actors.bots.shop.complaints import COMPLAINT_CHARS_MAX
from mailroom.actors.bots.shop.console.acting import EN, in_words
from mailroom.actors.bots.shop.console.asked import Most, Newest, Number, OfOrder
from mailroom.actors.bots.shop.domain.order import Status
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.owner_complaints import answer, close
from mailroom.actors.bots.shop.owner_orders import SEARCH_CHARS_MAX
from mailroom.actors.bots.shop.owner_refund import refund
from mailroom.actors.bots.shop.owner_replace import replace
from mailroom.actors.bots.shop.roles import OWNERS, WORKERS
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.console import Said, actor
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.pages.ask import Ask, Asked
from mailroom.actors.pages.visit import Visit
from mailroom.actors.texts.language import Language

FINDS = "a number, a customer's id, or what is in a name or contact"


class Which(Asked):
    """Which orders: of a number, a customer's id, or with this in the customer's name or contact."""

    find: str = Field("", max_length=SEARCH_CHARS_MAX, description=FINDS)
    status: Literal[Status, ""] = ""
    most: Most = 20


class Refund(OfOrder):
    """Give an order's money back; `goods_back` where nobody has seen the goods."""

    goods_back: bool = Field(False, description="the goods into stock, which nobody has seen")


class Told(OfOrder):
    """What the customer of an order is told."""

    text: str = Field(min_length=1, max_length=COMPLAINT_CHARS_MAX)


class OfItem(OfOrder):
    """Which item of an order."""

    item: Number


@in_words
async def look_at_orders(room: Room[Options], _visit: Visit, asked: Which) -> Any:
    """Those that fit, newest first."""
    return await owner_orders.find_orders(
        room.database, room.bot, asked.find, asked.status or None, asked.most
    )


@in_words
async def look_at_order(room: Room[Options], _visit: Visit, asked: OfOrder) -> Any:
    """One of them, whole."""
    return await owner_orders.open_order(room.database, room.bot, asked.number)


@in_words
async def look_at_complaints(room: Room[Options], _visit: Visit, asked: Newest) -> Any:
    """Those that wait for an answer."""
    return await complaints.waiting_complaints(room.database, room.bot, asked.most)


@in_words
async def refund_order(room: Room[Options], visit: Visit, asked: Refund) -> Said:
    """Have an order's money go back."""
    by = actor(visit, "refund", str(asked.number))
    outcome = await refund(room, by, asked.number, goods_back=asked.goods_back)
    words = EN.orders.refund_to_balance if outcome["to_balance"] else EN.orders.refund_to_payer
    total = format_money(outcome["amount_minor"], outcome["currency"], Language("en"))
    return {"says": words(total=total, number=asked.number), **outcome}


@in_words
async def answer_customer(room: Room[Options], visit: Visit, asked: Told) -> Said:
    """Have a customer told something about an order."""
    by = actor(visit, "answer", str(asked.number))
    await answer(room, by, asked.number, asked.text)
    return {"says": f"The customer of order {asked.number} is told."}


@in_words
async def close_complaint(room: Room[Options], visit: Visit, asked: OfOrder) -> Said:
    """Have nothing wait for an answer any more."""
    closed = await close(room, actor(visit, "close", str(asked.number)), asked.number)
    return {"says": f"Order {asked.number}: {'closed' if closed else 'nothing was waiting'}."}


@in_words
async def replace_item(room: Room[Options], visit: Visit, asked: OfItem) -> Said:
    """Give a customer another item."""
    by = actor(visit, "replace", f"{asked.number}:{asked.item}")
    outcome = await replace(room, by, asked.number, asked.item)
    return {"says": EN.orders.replaced(product=outcome["product"]), **outcome}


ASKS = (
    Ask("GET", "/orders", Which, look_at_orders, WORKERS,
        says="Orders, newest first."),
    Ask("GET", "/orders/{number}", OfOrder, look_at_order, WORKERS,
        says="One order: who, what, paid how, and the jobs that are left of it."),
    Ask("GET", "/complaints", Newest, look_at_complaints, WORKERS,
        says="Problems with orders that wait for an answer, who has waited longest first."),
    Ask("POST", "/orders/{number}/refund", Refund, refund_order, OWNERS,
        says="Give an order's money back."),
    Ask("POST", "/orders/{number}/answer", Told, answer_customer, WORKERS,
        says="Write to the customer of an order, as to a problem with it."),
    Ask("POST", "/orders/{number}/close", OfOrder, close_complaint, WORKERS,
        says="Let a problem with an order wait for no answer; the customer is not told."),
    Ask("POST", "/orders/{number}/items/{item}/replace", OfItem, replace_item, OWNERS,
        says="Give the customer another one from stock in place of an item that does not work."),
)  # fmt: skip
