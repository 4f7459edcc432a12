"""A page that is entered by a code and a link, in a browser: what its script does, and what one of another
site on the same machine does not, to which browsers send the cookie all the same.
"""

from functools import partial

import trio

from mailroom.actors.runtime.bridge import aio, to_trio
from mailroom.ingress.http.server import listen, run_server
from mailroom.ingress.http.trio_app import TrioApp
from tests.ingress.browser import Page, chromium_fixture, connected  # noqa: F401 - a fixture
from tests.ingress.pages.salon import (  # noqa: F401 - fixtures
    ANNA,
    jobs_url,
    open_salon_fixture,
)

ASKS = """
  const ask = async (path, body, more) => {
    const headers = { "X-Mailroom": "page", "Content-Type": "application/json", ...more };
    const sent = body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers };
    const answer = await fetch("api/" + path, sent);
    return [answer.status, await answer.json()];
  };
"""


INDEX = '<link rel="icon" href="data:,"><h1>Salon</h1>'


def in_a_browser(open_salon, chromium, tmp_path, test, index=INDEX, script=None, **changes):
    """Run a test on the asyncio side, with the salon's page at one address and another site's at another."""
    (tmp_path / "index.html").write_text(index)

    async def served(salon):
        stop = trio.Event()
        async with trio.open_nursery() as nursery:
            bases = []
            for _ in ("the page", "another site of this machine"):
                config, port = listen("127.0.0.1", 0)
                trio_app, stopped = TrioApp(salon.app), partial(to_trio, stop.wait)
                nursery.start_soon(aio, run_server, trio_app, config, stopped)
                bases.append(f"http://127.0.0.1:{port}")
            try:
                await aio(looked, salon, *bases)
            finally:
                stop.set()

    async def looked(salon, base, elsewhere):
        async with connected(chromium) as talk:
            page = await Page.open(talk, f"{base}/app/salon/", script=script)
            await page.sees("Salon")
            await test(salon, page, base, elsewhere)

    open_salon(served, **changes)


async def does(page, script):
    """What comes of a script on the page."""
    return await page.run(f"(async () => {{ {ASKS} {script} }})()")


async def enters(salon, page):
    assert (await does(page, f'return ask("_code", {{ address: "{ANNA}" }})'))[0] == 200
    code = await to_trio(salon.code_for)
    status, entered = await does(page, f'return ask("_enter", {{ address: "{ANNA}", code: "{code}" }})')
    assert status == 200
    return entered["person"]


def test_whoever_enters_is_known_after_a_reload_and_no_script_reads_how(open_salon, chromium, tmp_path):
    async def test(salon, page, base, _elsewhere):
        person = await enters(salon, page)
        await page.goto(f"{base}/app/salon/?tab=mine")
        await page.sees("Salon")
        assert (await does(page, 'return ask("who")'))[1]["person"] == person
        assert await page.run("document.cookie") == ""
        assert (await does(page, 'return ask("_leave", {})'))[0] == 200
        assert (await does(page, 'return ask("who")'))[1]["person"] is None

    in_a_browser(open_salon, chromium, tmp_path, test)


def test_a_page_that_was_opened_by_a_link_does_nothing_before_a_button_is_pressed(
    open_salon, chromium, tmp_path
):
    async def test(salon, page, base, _elsewhere):
        await enters(salon, page)
        booked = await does(page, 'return ask("bookings", { at: "10:00", key: "0123456789abcdef" })')
        link = booked[1]["link"].replace("https://salon.example", base)
        await page.goto("about:blank")
        await page.goto(link)
        await page.sees("Salon")
        assert await to_trio(salon.sql, "SELECT count(*) FROM mailroom.page_grant") == 2
        by_link = '{ Authorization: "grant " + location.hash.slice(3) }'
        shown = await does(page, f'return ask("bookings/linked", null, {by_link})')
        assert shown[1]["grant"] == ["booking", "10:00"]
        moved = await does(page, f'return ask("bookings/move", {{ at: "11:00" }}, {by_link})')
        assert moved == [200, {"moved": "10:00", "to": "11:00"}]

    in_a_browser(open_salon, chromium, tmp_path, test)


def test_another_site_on_the_same_machine_does_nothing_as_whoever_is_logged_in(
    open_salon, chromium, tmp_path
):
    async def test(salon, page, base, elsewhere):
        person = await enters(salon, page)
        await page.goto(f"{elsewhere}/healthz")
        await page.sees("ok")
        tried = f"""
          const at = "{base}/app/salon/api/";
          const said = (sent) => sent.then((one) => one.type, (error) => error.name);
          const body = "{{}}", method = "POST", credentials = "include";
          const headers = {{ "X-Mailroom": "page" }};
          return Promise.all([
            said(fetch(at + "forget", {{ method, body, credentials, mode: "no-cors" }})),
            said(fetch(at + "forget", {{ method, body, credentials, headers }})),
            said(fetch(at + "_leave", {{ method, body, credentials, mode: "no-cors" }})),
            said(fetch(at + "who", {{ credentials }})),
            Promise.resolve(String(navigator.sendBeacon(at + "forget", body))),
          ]);
        """
        assert await does(page, tried) == ["opaque", "TypeError", "opaque", "TypeError", "true"]
        await does(
            page,
            f"""
          const form = document.createElement("form");
          form.method = "POST"; form.enctype = "text/plain"; form.action = "{base}/app/salon/api/forget";
          form.innerHTML = '<input name=\\'{{"a":"\\' value=\\'"}}\\'>';
          document.body.append(form); form.submit();
        """,
        )
        await page.until("location.pathname === '/app/salon/api/forget'")
        await page.goto(f"{base}/app/salon/")
        await page.sees("Salon")
        assert (await does(page, 'return ask("who")'))[1]["person"] == person

    in_a_browser(open_salon, chromium, tmp_path, test)
