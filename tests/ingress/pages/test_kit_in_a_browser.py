"""A page with two asks, made with the kit: entered by a code, live, with notices."""

import json

import pytest

from mailroom.actors.pages.answer import Live
from mailroom.actors.pages.ask import ANYONE, BEARER, KNOWN, Ask, Asked
from mailroom.actors.runtime.bridge import to_trio
from mailroom.ingress.asks import live as streams
from tests.actors.push_service import Browser as PushBrowser
from tests.ingress.browser import Page, chromium_fixture  # noqa: F401 - a fixture
from tests.ingress.pages.salon import (  # noqa: F401 - fixtures
    ANNA,
    KEY,
    Booked,
    book,
    jobs_url,
    open_salon_fixture,
    salon_page,
    who,
)
from tests.ingress.pages.test_people_in_a_browser import in_a_browser

pytestmark = pytest.mark.long

MAIN = """
import { ask, known, learn } from "./kit/api.js";
import { h } from "./kit/dom.js";
import { enterForm, leave } from "./kit/enter.js";
import { speak } from "./kit/language.js";
import { live } from "./kit/live.js";
import { hideNotices, noticesHere, showNotices } from "./kit/push.js";
import { button, toastProblem } from "./kit/shell.js";
import { leaveLink } from "./kit/visitor.js";

const view = document.querySelector("#view");
let stop = () => {};

async function show() {
  stop();
  if (known() === "link") return linked();
  if (known() !== "code") return view.replaceChildren(enterForm({ entered: show }));
  const seen = h("output.seen");
  const notices = h("output.notices", await noticesHere());
  const now = async () => { notices.textContent = await noticesHere(); };
  const set = (does) => () => does().then(now, toastProblem);
  view.replaceChildren(h("h1", (await ask("GET", "mine")).person), seen, notices,
    button("Notices", set(showNotices), "on"), button("None", set(hideNotices), "off"),
    button("Leave", () => leave().then(show), "leave"));
  stop = live("chairs", (now) => { seen.textContent = `Free: ${now.free}`; }, toastProblem);
}

async function linked() {
  try {
    view.replaceChildren(h("h1", (await ask("GET", "bookings/linked")).grant.join(" at ")));
  } catch (problem) {
    leaveLink();
    view.replaceChildren(enterForm({ entered: show, problem }));
  }
}

speak(navigator.language.startsWith("ru") ? "ru" : "en");
learn().then(show);
"""
INDEX = """<link rel="icon" href="data:,"><h1>Salon</h1><main id="view"></main>
<link rel="manifest" href="kit/manifest.webmanifest"><script type="module" src="main.js"></script>"""
PUSH_SERVICE = """
  const subscription = (options) => ({ endpoint: "https://fcm.googleapis.com/fcm/send/one", options,
    unsubscribe: async () => { held = null; },
    toJSON: () => ({ endpoint: "https://fcm.googleapis.com/fcm/send/one", keys: KEYS }) });
  let held = null;
  PushManager.prototype.getSubscription = async () => held;
  PushManager.prototype.subscribe = async (options) => { held = subscription(options); return held; };
  Notification.requestPermission = async () => "granted";
"""
"""A browser without one behind it subscribes to nothing."""


class Chairs:
    def __init__(self):
        self.free = 3

    async def __call__(self, _room, _visit, _asked):
        async def look():
            return {"free": self.free}

        return Live(look, "chairs", signals=("chairs",), every_seconds=30)


@pytest.fixture(name="with_kit")
def with_kit_fixture(open_salon, chromium, tmp_path):
    """`with_kit(test)` runs a test in a browser that has opened the page, given the chairs that it shows."""

    def run(test):
        chairs = Chairs()
        (tmp_path / "main.js").write_text(MAIN)
        asks = [
            Ask("GET", "/mine", Asked, who, KNOWN),
            Ask("GET", "/chairs", Asked, chairs, ANYONE),
            Ask("POST", "/bookings", Booked, book, KNOWN, keyed=True),
            Ask("GET", "/bookings/linked", Asked, who, BEARER),
        ]

        async def looked(salon, page, base, _elsewhere):
            await test(salon, page, base, chairs)

        keys = json.dumps(PushBrowser("https://fcm.googleapis.com/").subscription.keys.model_dump())
        script = PUSH_SERVICE.replace("KEYS", keys)
        page = salon_page(tmp_path, asks=asks)
        in_a_browser(open_salon, chromium, tmp_path, looked, INDEX, script, page=page)

    return run


async def enters(salon, page):
    """Somebody enters by the kit's form."""
    await page.type("[name=address]", ANNA)
    await page.press("Enter")
    await page.sees("We have sent a code to a…@example.com")
    await page.type("[name=code]", await to_trio(salon.code_for))


