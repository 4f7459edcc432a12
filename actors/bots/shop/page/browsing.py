"""What a visitor sees before they choose: themselves, all that is on sale, and by which terms."""

from dataclasses import replace

from mailroom.actors.bots.shop.balance import balances
from mailroom.actors.bots.shop.catalog import assortment, list_categories
from mailroom.actors.bots.shop.customers import find_customer
from mailroom.actors.bots.shop.domain.cart import LINES_MAX, QUANTITY_MAX
from mailroom.actors.bots.shop.domain.referral import referrer_in
from mailroom.actors.bots.shop.funnel import tell
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.page.asked import OfPicture, OfPolicy
from mailroom.actors.bots.shop.page.customer import know
from mailroom.actors.bots.shop.page.shown import Json, shown_catalogue, shown_policy, shown_providers
from mailroom.actors.bots.shop.page.visits import language_of, ordering, user_of
from mailroom.actors.bots.shop.policies import POLICIES
from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.answer import File, Problem
from mailroom.actors.pages.ask import Asked
from mailroom.actors.pages.visit import Visit
from mailroom.actors.uses.files import Files


async def start(room: Room[Options], visit: Visit, _asked: Asked) -> Json:
    """What a page begins with: who is here, what there is to choose from, and all that is on sale.

    Until a language is chosen here, it is the one that the customer speaks with the bot.
    """
    user_id = user_of(visit)
    tell(room, "start", user_id, door="page")
    tell(room, "catalogue", user_id, door="page")
    customer = await find_customer(room.database, room.bot, user_id)
    if customer is not None and not visit.chosen:
        visit = replace(visit, language=customer.language)
    if customer is None and referrer_in(visit.start) is not None:
        await know(room, visit, None)
    name = visit.name or (customer.name if customer is not None else "")
    return {
        "visitor": {"id": user_id, "name": name, "demo": visit.demo},
        "language": visit.language,
        "contact": customer.contact if customer is not None else "",
        "balances": await balances(room.database, room.bot, user_id),
        "providers": shown_providers(ordering(room).ways.providers, language_of(visit)),
        "lines_max": LINES_MAX,
        "quantity_max": QUANTITY_MAX,
        "catalogue": await catalogue(room, visit, _asked),
    }


async def catalogue(room: Room[Options], visit: Visit, _asked: Asked) -> Json:
    """All that is on sale now."""
    language = language_of(visit)
    categories = await list_categories(room.database, language)
    return shown_catalogue(room.bot, categories, await assortment(room.database, language))


async def picture(room: Room[Options], _visit: Visit, asked: OfPicture) -> File:
    """What a product looks like."""
    found = await Files(room.database).get(asked.digest)
    if found is None:
        raise Problem("not_found", "absent")
    return File(found.content, found.type, inline=True, digest=found.digest)


async def policy(room: Room[Options], visit: Visit, asked: OfPolicy) -> Json:
    """The terms of sale, or what is kept of people, as the chat says it."""
    found = next((one for one in POLICIES if one.name == asked.name), None)
    if found is None:
        raise Problem("not_found", "absent")
    return shown_policy(await found.read(room, language_of(visit)))
