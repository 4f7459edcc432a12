"""A visitor as the shop remembers people."""

from dataclasses import dataclass

from mailroom.actors.bots.shop.customers import Customer, remember
from mailroom.actors.bots.shop.domain.contact import parse_contact, usual_contact
from mailroom.actors.bots.shop.domain.referral import referrer_in
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.page.visits import language_of, user_of
from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class _Person:
    id: int
    full_name: str


async def know(room: Room[Options], visit: Visit, customer: Customer | None) -> None:
    """Know the visitor from now on; whoever is a customer keeps the language spoken in the chat."""
    if customer is not None and visit.demo:
        return
    user_id = user_of(visit)
    await remember(
        room.database,
        room.bot,
        _Person(user_id, visit.name),
        user_id,
        customer.language if customer is not None else language_of(visit),
        referrer_in(visit.start),
    )


def contact_of(visit: Visit, written: str | None, customer: Customer | None) -> str:
    """What the customer wrote; else what is known from last time, or the Telegram name. Empty if none is.
    Raises `Problem`.
    """
    if text := (written or "").strip():
        contact = parse_contact(text)
        if contact is None:
            raise Problem("bad_contact", "bad")
        return contact
    return usual_contact(customer.contact if customer is not None else "", visit.username)
