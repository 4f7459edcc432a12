"""Whoever is forgotten is nobody: to the platform and to the room."""

from datetime import UTC, datetime

import pytest

from mailroom.actors.pages.visit import Grant, Visit
from mailroom.actors.people.grant import grant_of
from mailroom.actors.people.links import Links
from mailroom.actors.uses.events import Events, RoomEvents
from mailroom.actors.uses.file_links import FileLinks
from mailroom.actors.uses.files import RoomFiles
from mailroom.storage.postgres.console_people import Proved, open_session
from mailroom.storage.postgres.deeds import deeds
from mailroom.storage.postgres.room_events import RoomEventRows
from mailroom.storage.postgres.schemas import SchemaPool
from tests.actors.people.test_enter import ANNA, OTHER, Logins
from tests.actors.people.test_links import VAULT, token_in, username
from tests.actors.people.test_push import Salon
from tests.rooms import room_of

TABLES = (
    "proof",
    "code",
    "page_session",
    "page_grant",
    "push_subscription",
    "file",
    "file_of",
    "console_session",
    "room_event",
)


def test_nothing_of_a_person_is_left_and_all_of_the_others(story):
    async def test(pool):
        logins, salon, erased = Logins(pool), Salon(pool), []
        events = Events(RoomEventRows(pool))

        async def erases(room, tx, person):
            erased.append((room.bot, tx.connection.schema, person))

        room = room_of(
            bot="salon",
            database=SchemaPool(pool, "salon"),
            wake=lambda _queue: None,
            links=Links("salon", "https://salon.example", VAULT, username),
            files=RoomFiles(SchemaPool(pool, "salon"), FileLinks("salon", "https://salon.example", VAULT)),
            events=RoomEvents(events, VAULT, "salon"),
            erases=erases,
        )
        anna, other = await logins.entered(ANNA, "salon"), await logins.entered(OTHER, "salon")
        links = {}
        for number, one in enumerate((anna, other)):
            await salon.subscribe(one.person, number)
            async with room.transaction(
                Visit(bot="salon", interface="page", person=one.person, trace="t")
            ) as tx:
                link = await room.links.grant(tx, Grant("feed", str(number)), person=one.person)
                links[one.person] = token_in(link)
                await room.files.put(tx.connection, f"{number}".encode(), "text/plain", of=one.person)
                await tx.note("subscribe", "the feed", {"number": number})
            room.events.add("came", one.person, {}, datetime.now(UTC))
        for address in (ANNA, OTHER):
            await open_session(pool, f"console of {address}", Proved("code", address, None, ""), 600)
        await events.close()
        await logins.ask(ANNA, "salon")
        await logins.ask(OTHER, "salon")

        async with room.transaction(
            Visit(bot="salon", interface="page", person=anna.person, trace="t")
        ) as tx:
            await room.forget(tx, anna.person)

        assert erased == [("salon", "salon", anna.person)]
        for table in TABLES:
            assert await pool.fetchval(f"SELECT count(*) FROM mailroom.{table}") == 1, table
        noted = {deed.outcome["number"]: deed.who for deed in await deeds(pool, "salon")}
        assert noted == {0: "", 1: f"{other.person} (page)"}, "what was done stays, and who it was does not"
        assert await logins.session(anna.token, "salon") is None
        assert (await logins.session(other.token, "salon")).person == other.person
        assert await grant_of(pool, "salon", links[anna.person], datetime.now(UTC)) is None
        assert await grant_of(pool, "salon", links[other.person], datetime.now(UTC)) is not None
        assert (await logins.entered(ANNA, "salon")).person != anna.person

    story(test)


def test_a_room_that_cannot_forget_keeps_all_of_it(story):
    async def test(pool):
        logins = Logins(pool)
        anna = await logins.entered(ANNA, "salon")

        async def erases(_room, _tx, _person):
            raise ZeroDivisionError

        room = room_of(
            bot="salon", database=SchemaPool(pool, "salon"), wake=lambda _queue: None, erases=erases
        )
        with pytest.raises(ZeroDivisionError):
            async with room.transaction(
                Visit(bot="salon", interface="page", person=anna.person, trace="t")
            ) as tx:
                await room.forget(tx, anna.person)
        assert await logins.session(anna.token, "salon") is not None

    story(test)
