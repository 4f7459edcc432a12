"""What a visitor tells the shop is wrong with an order."""

from structlog import get_logger

from mailroom.actors.bots.shop.complaints import complain, tidy
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.page.asked import Complaint
from mailroom.actors.bots.shop.page.shown import Json
from mailroom.actors.bots.shop.page.visits import keyed, own, show, user_of
from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.visit import Visit

log = get_logger("mailroom.mini_app")


async def complaint(room: Room[Options], visit: Visit, asked: Complaint) -> Json:
    """Tell the owners what is wrong with an order of the visitor's; the order with what was said."""
    order = await own(room, visit, asked.number)
    if not tidy(asked.text):
        raise Problem("malformed", "bad", fields=["text: must have something to read in it"])
    taken = await complain(room, keyed(visit), order, asked.text)
    if taken != "taken":
        raise Problem("many_complaints" if taken == "too_many" else "no_complaint")
    log.info("mini_app_complaint", bot=room.bot, user=user_of(visit), order=order.number)
    return await show(room, visit, order)
