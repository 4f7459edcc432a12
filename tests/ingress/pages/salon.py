"""The page of a small salon, entered by Telegram, a code or a link: served over a real Postgres."""

import json
from http.cookies import SimpleCookie
from types import SimpleNamespace

import asyncpg
import httpx
import pytest
import trio

from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.answer import File, Problem
from mailroom.actors.pages.ask import ANYONE, BEARER, KNOWN, Ask, Asked
from mailroom.actors.pages.page import Page
from mailroom.actors.pages.visit import Grant
from mailroom.actors.people.code import Codes, SendCode
from mailroom.actors.people.links import Links
from mailroom.actors.providers.webpush import WebPush
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.events import Events, RoomEvents
from mailroom.actors.uses.signals import RoomSignals, Signals
from mailroom.ingress.app import create_app
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.routes import pages
from mailroom.storage.clock import REAL_TIME
from mailroom.storage.postgres.room_events import RoomEventRows
from mailroom.storage.postgres.schemas import SchemaPool
from mailroom.storage.vault import Vault
from tests.actors.jobs.conftest import jobs_url  # noqa: F401 - a fixture
from tests.actors.push_service import new_private_key
from tests.rooms import room_of

TOKEN = "42:salon"
ANNA, PHONE = "anna@example.com", "+7 916 123-45-67"
OURS = {"X-Mailroom": "page", "Sec-Fetch-Site": "same-origin"}
"""What a browser and the kit send along."""
KEY = "0123456789abcdef"


class Booked(Asked):
    at: str


async def who(_room, visit, _asked):
    return {
        "person": visit.person,
        "proofs": sorted(f"{one.way} {one.address}" for one in visit.proofs),
        "grant": [visit.grant.what, visit.grant.reference] if visit.grant else None,
        "roles": sorted(visit.roles),
    }


async def book(room, visit, asked):
    async with room.transaction(visit) as tx:
        link = await room.links.grant(tx, Grant("booking", asked.at), person=visit.person)
        feed = await room.links.grant(tx, Grant("feed", asked.at), path="calendar.ics")
    return {"link": link, "feed": feed}


async def move(_room, visit, asked):
    if asked.at == "never":
        raise Problem("gone", "conflict")
    return {"moved": visit.grant.reference, "to": asked.at}


async def calendar(_room, visit, _asked):
    return File(f"BEGIN:VCALENDAR {visit.grant.reference}".encode(), "text/calendar")


async def picture(_room, _visit, _asked):
    return File(b"a picture", "image/png", inline=True, fresh_seconds=60)


async def be_forgotten(room, visit, _asked):
    async with room.transaction(visit) as tx:
        await room.forget(tx, visit.person)
    return {}


def salon_page(files, **changes):
    asked = {
        "asks": [
            Ask("GET", "/who", Asked, who, ANYONE),
            Ask("GET", "/picture", Asked, picture, ANYONE),
            Ask("GET", "/mine", Asked, who, KNOWN),
            Ask("GET", "/work", Asked, who, {"master"}),
            Ask("POST", "/bookings", Booked, book, KNOWN, keyed=True),
            Ask("GET", "/bookings/linked", Asked, who, BEARER),
            Ask("POST", "/bookings/move", Booked, move, BEARER),
            Ask("POST", "/forget", Asked, be_forgotten, KNOWN),
        ],
        "links": [Ask("GET", "/calendar.ics", Asked, calendar, BEARER)],
        "enter": ("telegram", "code", "link", "demo"),
        "push": True,
        "title": "Salon",
    }
    return Page(files, **{**asked, **changes})


async def roles(_room, proofs):
    return frozenset({"master"} if any(one.address == "mail:master@example.com" for one in proofs) else ())


class Mail:
    """Carries mail; what it carries is looked up in the jobs."""

    name, takes = "mail", ("mail", "phone")


CARRIES = Mail()


