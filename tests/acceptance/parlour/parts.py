"""What runs of a parlour: its page, on which somebody takes a seat and gets a link to give it up."""

from pathlib import Path

from aiogram import Router

from mailroom import Parts, Room
from mailroom.pages import ANYONE, BEARER, KNOWN, Ask, Asked, Grant, Page, Visit
from parlour import Options


async def who(_room: Room[Options], visit: Visit, _asked: Asked) -> object:
    return {"person": visit.person, "seat": visit.grant.reference if visit.grant else None}


async def take(room: Room[Options], visit: Visit, _asked: Asked) -> object:
    async with room.transaction(visit) as tx:
        return {"link": await room.links.grant(tx, Grant("seat", "17"), person=visit.person)}


async def give_up(room: Room[Options], visit: Visit, _asked: Asked) -> object:
    assert visit.grant is not None
    async with room.transaction(visit) as tx:
        return {"links": await room.links.revoke(tx, visit.grant.what, visit.grant.reference)}


PAGE: Page[Options] = Page(
    Path(__file__).with_name("page"),
    [
        Ask("GET", "/who", Asked, who, ANYONE),
        Ask("POST", "/seat", Asked, take, KNOWN),
        Ask("POST", "/seat/up", Asked, give_up, BEARER),
    ],
    enter=("telegram", "code", "link", "demo"),
    title="Parlour",
)

PARTS: Parts[Options] = Parts(answers=lambda: Router(name="parlour"), page=PAGE)
