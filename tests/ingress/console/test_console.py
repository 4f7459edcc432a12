"""The console: its login, its page, its stream, and that it ends with the service."""

import asyncio
import json
import re
import time
from functools import partial

import pytest
import trio
from structlog.testing import capture_logs

from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio, to_trio
from mailroom.ingress.console import feed
from mailroom.ingress.console import page as console
from mailroom.ingress.http.server import GRACE_SECONDS, listen, run_server
from mailroom.ingress.http.trio_app import TrioApp
from mailroom.ingress.ops.guesses import ATTEMPTS_MAX
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.oncall.need import LongWait
from mailroom.supervisors.oncall.reports import By, ChatLine, ProcessReport
from tests.ingress.conftest import TOKEN

HTTPS = {"X-Forwarded-Proto": "https"}
OWN = {"Sec-Fetch-Site": "same-origin"}


async def log_in(client, who="Anna", **headers):
    form = {"token": TOKEN, "who": who}
    return await client.post("/console/login", form=form, headers={**OWN, **headers})


async def csrf_token(client, headers=None):
    page = await (await client.get("/console", headers=headers)).get_data(as_text=True)
    return re.search(r'csrf-token" content="(\w+)"', page)[1]


async def ours(client, headers=None):
    """What the page sends along with every call."""
    return {"X-CSRF-Token": await csrf_token(client, headers)}


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(console, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(feed, "FRESH_SECONDS", 0.0)


class Stream:
    """The stream as a browser reads it."""

    def __init__(self, connection):
        self._connection = connection
        self._rest = ""

    async def event(self, name="news"):
        while True:
            while "\n\n" in self._rest:
                text, _, self._rest = self._rest.partition("\n\n")
                fields = dict(line.split(": ", 1) for line in text.splitlines())
                if fields["event"] == name:
                    return json.loads(fields["data"])
            self._rest += (await self._connection.receive()).decode()

    async def leave(self):
        await self._connection.disconnect()
        await self._connection._client_send.aclose()  # or the client waits for the end all the same


def opened(client, test, query=""):
    async def run():
        headers = await ours(client)
        async with client.request(f"/console/events{query}", headers=headers) as connection:
            await connection.send_complete()
            stream = Stream(connection)
            try:
                return await test(stream)
            finally:
                with trio.CancelScope(shield=True):
                    await stream.leave()

    return run()


# The login


def test_a_stranger_gets_the_login_and_nothing_else(server) -> None:
    async def test(client):
        page = await client.get("/console")
        text = await page.get_data(as_text=True)
        assert page.status_code == 200
        assert "Operator token" in text
        assert "csrf" not in text
        assert (await client.get("/console/events")).status_code == 401
        assert (await client.get("/ops/tree")).status_code == 401

    server.run(test)


def test_the_token_is_exchanged_for_a_session_in_a_cookie_that_scripts_and_other_sites_do_not_get(
    server,
) -> None:
    async def test(client):
        answer = await log_in(client)
        cookie = answer.headers["Set-Cookie"]
        assert (answer.status_code, answer.headers["Location"]) == (303, "/console")
        for part in ("mailroom=", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"):
            assert part in cookie
        assert "Secure" not in cookie
        assert TOKEN not in cookie
        page = await (await client.get("/console")).get_data(as_text=True)
        assert "csrf-token" in page
        assert TOKEN not in page
        assert (await client.get("/ops/tree", headers=await ours(client))).status_code == 200

    server.run(test)


def test_behind_https_the_cookie_stays_there(server) -> None:
    async def test(client):
        cookie = (await log_in(client, **HTTPS)).headers["Set-Cookie"]
        assert cookie.startswith("__Host-mailroom=")
        assert "Secure" in cookie
        plain = await client.get("/ops/tree", headers={"Cookie": cookie.partition(";")[0]})
        assert plain.status_code == 401
        there = {"Cookie": cookie.partition(";")[0], **HTTPS}
        there |= await ours(client, there)
        assert (await client.get("/ops/tree", headers=there)).status_code == 200

    server.run(test)


def test_another_token_opens_nothing_and_guessing_is_slow(server) -> None:
    async def test(client):
        for _ in range(ATTEMPTS_MAX):
            answer = await client.post("/console/login", form={"token": TOKEN + "x"}, headers=OWN)
            assert answer.status_code == 401
            assert "Set-Cookie" not in answer.headers
        late = await log_in(client)
        assert late.status_code == 429
        assert 0 < int(late.headers["Retry-After"]) <= 61
        assert "Set-Cookie" not in late.headers

    server.run(test)


def test_the_wrong_tokens_of_one_person_keep_nobody_else_out(server) -> None:
    """Ten wrong logins of anybody locked out whoever was on call."""

    async def test(client):
        for _ in range(ATTEMPTS_MAX):
            await client.post(
                "/console/login",
                form={"token": TOKEN + "x"},
                headers={**OWN, "X-Forwarded-For": "forged, 198.51.100.7"},
            )
        assert (await log_in(client, **{"X-Forwarded-For": "other, 198.51.100.7"})).status_code == 429
        assert (await log_in(client, **{"X-Forwarded-For": "198.51.100.8"})).status_code == 303

    server.run(test)


def test_wrong_bearers_are_limited_and_logged_like_wrong_logins(server, ask) -> None:
    with capture_logs() as logged:
        for guess in range(ATTEMPTS_MAX):
            assert ask("GET", "/ops/tree", headers={"Authorization": f"Bearer {guess}"}).status == 401
        late = ask("GET", "/ops/tree")
        assert late.status == 429
        assert 0 < int(late.headers["Retry-After"]) <= 61
    assert [one["event"] for one in logged] == ["ops_token_wrong"] * ATTEMPTS_MAX
    assert [one["limited"] for one in logged] == [False] * (ATTEMPTS_MAX - 1) + [True]

    async def test(client):
        assert (await log_in(client)).status_code == 429, "it is the same token"
        other = {"Authorization": f"Bearer {TOKEN}", "X-Forwarded-For": "198.51.100.8"}
        assert (await client.get("/ops/tree", headers=other)).status_code == 200

    server.run(test)


def test_no_log_line_has_the_token(server, capfd) -> None:
    async def test(client):
        await client.post("/console/login", form={"token": TOKEN + "x"}, headers=OWN)
        await log_in(client)

    server.run(test)
    written = capfd.readouterr()
    assert "console_login_failed" in written.out + written.err
    assert TOKEN not in written.out + written.err


def test_another_site_cannot_log_anybody_in_or_out(server) -> None:
    async def test(client):
        theirs = {"Sec-Fetch-Site": "cross-site"}
        form = {"token": TOKEN}
        assert (await client.post("/console/login", form=form, headers=theirs)).status_code == 403
        await log_in(client)
        form = {"csrf_token": await csrf_token(client)}
        assert (await client.post("/console/logout", form=form, headers=theirs)).status_code == 403
        assert (await client.post("/console/logout", form={}, headers=OWN)).status_code == 403
        assert (await client.get("/ops/tree", headers=await ours(client))).status_code == 200

    server.run(test)


def test_logging_out_forgets_the_session(server) -> None:
    async def test(client):
        await log_in(client)
        form = {"csrf_token": await csrf_token(client)}
        assert (await client.post("/console/logout", form=form, headers=OWN)).status_code == 303
        assert (await client.get("/ops/tree")).status_code == 401

    server.run(test)


def test_a_cookie_that_was_copied_ends_with_the_logout_and_its_stream_too(server, quick) -> None:
    async def test(client):
        answer = await log_in(client)
        copied = {"Cookie": answer.headers["Set-Cookie"].partition(";")[0], **await ours(client)}
        thief = server.app.test_client()
        assert (await thief.get("/ops/tree", headers=copied)).status_code == 200
        form = {"csrf_token": await csrf_token(client)}

        async with trio.open_nursery() as nursery:

            async def look():
                stream = await thief.get("/console/events", headers=copied)
                ended.append(await stream.get_data(as_text=True))

            ended = []
            nursery.start_soon(look)
            await trio.sleep(0.05)
            assert (await client.post("/console/logout", form=form, headers=OWN)).status_code == 303
        assert ended, "the stream has ended"
        assert (await thief.get("/ops/tree", headers=copied)).status_code == 401
        assert (await thief.get("/console/events", headers=copied)).status_code == 401

    server.run(test)


# The page


def test_the_page_allows_nothing_from_elsewhere(server) -> None:
    async def test(client):
        for path in ("/console", "/console/static/main.js"):
            headers = (await client.get(path)).headers
            assert "default-src 'self'" in headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
            assert "unsafe" not in headers["Content-Security-Policy"]
            assert headers["X-Content-Type-Options"] == "nosniff"
        assert (await client.get("/console")).headers["Cache-Control"] == "no-store"

    server.run(test)


def test_a_name_with_markup_is_shown_as_text(server) -> None:
    async def test(client):
        await log_in(client, who='"><script>alert(1)</script>')
        page = await (await client.get("/console")).get_data(as_text=True)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page

    server.run(test)


def test_every_module_and_style_the_page_names_is_there(server) -> None:
    async def test(client):
        await log_in(client)
        seen, wanted = set(), {"/console"}
        while wanted:
            path = wanted.pop()
            seen.add(path)
            answer = await client.get(path)
            assert answer.status_code == 200, path
            text = await answer.get_data(as_text=True)
            named = set(re.findall(r'(?:src|href)="(/console/static/[^"]+)"', text))
            named |= {f"/console/static/{name}" for name in re.findall(r'(?:from|import) "\./([^"]+)"', text)}
            wanted |= named - seen
        assert len(seen) > 10

    server.run(test)


@pytest.mark.parametrize("dest", ["empty", "iframe", "object", "embed", "script", "worker", "image", "x"])
def test_the_console_opens_in_a_window_of_its_own_and_is_read_by_no_page(server, dest) -> None:
    async def test(client):
        await log_in(client)
        refused = await client.get("/console", headers={**OWN, "Sec-Fetch-Dest": dest})
        assert refused.status_code == 403
        assert "csrf" not in await refused.get_data(as_text=True)
        assert "Cross-Origin-Opener-Policy" in refused.headers
        below = {**OWN, "Sec-Fetch-Dest": "script"}
        assert (await client.get("/console/static/main.js", headers=below)).status_code == 200
        page = await client.get("/console", headers={**OWN, "Sec-Fetch-Dest": "document"})
        assert "csrf-token" in await page.get_data(as_text=True)
        # What tells no page from another, as a browser does over plain HTTP, is let in.
        assert (await client.get("/console", headers=OWN)).status_code == 200

    server.run(test)


# What a session may do


def test_a_session_sees_nothing_without_the_csrf_token_and_a_bearer_needs_none(server, oncall) -> None:
    async def test(client):
        await log_in(client)
        paths = ("/ops/", "/ops/tree", "/ops/dead?most=1", "/ops/nothing", "/console/events")
        for path in paths:
            for method in ("GET", "HEAD"):
                for headers in (OWN, {**OWN, "X-CSRF-Token": "0" * 64}):
                    refused = await client.open(path, method=method, headers=headers)
                    assert refused.status_code == 403, (method, path)
        assert oncall.method_calls == []
        told = await (await client.get("/ops/tree", headers=OWN)).get_json()
        assert told["error"].startswith("X-CSRF-Token: is missing or of another session; reload the console")
        assert (await client.get("/ops/tree", headers=await ours(client))).status_code == 200
        assert (
            await client.get("/ops/tree", headers={"Authorization": f"Bearer {TOKEN}"})
        ).status_code == 200

    server.run(test)


def test_a_session_acts_only_from_its_own_page(server, oncall) -> None:
    async def test(client):
        await log_in(client, who="Жанна")
        token = await csrf_token(client)
        body = {"target": "shop", "why": "w"}
        for headers in (
            OWN,
            {**OWN, "X-CSRF-Token": "0" * 64},
            {"X-CSRF-Token": token, "Sec-Fetch-Site": "same-site"},
            {"X-CSRF-Token": token, "Origin": "https://evil.example"},
        ):
            answer = await client.post("/ops/suspend", json=body, headers=headers)
            assert answer.status_code == 403, headers
        assert not oncall.act.suspend.called
        answer = await client.post("/ops/suspend", json=body, headers={**OWN, "X-CSRF-Token": token})
        assert answer.status_code == 200
        oncall.act.suspend.assert_awaited_once_with("shop", By("Жанна", "w"), process=None)

    server.run(test)


def test_a_wrong_token_is_not_made_good_by_a_session(server) -> None:
    async def test(client):
        await log_in(client)
        answer = await client.get("/ops/tree", headers={"Authorization": "Bearer wrong"})
        assert answer.status_code == 401

    server.run(test)


# The stream


def test_the_stream_has_everything_the_page_shows_beat_after_beat(server, oncall, quick) -> None:
    oncall.look.tree.return_value = [ProcessReport("h:1:2", ("worker",), 1, "h", 9.0, None, "silent")]

    async def top(by, most, suspended_too):
        assert not suspended_too
        return [ChatLine(Chat("shop", by), 3, 1.0, "")]

    oncall.look.top.side_effect = top

    async def test(client):
        await log_in(client)

        async def look(stream):
            news = await stream.event()
            assert news["tree"][0]["why"] == "silent"
            assert news["chats"][0]["chat"] == "shop:age"
            assert news["totals"]["messages_waiting"] == 5
            assert news["faults"] == {}
            later = await stream.event()
            assert later["at_ms"] >= news["at_ms"]

        await opened(client, look, "?by=age")

    server.run(test)


def test_what_needs_on_call_comes_with_every_beat(server, oncall, quick) -> None:
    oncall.look.tree.return_value = [
        ProcessReport("h:1:2", ("worker",), 1, "h", 9.0, None, "did not take the order")
    ]
    oncall.attention.long_waits.return_value = LongWait(3, [ChatLine(Chat("shop", "7"), 1, 4.0, "")])

    async def test(client):
        await log_in(client)

        async def look(stream):
            silent, waits, letters = (await stream.event())["concerns"]
            assert (silent["kind"], silent["things"][0]["why"]) == ("process", "asked, and silent for 2 s")
            assert (waits["number"], waits["things"][0]["at"]) == (3, "chat/shop:7")
            assert letters["says"] == "1 message failed for good"

        await opened(client, look)

    server.run(test)


def test_suspended_chats_are_among_the_mailboxes_where_the_address_says_so(server, oncall, quick) -> None:
    async def test(client):
        await log_in(client)

        async def look(stream):
            await stream.event()

        await opened(client, look, "?suspended=too")

    server.run(test)
    assert oncall.look.top.call_args.kwargs == {"suspended_too": True}


def test_many_streams_ask_oncall_once_a_beat(server, oncall, monkeypatch) -> None:
    monkeypatch.setattr(console, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(feed, "FRESH_SECONDS", 3600.0)

    async def test(client):
        await log_in(client)

        async def look(stream):
            for _ in range(3):
                await stream.event()

        async with trio.open_nursery() as nursery:
            for _ in range(5):
                nursery.start_soon(opened, client, look)

    server.run(test)
    assert oncall.look.tree.await_count == 1


def test_what_a_dead_store_keeps_from_view_is_named_and_the_rest_is_shown(
    server, oncall, quick, monkeypatch
) -> None:
    monkeypatch.setattr(feed, "PART_SECONDS", 0.05)
    oncall.dead.totals.side_effect = StoreUnavailable("Redis does not answer")
    oncall.look.top.side_effect = RuntimeError("a bug")

    async def hangs():
        await asyncio.Event().wait()

    oncall.look.suspensions.side_effect = hangs

    async def test(client):
        await log_in(client)

        async def look(stream):
            news = await stream.event()
            assert news["tree"] == []
            assert news["faults"]["totals"] == "Redis does not answer"
            assert "a bug" in news["faults"]["chats"]
            assert news["faults"]["suspensions"] == "Redis does not answer within 3 s"
            assert news["concerns"][0]["says"] == "Redis does not answer"

        await opened(client, look)

    server.run(test)


def test_the_number_of_streams_is_limited_and_a_place_comes_free_when_one_leaves(
    server, quick, monkeypatch
) -> None:
    monkeypatch.setattr(console, "STREAMS_MAX", 1)

    async def test(client):
        await log_in(client)

        async def look(stream):
            await stream.event()
            answer = await client.get("/console/events", headers=await ours(client))
            assert answer.status_code == 503
            assert answer.headers["Retry-After"]

        for _ in range(3):
            await opened(client, look)

    server.run(test)


def test_streams_are_counted_when_they_open_not_when_they_are_read(server, quick, monkeypatch) -> None:
    monkeypatch.setattr(console, "STREAMS_MAX", 3)
    monkeypatch.setattr(console, "STALL_SECONDS", 0.2)

    async def test(client):
        await log_in(client)
        cookie, page = next(iter(client.cookie_jar)).value, await ours(client)

        async def status():
            headers = {"Cookie": f"mailroom={cookie}", **page}
            async with server.app.test_request_context("/console/events", headers=headers):
                return (await server.app.full_dispatch_request()).status_code  # and nobody reads what it says

        assert [await status() for _ in range(5)] == [200, 200, 200, 503, 503]
        with trio.fail_after(5):
            while await status() == 503:  # noqa: ASYNC110 - nothing tells of it but the server
                await trio.sleep(0.02)

    server.run(test)


def test_a_stream_ends_after_its_time_so_that_a_session_is_looked_at_again(
    server, quick, monkeypatch
) -> None:
    monkeypatch.setattr(console, "STREAM_SECONDS_MAX", 0.05)

    async def test(client):
        await log_in(client)
        answer = await client.get("/console/events", headers=await ours(client))
        assert (await answer.get_data(as_text=True)).count("event: news") >= 1

    server.run(test)


def test_a_service_that_stops_does_not_wait_for_open_consoles(server, monkeypatch) -> None:
    monkeypatch.setattr(console, "EVERY_SECONDS", 60.0)
    config, port = listen("127.0.0.1", 0)
    stop = trio.Event()

    async def main():
        took = []

        async def browse():
            client = server.app.test_client()
            cookie = (await log_in(client)).headers["Set-Cookie"].partition(";")[0]
            head = f"Host: x\r\nCookie: {cookie}\r\nX-CSRF-Token: {await csrf_token(client)}\r\n\r\n"

            async def read():
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(f"GET /console/events HTTP/1.1\r\n{head}".encode())
                await reader.readuntil(b"event: news")
                await to_trio(stopping)
                await reader.read()
                writer.close()

            async def stopping():
                took.append(time.monotonic())
                stop.set()
                server.closing.set()

            await aio(read)

        with trio.fail_after(20):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(browse)
                await aio(run_server, TrioApp(server.app), config, partial(to_trio, stop.wait))
        return time.monotonic() - took[0]

    assert host.run(main) < GRACE_SECONDS / 2


def test_a_reader_that_stalls_holds_nobody_up_and_loses_its_place(server, quick, monkeypatch) -> None:
    monkeypatch.setattr(console, "STREAM_SECONDS_MAX", 0.2)
    monkeypatch.setattr(console, "STALL_SECONDS", 1.0)
    monkeypatch.setattr(console, "STREAMS_MAX", 1)

    async def test(client):
        await log_in(client)

        page = await ours(client)

        async def status():
            async with client.request("/console/events", headers=page) as connection:
                await connection.send_complete()
                await connection.receive()
                await connection.disconnect()
                await connection._client_send.aclose()
            return connection.status_code

        async with client.request("/console/events", headers=page) as stalled:
            await stalled.send_complete()
            await stalled.receive()
            # Nothing more is read: the line between fills, and the stream is cut off when its time is up.
            assert await status() == 503
            with trio.fail_after(10):
                while await status() == 503:  # noqa: ASYNC110 - nothing tells of it but the server
                    await trio.sleep(0.02)
            await stalled.disconnect()
            await stalled._client_send.aclose()

    server.run(test)