async def in_the_worker(page, script):
    """What comes of a script in the page's service worker."""
    targets = (await page.call("Target.getTargets"))["targetInfos"]
    (worker,) = [one["targetId"] for one in targets if one["type"] == "service_worker"]
    attached = await page._talk.call("Target.attachToTarget", targetId=worker, flatten=True)
    return await Page(page._talk, attached["sessionId"]).run(f"(async () => {{ {script} }})()")


def test_somebody_enters_by_a_code_and_leaves(with_kit):
    async def test(salon, page, base, _chairs):
        await page.sees("Email or phone number")
        await page.type("[name=address]", "nobody")
        await page.press("Enter")
        await page.until("document.querySelector('.enter [role=alert]').checkVisibility()")
        await page.type("[name=address]", ANNA)
        await page.press("Enter")
        await page.sees("We have sent a code to a…@example.com")
        assert await page.run("document.activeElement.name") == "code"
        assert await page.run("document.querySelector('.again').disabled"), "it may still be under way"
        assert "Send it again in" in await page.text(".again")
        code = await to_trio(salon.code_for)
        await page.type("[name=code]", "000000" if code != "000000" else "111111")
        await page.until("document.querySelector('.enter [role=alert]').checkVisibility()")
        await page.type("[name=code]", code)
        await page.sees("p_")
        await page.goto(f"{base}/app/salon/?again")
        await page.sees("p_")
        await page.click(".leave")
        await page.sees("Email or phone number")

    with_kit(test)


def test_what_is_live_is_seen_whenever_it_changes_also_when_the_stream_has_ended(with_kit, monkeypatch):
    async def test(salon, page, _base, chairs):
        await enters(salon, page)
        await page.sees("Free: 3")
        chairs.free = 2
        salon.rooms[0].signal("chairs")
        await page.sees("Free: 2")
        # Nothing tells of this one but the next stream.
        chairs.free = 1
        await page.sees("Free: 1")

    monkeypatch.setattr(streams, "STREAM_SECONDS_MAX", 1.0)
    monkeypatch.setattr(streams, "BEAT_SECONDS", 0.5)
    with_kit(test)


def test_notices_are_shown_in_a_browser_that_has_asked_for_them(with_kit):
    async def test(salon, page, base, _chairs):
        await page.call("Browser.grantPermissions", permissions=["notifications"], origin=base)
        await enters(salon, page)
        await page.until("document.querySelector('.notices')?.textContent === 'off'")
        await page.sees("Free: ")  # what comes live moves the button
        await page.click(".on")
        await page.until("document.querySelector('.notices').textContent === 'on'")
        assert await to_trio(salon.sql, "SELECT count(*) FROM mailroom.push_subscription") == 1
        scope = "navigator.serviceWorker.ready.then((one) => new URL(one.scope).pathname)"
        assert await page.run(scope) == "/app/salon/"
        cached = """Promise.all((await caches.keys()).map(async (name) =>
          [name, (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)]))"""
        await page.goto(f"{base}/app/salon/?again")
        await page.until(f"(async () => JSON.stringify(await {cached}).includes('main.js'))()")
        ((name, files),) = await page.run(f"(async () => await {cached})()")
        assert name == "mailroom:/app/salon/:1"
        assert not [file for file in files if "/api/" in file]
        told = {"title": "Ready", "body": "Your chair is free", "path": "?tab=mine"}
        shown = f"""
          const hears = (name, more) =>
            dispatchEvent(Object.assign(new Event(name), {{ waitUntil() {{}}, ...more }}));
          const shown = new Promise((resolve) => {{
            registration.showNotification = async (...all) => resolve(all);
          }});
          hears("push", {{ data: {{ json: () => ({json.dumps(told)}) }} }});
          const [title, {{ body, data }}] = await shown;
          hears("notificationclick", {{ notification: {{ data, close() {{}} }} }});
          return [title, body];
        """
        assert await in_the_worker(page, shown) == ["Ready", "Your chair is free"]
        await page.until("location.search === '?tab=mine'")
        await page.until("document.querySelector('.notices')?.textContent")

    with_kit(test)


def test_whoever_comes_by_a_link_sees_what_it_is_for_and_enters_by_a_code_where_it_is_over(with_kit):
    async def test(salon, page, base, _chairs):
        async def booked():
            browser = salon.browser()
            await browser.enters("bea@example.com")
            return (await browser.ask("POST", "api/bookings", {"at": "10:00", "key": KEY})).json["link"]

        token = (await to_trio(booked)).partition("#")[2]
        await page.goto("about:blank")
        await page.goto(f"{base}/app/salon/#{token}")
        await page.sees("booking at 10:00")
        await page.goto("about:blank")
        await page.goto(f"{base}/app/salon/#{token[:-8]}AAAAAAAA")
        await page.until("document.querySelector('.enter .why')?.textContent")
        assert await page.run("location.hash") == ""
        await enters(salon, page)
        await page.sees("p_")

    with_kit(test)