class Browser:
    """Somebody's browser, with what it keeps. It knows the page by its script."""

    def __init__(self, salon, bot="salon", https=False):
        self._salon, self._bot = salon, bot
        self.scheme = "https" if https else "http"
        self.cookies = {}
        self.client = None
        """The process that is asked, where it is not the first."""

    async def ask(self, method, path, body=None, *, headers=None, **query):
        """Ask the page's API, as its script does."""
        sent = {**OURS, **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = await (self.client or self._salon.client).open(
            f"/app/{self._bot}/{path}",
            method=method,
            **({} if body is None else {"json": body}),
            headers={name: value for name, value in sent.items() if value is not None},
            query_string=query,
            scheme=self.scheme,
            scope_base={"client": ("127.0.0.1", 5)},
        )
        for set_to in answer.headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(set_to).items():
                if morsel.value:
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)
        text = await answer.get_data()
        is_json = answer.content_type == "application/json"
        return SimpleNamespace(
            status=answer.status_code,
            headers=answer.headers,
            body=text,
            json=json.loads(text) if is_json else None,
        )

    async def enters(self, address=ANNA, **more):
        """Ask for a code, and enter it."""
        sent = await self.ask("POST", "api/_code", {"address": address}, **more)
        assert sent.status == 200, sent.json
        code = await self._salon.code_for()
        return await self.ask("POST", "api/_enter", {"address": address, "code": code}, **more)

    async def who(self, **more):
        return (await self.ask("GET", "api/who", **more)).json


class Salon:
    """What a test works with."""

    def __init__(self, clients, pool, rooms, codes, woken):
        self.client, self.another = clients
        self.pool, self.rooms, self.codes, self.woken = pool, rooms, codes, woken

    def browser(self, bot="salon", **more):
        return Browser(self, bot, **more)

    async def sql(self, statement, *values):
        return await aio(self.pool.fetchval, statement, *values)

    async def code_for(self):
        """The code that was to be sent last."""
        payload = await self.sql("SELECT payload FROM mailroom.outbox_job ORDER BY id DESC LIMIT 1")
        return self.codes.unseal(SendCode(**json.loads(payload)))

    def forget_waiting(self):
        """As if a while had passed since codes were asked for."""
        self.rooms[0].allowance._own.clear()

    async def jobs(self):
        return await self.sql("SELECT count(*) FROM mailroom.outbox_job")


def room_in(pool, bot, vault, allowance, woken, **more) -> Room:
    async def username():
        return f"{bot}_bot"

    return room_of(
        bot=bot,
        database=SchemaPool(pool, bot, REAL_TIME),
        vault=vault,
        allowance=allowance,
        links=Links(bot, "https://salon.example", vault, username),
        wake=woken.append,
        events=RoomEvents(Events(RoomEventRows(pool)), vault, bot),
        signals=RoomSignals(Signals(), bot),
        **more,
    )


async def _nothing(_room, _tx, _person):
    pass


@pytest.fixture(name="open_salon")
def open_salon_fixture(jobs_url, tmp_path):  # noqa: F811
    """`open_salon(test)` runs a test with the pages of `salon` and of another bot, `other`."""

    def run(test, *, page=None, held=False, senders=(CARRIES,), demo=False, **changes):
        async def main():
            with trio.fail_after(60):
                pool = await aio(connected, jobs_url)
                vault, allowance, woken = Vault([Vault.new_key()]), Allowance(), []
                client = httpx.AsyncClient()
                push = WebPush(new_private_key(), "mailto:ops@salon.example", client)
                found = [
                    BotPage(
                        room_in(pool, bot, vault, allowance, woken, erases=_nothing, demo=demo),
                        page or salon_page(tmp_path),
                        "salon",
                        TOKEN,
                        roles,
                        senders=senders,
                        web_push=push,
                    )
                    for bot in ("salon", "other")
                ]
                clients = []
                for _ in ("one process", "another"):
                    app = create_app(None, None, {"bots": {}})
                    app.register_blueprint(pages(found, allowance, doing=Doing(lambda: held), **changes))
                    clients.append(app.test_client(use_cookies=False))
                try:
                    salon = Salon(clients, pool, [one.room for one in found], Codes(vault), woken)
                    salon.app = app
                    return await test(salon)
                finally:
                    await aio(pool.close)

        return host.run(main)

    return run


async def connected(url):
    return await asyncpg.create_pool(url, min_size=1, max_size=8)
