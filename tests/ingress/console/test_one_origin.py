"""Customers' pages and the console are on one host: what a script on such a page gets at when somebody opens
it who is logged in at the console, on-call or a person of a bot. It is played in a browser, as whoever had
injected the script would.
"""

import asyncio
import time
from functools import partial
from types import SimpleNamespace

import pytest
import trio

from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio, to_trio
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.signals import RoomSignals, Signals
from mailroom.ingress.http.server import listen, run_server
from mailroom.ingress.http.trio_app import TrioApp
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.routes import pages
from tests.ingress.browser import Page, chromium_fixture, connected  # noqa: F401 - a fixture
from tests.ingress.conftest import TOKEN
from tests.ingress.console.people import ANNA, working
from tests.ingress.pages.room_page import Jar, folder_fixture  # noqa: F401 - a fixture

WAIT_SECONDS_MAX = 15.0
LIVE = "document.querySelector('#live')?.dataset.state === 'running'"
SECRET = "meta[name=csrf-token]"
READING = f"""
  const of = (held) => {{
    try {{ return held.document?.querySelector({SECRET!r})?.content ?? null; }} catch {{ return null; }}
  }};
  const until = async (found, ms) => {{
    const ends = performance.now() + ms;
    while (performance.now() < ends) {{
      const value = found();
      if (value) return value;
      await new Promise((go) => setTimeout(go, 10));
    }}
    return null;
  }};
"""


WAYS = (
    "window.open('/console', 'one')",
    """window.open('/app/tips/', 'two');
       await until(() => held.document?.body, 3000);
       held.location = '/console'""",
)


async def by_token(page, base, _work):
    await page.goto(f"{base}/console")
    await page.type("[name=token]", TOKEN)
    await page.type("[name=who]", "Ann")
    await page.press("Enter")
    await page.until(LIVE)


async def by_link(page, base, work):
    token = await to_trio(work.link, ANNA)
    await page.goto(f"{base}/console/enter#{token}")
    await page.click("button.main")
    await page.sees("What is to be done")


async def injected(page, script):
    """What a script on the customers' page comes back with."""
    return await page.run(f"(async () => {{ {READING} {script} }})()")


@pytest.fixture(name="attacked", params=[by_token, by_link])
def attacked_fixture(request, postgres_url, oncall, tmp_path, folder, chromium):
    """`attacked(test)`: somebody is logged in at the console, which works, and opens a bot's page in the same
    browser.
    """

    def run(test):
        async def main():
            with trio.fail_after(90):
                config, port = listen("127.0.0.1", 0)
                async with working(postgres_url, oncall, tmp_path) as work, trio.open_nursery() as nursery:
                    room = SimpleNamespace(bot="tips", demo=True, signals=RoomSignals(Signals(), "tips"))
                    tips = BotPage(room, Jar().page(folder), "tip_jar", "42:tips", None, chat_url="")
                    work.app.register_blueprint(pages([tips], Allowance(), closing=trio.Event()))
                    stop = trio.Event()
                    nursery.start_soon(
                        aio, run_server, TrioApp(work.app), config, partial(to_trio, stop.wait)
                    )
                    try:
                        await aio(attack, work, f"http://127.0.0.1:{port}")
                    finally:
                        stop.set()

        async def attack(work, base):
            async with connected(chromium) as talk:
                page = await Page.open(talk, "about:blank")
                await request.param(page, base, work)
                await page.goto(f"{base}/app/tips/")
                await page.sees("Tips")
                oncall.reset_mock()
                for staff in work.staff.values():
                    staff.room.told.clear()
                await test(SimpleNamespace(work=work, base=base, talk=talk), page)

        host.run(main)

    return run


def test_a_script_of_a_customers_page_cannot_read_the_console(attacked, oncall) -> None:
    async def test(here, page):
        assert (
            await injected(
                page,
                """
        const asked = await Promise.all([
          fetch("/console"),
          fetch("/console", { credentials: "include", headers: { Accept: "text/html" } }),
          fetch("/console?", { method: "HEAD" }),
          fetch("/console/logout", { method: "POST" }).then(() => fetch("/console")),
          fetch("/console/enter"),
        ]);
        history.pushState(null, "", "/console");
        asked.push(await fetch("/console"));
        return Promise.all(asked.map(async (one) => [one.status, (await one.text()).includes("csrf")]));
        """,
            )
            == [[403, False]] * 6
        )

    attacked(test)


def test_a_script_of_a_customers_page_gets_no_frame_of_the_console(attacked, oncall) -> None:
    async def test(here, page):
        frames = """
        const held = ["iframe", "object", "embed"].map((kind) => {
          const one = document.createElement(kind);
          one[kind === "object" ? "data" : "src"] = "/console";
          return document.body.appendChild(one);
        });
        return until(() => held.map((one) => of({ document: one.contentDocument })).find(Boolean), 1500);
        """
        assert await injected(page, frames) is None

    attacked(test)


