"""A room with all that can be asked without a chat: a page that codes open, links, a hook, periodic work."""

import hmac
import json
from pathlib import Path

from pydantic import BaseModel

from mailroom import BundledBot, Every, Handlers, Kind, Parts, Queue
from mailroom.pages import ANYONE, BEARER, KNOWN, Ask, Asked, File, Grant, Hook, Live, Page, Problem, Section

SECRET = b"theirs and ours"
DEALS = Queue("deals")


class Options(BaseModel):
    """Nothing can be set."""


class Deal(BaseModel):
    """Somebody has bought something there."""

    id: str


CHANGED = Kind("small.changed", Deal, queue=DEALS)


async def who(room, visit, asked):
    return {"person": visit.person, "grant": visit.grant and visit.grant.reference}


async def link(room, visit, asked):
    async with room.transaction(visit) as tx:
        page = await room.links.grant(tx, Grant("deal", "17"))
        return {"page": page, "file": await room.links.grant(tx, Grant("deal", "17"), path="deal.txt")}


async def text(room, visit, asked):
    return File(f"deal {visit.grant.reference}".encode(), "text/plain", "deal.txt")


async def live(room, visit, asked):
    async def look():
        return {"at": "once"}

    return Live(look, "all")


async def read(room, notice):
    own = hmac.new(SECRET, notice.body, "sha256").hexdigest()
    if not hmac.compare_digest(own, notice.headers.get("x-signature", "")):
        raise Problem("wrong_signature", "unknown")
    return [CHANGED(Deal(id=one), bot=room.bot, dedup_key=one) for one in json.loads(notice.body)]


async def staff(room, proofs):
    return frozenset({"clerk"} if any(one.address == "tg:7" for one in proofs) else ())


DONE: list[str] = []


def handlers(room):
    found = Handlers(DEALS, room.bot, within=room.database)

    @found.job(CHANGED)
    async def changed(deal, context):
        if deal.id == "bad":
            raise RuntimeError("nobody knows it")
        DONE.append(deal.id)

    return [found]


def parts():
    from aiogram import Router

    return Parts(
        answers=Router,
        jobs=handlers,
        periodic=lambda room: [
            Every("nightly", lambda: CHANGED(Deal(id="night"), bot=room.bot), cron="0 3 * * *")
        ],
        page=Page(
            Path(__file__).parent,
            [
                Ask("GET", "/who", Asked, who, ANYONE),
                Ask("GET", "/mine", Asked, who, KNOWN),
                Ask("GET", "/granted", Asked, who, BEARER),
                Ask("GET", "/live", Asked, live, ANYONE),
                Ask("POST", "/link", Asked, link, KNOWN),
            ],
            enter=("telegram", "code", "link"),
            links=[Ask("GET", "/deal.txt", Asked, text, BEARER)],
        ),
        section=Section("Deals", Path(__file__).parent, [Ask("GET", "/deals", Asked, who, {"clerk"})]),
        hooks=[Hook("deals", read, 1_000)],
        roles=staff,
    )


BOT = BundledBot(options=Options, parts=parts, queues=(DEALS,))
