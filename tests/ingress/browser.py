"""A headless Chromium, steered over its DevTools protocol: https://chromedevtools.github.io/devtools-protocol/.

One process serves a module's tests; each page has a profile of its own. Nothing but this machine is reached.
"""

import asyncio
import itertools
import json
import os
import shutil
import signal
import subprocess
import time
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio",
    "--disable-extensions", "--remote-debugging-port=0",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
START_SECONDS_MAX = 30.0
WAIT_SECONDS_MAX = 15.0
"""How long something on the page may take on a machine that is busy with the rest of the suite."""
POLL_SECONDS = 0.02


@pytest.fixture(scope="module", name="chromium")
def chromium_fixture(tmp_path_factory):
    """The DevTools address of a browser; a machine without one skips the test."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"no browser on this machine: install one of {', '.join(NAMES)}")
    profile = tmp_path_factory.mktemp("chromium")
    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield _address(process, profile / "DevToolsActivePort")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@asynccontextmanager
async def connected(address):
    """Talk to the browser; to be used on the asyncio side."""
    async with aiohttp.ClientSession() as session, session.ws_connect(address, max_msg_size=0) as socket:
        talk = _Talk(socket)
        reading = asyncio.create_task(talk.read())
        try:
            yield talk
        finally:
            reading.cancel()


class Page:
    """A tab in a profile of its own."""

    def __init__(self, talk, session):
        self._talk = talk
        self._session = session
        self.complaints = talk.complaints[session] = []
        """What the console says in red, and errors that nobody caught."""

    @classmethod
    async def open(
        cls, talk, url, *, width=390, height=844, language="en-US", script=None, dark=False, touch=False
    ):
        """Open an address; `script` runs before any of the page's own."""
        profile = (await talk.call("Target.createBrowserContext"))["browserContextId"]
        target = await talk.call("Target.createTarget", url="about:blank", browserContextId=profile)
        attached = await talk.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        page = cls(talk, attached["sessionId"])
        for domain in ("Page", "Runtime", "Log", "Network"):
            await page.call(f"{domain}.enable")
        await page.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=touch,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await page.call("Emulation.setEmulatedMedia", features=[scheme])
        await page.call("Emulation.setUserAgentOverride", userAgent="test", acceptLanguage=language)
        if script:
            await page.call("Page.addScriptToEvaluateOnNewDocument", source=script)
        await page.goto(url)
        return page

    async def call(self, method, **params):
        return await self._talk.call(method, self._session, **params)

    async def goto(self, url):
        await self.call("Page.navigate", url=url)

    async def run(self, script):
        """The value of an expression on the page; promises are waited for."""
        answer = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"]["exception"].get("description", script))
        return answer["result"].get("value")

    async def until(self, script):
        """Wait until an expression is true, and return it; the page may be loading meanwhile."""
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while True:
            with suppress(AssertionError, DevToolsError):
                if value := await self.run(script):
                    return value
            if time.monotonic() > deadline:
                shown = await self.run("location.href + '\\n' + document.body.innerText")
                raise AssertionError(f"never became true: {script}\n{shown}\n{self.complaints}")
            await asyncio.sleep(POLL_SECONDS)

    async def sees(self, text):
        """Wait until some text can be read."""
        await self.until(f"document.body.innerText.includes({json.dumps(text)})")

    async def text(self, selector="#view"):
        return await self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")

    async def click(self, selector, number=0):
        """Press what a person could press: it has to be there, visible, on, and not below something else."""
        place = await self.until(
            f"""(() => {{
              const all = [...document.querySelectorAll({json.dumps(selector)})];
              const one = all.filter((some) => some.checkVisibility())[{number}];
              if (!one || one.disabled) return null;
              one.scrollIntoView({{ block: "center", behavior: "instant" }});
              const box = one.getBoundingClientRect();
              const at = [box.left + box.width / 2, box.top + box.height / 2];
              const top = document.elementFromPoint(...at);
              return one.contains(top) || top?.contains(one) ? at : null;
            }})()"""
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self.call(
                "Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1
            )

    async def press(self, key):
        code = {"Enter": 13, "Escape": 27, "Tab": 9, " ": 32}.get(key, 0)
        text = {"Enter": "\r", " ": " "}.get(key)
        for kind in ("keyDown", "keyUp"):
            sent = {"text": text} if text and kind == "keyDown" else {}
            await self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **sent)

    async def type(self, selector, text):
        """Put text into a field, as if it was typed."""
        await self.until(f"document.querySelector({json.dumps(selector)})?.checkVisibility()")
        await self.run(f"document.querySelector({json.dumps(selector)}).select()")
        await self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        await self.call("Input.insertText", text=text)

    async def offline(self, gone):
        await self.call(
            "Network.emulateNetworkConditions",
            offline=gone,
            latency=0,
            downloadThroughput=-1,
            uploadThroughput=-1,
        )


class DevToolsError(Exception):
    """The browser refused a command."""


class _Talk:
    """Commands with their answers, over one connection; pages are sessions in it."""

    def __init__(self, socket):
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting = {}
        self.complaints = {}

    async def call(self, method, session=None, **params):
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params}
        await self._socket.send_json(message | ({"sessionId": session} if session else {}))
        return await asyncio.wait_for(answer, START_SECONDS_MAX)

    async def read(self):
        async for message in self._socket:
            said = message.json()
            if "id" not in said:
                self._hear(said)
            elif (answer := self._waiting.pop(said["id"], None)) is not None and not answer.done():
                if "error" in said:
                    answer.set_exception(DevToolsError(said["error"]["message"]))
                else:
                    answer.set_result(said["result"])

    def _hear(self, said):
        complaints, params = self.complaints.get(said.get("sessionId")), said.get("params", {})
        if complaints is None:
            return
        if said["method"] == "Runtime.exceptionThrown":
            complaints.append(params["exceptionDetails"]["exception"].get("description", "?"))
        elif said["method"] == "Log.entryAdded" and params["entry"]["level"] == "error":
            complaints.append(f"{params['entry']['text']} {params['entry'].get('url', '')}".strip())


def _address(process, file):
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        lines = file.read_text().split() if file.exists() else []
        if len(lines) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        time.sleep(POLL_SECONDS)
    pytest.skip(f"the browser of this machine does not start: it ended with {process.poll()}")
    return None
