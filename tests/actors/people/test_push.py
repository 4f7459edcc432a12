"""Notices go to all browsers of a person, and to nobody else's."""

import json

import httpx
import pytest

from mailroom.actors.pages.visit import Visit
from mailroom.actors.people.push import SUBSCRIPTIONS_MAX, PathError, subscribe, unsubscribe
from mailroom.actors.people.session import leave, session_of
from mailroom.actors.providers.webpush import EndpointError, Keys, WebPush
from mailroom.storage.postgres.schemas import SchemaPool
from tests.actors.people.test_enter import Logins
from tests.actors.push_service import Browser, new_private_key
from tests.rooms import room_of


class Salon:
    """A bot whose page may show notices."""

    def __init__(self, pool):
        self.pool = pool
        self.web_push = WebPush(new_private_key(), "mailto:ops@salon.example", httpx.AsyncClient())
        self.room = room_of(bot="salon", database=SchemaPool(pool, "salon"), wake=lambda _queue: None)

    async def subscribe(self, person, number=1, session=None, **wrong):
        browser = Browser(f"https://fcm.googleapis.com/send/{number}").subscription
        browser = browser.model_copy(update=wrong)
        await subscribe(self.pool, self.web_push, "salon", person, browser, session)
        return browser.endpoint

    async def push(self, person, path="?order=17", **more):
        async with self.room.transaction(
            Visit(bot="salon", interface="page", person=person, trace="t")
        ) as tx:
            return await self.room.push(tx, person, "Ready", "Your order is ready", path, **more)

    async def sent(self):
        """To whom, and what."""
        rows = await self.pool.fetch("SELECT queue, payload FROM mailroom.outbox_job ORDER BY id")
        jobs = [(row["queue"], json.loads(row["payload"])) for row in rows]
        return [(queue, job["subscription"]["endpoint"], json.loads(job["payload"])) for queue, job in jobs]


@pytest.fixture
def salon(story):
    return lambda test: story(lambda pool: test(Salon(pool)))


def test_a_notice_is_a_job_for_each_browser_of_the_person(salon):
    async def test(salon):
        first, second = await salon.subscribe("p_1", 1), await salon.subscribe("p_1", 2)
        await salon.subscribe("p_2", 3)
        assert await salon.push("p_1") == 2
        told = {"title": "Ready", "body": "Your order is ready", "path": "?order=17"}
        assert await salon.sent() == [("salon.notification", one, told) for one in (first, second)]

    salon(test)


def test_a_browser_that_somebody_else_uses_now_shows_nothing_of_who_was_there_before(salon):
    async def test(salon):
        await salon.subscribe("p_1")
        await salon.subscribe("p_2")
        assert (await salon.push("p_1"), await salon.push("p_2")) == (0, 1)

    salon(test)


def test_nobody_has_more_browsers_than_anybody_wants(salon):
    async def test(salon):
        for number in range(SUBSCRIPTIONS_MAX + 3):
            await salon.subscribe("p_1", number)
        assert await salon.push("p_1") == SUBSCRIPTIONS_MAX

    salon(test)


def test_a_browser_can_be_unsubscribed_by_its_person_alone(salon):
    async def test(salon):
        endpoint = await salon.subscribe("p_1")
        assert not await unsubscribe(salon.pool, "salon", "p_2", endpoint)
        assert await unsubscribe(salon.pool, "salon", "p_1", endpoint)
        assert await salon.push("p_1") == 0

    salon(test)


def test_who_logs_out_is_shown_nothing_there_any_more(salon):
    async def test(salon):
        logins = Logins(salon.pool)
        entered = await logins.entered(bot="salon")
        session = await session_of(salon.pool, "salon", entered.token)
        await salon.subscribe(entered.person, session=session)
        await leave(salon.pool, session)
        assert await salon.push(entered.person) == 0

    salon(test)


def test_what_is_no_push_service_is_not_kept(salon):
    hosts = ("http://fcm.googleapis.com", "https://127.0.0.1", "https://fcm.googleapis.com.evil.example", "x")

    async def test(salon):
        for host in hosts:
            with pytest.raises(EndpointError):
                await salon.subscribe("p_1", endpoint=f"{host}/1")
        with pytest.raises(EndpointError):
            await salon.subscribe("p_1", keys=Keys(p256dh="x", auth="x"))

    salon(test)


def test_a_notice_leads_nowhere_but_to_the_page(salon):
    evil = ("//evil.example", "https://evil.example", "javascript:alert(1)", "\\\\evil")

    async def test(salon):
        for path in (*evil, "/console", "../other/", "a\nb", "?" * 301):
            with pytest.raises(PathError):
                await salon.push("p_1", path)

    salon(test)


def test_the_longest_notice_fits_into_what_push_services_take(salon):
    async def test(salon):
        await salon.subscribe("p_1")
        async with salon.room.transaction(Visit(bot="salon", interface="page", trace="t")) as tx:
            assert await salon.room.push(tx, "p_1", "😀" * 500, "😀" * 5_000, "?" + "a" * 299) == 1

    salon(test)
