"""Calls of other servers that a room answers: what is answered with 2xx is in line, and nothing else is."""

import asyncio
import hmac
import json
from types import SimpleNamespace

import asyncpg
import pytest
import trio
from pydantic import BaseModel

from mailroom.actors.jobs.kind import Kind
from mailroom.actors.jobs.queue import Queue
from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.ask import UPLOAD_BYTES_MAX, AskError
from mailroom.actors.pages.page import Hook
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.app import create_app
from mailroom.ingress.hooks.routes import PATH, bot_hooks, hooks
from mailroom.storage.clock import REAL_TIME
from mailroom.storage.postgres.schemas import SchemaPool
from tests.actors.jobs.conftest import jobs_url  # noqa: F401 - a fixture
from tests.rooms import room_of

SECRET = b"theirs and ours"


class Deal(BaseModel):
    """What has changed there."""

    id: str


LOOK = Kind("crm.look", Deal, queue=Queue("deals"))


def signed(body: bytes) -> dict[str, str]:
    return {"X-Signature": hmac.new(SECRET, body, "sha256").hexdigest()}


class Crm:
    """A room whose customers are kept at somebody else's, who calls when a deal has changed."""

    def __init__(self) -> None:
        self.notices = []

    async def read(self, room, notice):
        return await self.changed(room, notice)

    async def changed(self, room, notice):
        self.notices.append(notice)
        own = hmac.new(SECRET, notice.body, "sha256").hexdigest()
        if not hmac.compare_digest(own, notice.headers.get("x-signature", "")):
            raise Problem("wrong_signature", "unknown", says="its HMAC is another one")
        said = json.loads(notice.body)
        if said.get("breaks"):
            raise ZeroDivisionError
        return [
            LOOK(Deal(id=one), bot=said.get("bot", room.bot), dedup_key=f"{said['event']}:{one}")
            for one in said["deals"]
        ]


@pytest.fixture
def played(jobs_url):  # noqa: F811
    """`played(test)` runs a test with `call(body)`, what is in `line`, and the room."""

    def run(test, *, database=None):
        crm = Crm()

        async def main():
            pool = await aio(asyncpg.create_pool, jobs_url)
            room = room_of(
                bot="crm", database=database or SchemaPool(pool, "crm", REAL_TIME), wake=lambda _queue: None
            )
            app = create_app(None, None, {"bots": {}})
            small, large = (
                Hook(*one) for one in (("deals", crm.read, 2_000), ("large", crm.read, 2_000_000))
            )
            app.register_blueprint(hooks([bot_hooks(room, [small, large])]))
            client = app.test_client()

            async def call(body, headers=None, path="crm/deals", method="POST"):
                sent = body if isinstance(body, bytes) else json.dumps(body).encode()
                answer = await client.open(
                    PATH + path,
                    method=method,
                    data=sent,
                    headers=signed(sent) if headers is None else headers,
                )
                text = await answer.get_data()
                return SimpleNamespace(
                    status=answer.status_code,
                    headers=answer.headers,
                    json=json.loads(text) if answer.content_type == "application/json" else None,
                )

            async def line():
                rows = await aio(pool.fetch, "SELECT queue, payload FROM mailroom.outbox_job ORDER BY id")
                return [(row["queue"], json.loads(row["payload"])["id"]) for row in rows]

            try:
                with trio.fail_after(20):
                    await test(SimpleNamespace(call=call, line=line, crm=crm))
            finally:
                await aio(pool.close)

        return host.run(main)

    return run


def test_what_is_answered_with_200_is_in_line_and_sent_twice_it_is_there_once(played):
    async def test(at):
        for _ in range(2):
            answer = await at.call({"event": "e1", "deals": ["d1", "d2"]})
            assert (answer.status, answer.json) == (200, {"ok": True})
            assert await at.line() == [("crm.deals", "d1"), ("crm.deals", "d2")]
        assert (await at.call({"event": "e2", "deals": []})).status == 200

    played(test)


def test_a_room_gets_the_bytes_and_headers_as_they_came(played):
    async def test(at):
        body = b'{"event": "e1",  "deals": [] }'
        await at.call(body, path="crm/deals?topic=a")
        (notice,) = at.crm.notices
        assert (notice.body, notice.query) == (body, {"topic": "a"})
        assert notice.headers["x-signature"] == signed(body)["X-Signature"]

    played(test)


def test_a_forgery_is_not_told_what_gave_it_away(played):
    async def test(at):
        answer = await at.call({"event": "e1", "deals": ["d1"]}, headers={})
        assert (answer.status, answer.json) == (401, {"ok": False, "error": "not_genuine"})
        assert await at.line() == []

    played(test)


@pytest.mark.parametrize("path", ["crm/nothing", "nobody/deals", "crm/deals/more"])
def test_there_is_nothing_where_no_room_has_a_hook(played, path):
    async def test(at):
        assert (await at.call({}, path=path)).status == 404

    played(test)


def test_a_body_that_is_too_long_is_not_read(played):
    async def test(at):
        answer = await at.call(b" " * 2_001)
        assert (answer.status, answer.json["bytes_max"]) == (413, 2_000)
        assert at.crm.notices == []

    played(test)


@pytest.mark.parametrize(
    "said", [{"breaks": True}, {"event": "e1", "deals": ["d1"], "bot": "shop"}, {"deals": ["d1"]}]
)
def test_a_mistake_of_the_room_is_an_error_of_ours_and_nothing_is_in_line(played, said):
    async def test(at):
        answer = await at.call(said)
        assert (answer.status, answer.json) == (500, {"ok": False, "error": "broken"})
        assert await at.line() == []

    played(test)


def test_while_the_store_is_away_the_caller_is_told_to_come_again(played):
    class Away:
        def acquire(self):
            raise ConnectionRefusedError("no Postgres here")

    async def test(at):
        answer = await at.call({"event": "e1", "deals": ["d1"]})
        assert (answer.status, answer.json["error"]) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0

    played(test, database=Away())


def test_whoever_leaves_before_the_answer_has_called_all_the_same(played):
    async def test(at):
        read, reads, goes_on = at.crm.changed, asyncio.Event(), asyncio.Event()

        async def slow(room, notice):
            reads.set()
            await goes_on.wait()
            return await read(room, notice)

        at.crm.changed = slow
        async with trio.open_nursery() as nursery:
            nursery.start_soon(at.call, {"event": "e1", "deals": ["d1"]})
            await aio(reads.wait)
            nursery.cancel_scope.cancel()
        assert await at.line() == []
        goes_on.set()  # both loops are one thread
        while not await at.line():  # noqa: ASYNC110 - a row of Postgres sets no event
            await trio.sleep(0.02)
        assert await at.line() == [("crm.deals", "d1")]

    played(test)


def test_a_hook_takes_as_much_as_it_says_which_is_no_more_than_the_service_takes(played):
    async def test(at):
        said = {"event": "e1", "deals": ["d1"], "more": "x" * 1_500_000}
        assert (await at.call(said, path="crm/large")).status == 200
        assert await at.line() == [("crm.deals", "d1")]

    played(test)
    with pytest.raises(AskError, match="it takes 1 to"):
        Hook("deals", None, bytes_max=UPLOAD_BYTES_MAX + 1)


def test_a_path_that_is_no_address_is_refused_where_it_is_written():
    with pytest.raises(AskError, match="a path is written deals"):
        Hook("/deals?", None)
