"""Customers' pages and the console are on one host: what a script on such a page gets at when somebody opens
it who is logged in at the console. It is played in a browser, as whoever had injected the script would.
"""

import asyncio
import time

from tests.ingress.browser import chromium_fixture  # noqa: F401 - a fixture
from tests.ingress.conftest import TOKEN
from tests.ingress.pages.shop_browser import browse_fixture  # noqa: F401 - a fixture
from tests.ingress.pages.shop_page import page_database_fixture  # noqa: F401 - a fixture

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
    """window.open('/app/shop?user=5001', 'two');
       await until(() => held.document?.body, 3000);
       held.location = '/console'""",
)


async def log_in(page):
    await page.type("[name=token]", TOKEN)
    await page.type("[name=who]", "Ann")
    await page.press("Enter")
    await page.until(LIVE)


async def injected(page, script):
    """What a script on the customers' page comes back with."""
    return await page.run(f"(async () => {{ {READING} {script} }})()")


def attacked(browse, desk, test):
    """On-call is logged in at the console, which works, and opens the shop in the same browser."""

    async def played(here):
        page = await here.visit("/console")
        await log_in(page)
        await page.goto(f"{here.base}/app/shop?user=5001")
        await page.sees("Lumen: photo editor")
        desk.reset_mock()
        await test(here, page)

    browse(played, desk=desk, ops_token=TOKEN)


def test_a_script_of_a_customers_page_cannot_read_the_console(browse, desk) -> None:
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
        ]);
        history.pushState(null, "", "/console");
        asked.push(await fetch("/console"));
        return Promise.all(asked.map(async (one) => [one.status, (await one.text()).includes("csrf")]));
        """,
            )
            == [[403, False]] * 5
        )

    attacked(browse, desk, test)


def test_a_script_of_a_customers_page_gets_no_frame_of_the_console(browse, desk) -> None:
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

    attacked(browse, desk, test)


def test_a_script_of_a_customers_page_cannot_see_or_do_anything_by_the_session(browse, desk) -> None:
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
        ]);
        return asked.map((one) => one.status);
        """
        assert await injected(page, calls) == [403] * 5
        stream = """
        const source = new EventSource("/console/events");
        return new Promise((over) => {
          source.addEventListener("news", () => over("news"));
          source.addEventListener("error", () => over("error"));
        });
        """
        assert await injected(page, stream) == "error"
        assert desk.method_calls == []

    attacked(browse, desk, test)


def test_a_script_of_a_customers_page_that_opens_the_console_in_a_window_has_no_hold_of_it(
    browse, desk
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

    attacked(browse, desk, test)


def test_a_script_of_a_customers_page_cannot_put_itself_between_the_console_and_the_service(
    browse, desk
) -> None:
    async def test(here, page):
        workers = """
        const blob = URL.createObjectURL(new Blob(["onfetch = () => {}"], { type: "text/javascript" }));
        const [own, theirs] = ["/app/static/words.js", "/console/static/words.js"];
        const tried = [[own, "/app/static/"], [own, "/app"], [own, "/console"], [own, "/"],
          [theirs, "/console"], ["/app/shop/api/start", "/console"], [blob, "/console"]];
        const said = ([script, scope]) => navigator.serviceWorker.register(script, { scope, type: "module" })
          .then(() => "registered", (error) => error.name);
        return Promise.all(tried.map(said));
        """
        below, *others = await injected(page, workers)
        assert below == "registered", "as far as it may go, a worker goes"
        assert "registered" not in others

    attacked(browse, desk, test)