def test_a_script_of_a_customers_page_cannot_see_or_do_anything_by_the_session(attacked, oncall) -> None:
    async def test(here, page):
        calls = """
        const json = { "Content-Type": "application/json" };
        const body = JSON.stringify({ target: "shop", why: "it amuses me" });
        const made_up = { ...json, "X-CSRF-Token": "0".repeat(64) };
        const asked = await Promise.all([
          fetch("/ops/tree", { credentials: "include" }),
          fetch("/ops/", { method: "HEAD" }),
          fetch("/ops/suspend", { method: "POST", headers: json, body }),
          fetch("/ops/suspend", { method: "POST", headers: made_up, body }),
          fetch("/console/events"),
          fetch("/ops/bots/mine"),
          fetch("/ops/bots/mine/orders", { credentials: "include" }),
          fetch("/ops/bots/mine/prices", { method: "POST", headers: made_up, body: '{"why": "w"}' }),
        ]);
        return asked.map((one) => one.status);
        """
        assert await injected(page, calls) == [403] * 8
        stream = """
        const source = new EventSource("/console/events");
        return new Promise((over) => {
          source.addEventListener("news", () => over("news"));
          source.addEventListener("error", () => over("error"));
        });
        """
        assert await injected(page, stream) == "error"
        assert oncall.method_calls == []
        assert here.work.staff["mine"].room.told == []

    attacked(test)


def test_a_script_of_a_customers_page_that_opens_the_console_in_a_window_has_no_hold_of_it(
    attacked, oncall
) -> None:
    async def consoles(talk):
        """How many windows show the console, and not the login, which has another title."""
        targets = (await talk.call("Target.getTargets"))["targetInfos"]
        return sum(one["title"].endswith("Mailroom console") for one in targets)

    async def test(here, page):
        for way in WAYS:
            before = await consoles(here.talk)
            seen = await injected(
                page, f"const held = {way}; window.held = held; return until(() => of(held), 1500);"
            )
            assert seen is None, way
            ends = time.monotonic() + WAIT_SECONDS_MAX
            while await consoles(here.talk) == before:
                assert time.monotonic() < ends, f"the console did not open by {way}"
                await asyncio.sleep(0.05)
            left = "return [held.closed, of(held), of(window.open('', 'one')), of(window.open('', 'two'))];"
            assert await injected(page, left) == [True, None, None, None], way

    attacked(test)


def test_a_script_of_a_customers_page_cannot_put_itself_between_the_console_and_the_service(
    attacked, oncall
) -> None:
    async def test(here, page):
        workers = """
        const blob = URL.createObjectURL(new Blob(["onfetch = () => {}"], { type: "text/javascript" }));
        const [own, theirs] = ["/app/tips/main.js", "/console/static/words.js"];
        const kit = "/app/tips/kit/sw.js";
        const tried = [[own, "/app/tips/"], [kit, "/app"], [kit, "/app/mine/"], [kit, "/console"],
          [own, "/app"], [own, "/console"], [own, "/"],
          [theirs, "/console"], ["/app/tips/api/jars/x/receipt", "/console"], [blob, "/console"]];
        const said = ([script, scope]) => navigator.serviceWorker.register(script, { scope, type: "module" })
          .then(() => "registered", (error) => error.name);
        return Promise.all(tried.map(said));
        """
        below, *others = await injected(page, workers)
        assert below == "registered", "as far as it may go, a worker goes"
        assert "registered" not in others

    attacked(test)


def test_a_script_of_a_customers_page_that_has_a_link_can_neither_read_nor_press_where_it_leads(
    attacked, oncall
) -> None:
    async def test(here, page):
        token = await to_trio(here.work.link, ANNA)
        tried = f"""
        const form = new URLSearchParams({{ token: "{token}", proof: "0".repeat(64) }});
        const sent = await fetch("/console/enter", {{ method: "POST", body: form }});
        const held = window.open("/console/enter#{token}", "three");
        const read = await until(() => {{
          try {{ return held.document?.querySelector("[name=proof]")?.value; }} catch {{ return null; }}
        }}, 1500);
        return [sent.status, read];
        """
        assert await injected(page, tried) == [403, None]
        assert await here.work.people.enter(token) is not None, "it is as good as before"

    attacked(test)


def test_a_file_of_a_room_is_no_page_whose_script_runs(attacked, oncall) -> None:
    async def test(here, page):
        await page.goto(f"{here.base}/app/tips/api/jars/x/page")
        await page.sees("A file")
        assert await page.run("document.title") == ""
        assert await page.run("window.origin") == "null"

    attacked(test)
