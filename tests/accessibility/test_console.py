"""The console of a demo that has something in every section, on a phone and on a desk."""

import json
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest
import uvloop

from mailroom.storage.postgres.console_people import Proved, add_link
from tests.acceptance.processes import Process, free_port
from tests.ingress.browser import Page, connected

TOKEN = "token-of-sixteen-or-more"
START = "from mailroom.ops.cli import main; main()"
SHEETS = ("chat/shop%3A7001", "job/job%3A1")
PARTS = ("orders", "products", "discounts", "broadcasts", "log")


@pytest.fixture(scope="module")
def demo():
    """The address of a running demo, with its console."""
    with tempfile.TemporaryDirectory(prefix="mailroom-tests-", ignore_cleanup_errors=True) as folder:
        port = free_port()
        command = [sys.executable, "-c", START, "up", "--port", str(port), "--data", f"{folder}/data"]
        process = Process(command, Path(folder) / "log", {"MAILROOM_OPS_TOKEN": TOKEN, "MAILROOM_CONFIG": ""})
        process.start("Mailroom is ready")
        try:
            yield SimpleNamespace(url=f"http://127.0.0.1:{port}", postgres=f"{folder}/data/postgres")
        finally:
            process.terminate()


def ask(base, path, body=None):
    """Ask the ops API."""
    data = json.dumps(body).encode() if body is not None else None
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{base}/ops/{path}", data, headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


async def go_back(socket):
    """Have Postgres know less than Redis does of it, as one that was restored."""
    connection = await asyncpg.connect(f"postgresql://postgres@/mailroom?host={socket}")
    try:
        await connection.execute(
            "UPDATE mailroom.pair SET mark = mark - 2, redis = 0, seen_at = now() - interval '90 minutes'"
        )
    finally:
        await connection.close()


@pytest.mark.timeout(300)
def test_axe_finds_nothing_on_the_console(chromium, demo, sight):
    ask(demo.url, "suspend", {"target": "shop:7001", "why": "a look"})
    ask(demo.url, "suspend", {"target": "timers", "why": "a look"})
    ask(demo.url, "periodic/payment.reconcile/run", {"why": "a job to look at"})

    async def scenario():
        async with connected(chromium) as talk:
            page = await Page.open(talk, f"{demo.url}/console")
            await page.until("!!document.querySelector('[name=token]')")
            await sight.look(page, "the login")
            await page.type("[name=token]", "nonsense-nonsense")
            await page.press("Enter")
            await page.until("!!document.querySelector('[role=alert]')")
            await sight.look(page, "the login, refused")
            await page.type("[name=token]", TOKEN)
            await page.type("[name=who]", "Ann")
            await page.press("Enter")
            await page.until("document.querySelector('#live')?.dataset.state === 'running'")
            await page.until("document.querySelectorAll('#suspensions tbody tr').length === 2")
            for part in PARTS:
                await page.run(f"document.querySelector('#bot-shop .part.{part}').open = true")
            await page.until("document.querySelectorAll('#bot-shop .products tbody tr').length > 3")
            await sight.look(page, "the console")
            for sheet in SHEETS:
                await page.run(f"location.hash = {sheet!r}")
                await page.until("document.querySelector('#sheet').open")
                await sight.look(page, f"the sheet {urllib.parse.unquote(sheet)}")
                await page.press("Escape")
            buttons = "[...document.querySelectorAll('.acts button')]"
            await page.run(f"{buttons}.find((one) => one.textContent === 'Resume').click()")
            await page.until("document.querySelector('#why').open")
            await sight.look(page, "why?")
            await page.press("Escape")
            await page.run("history.pushState(null, '', '?jobs_state=done'); location.reload()")
            await page.until("document.querySelectorAll('#jobs .found tbody tr').length > 0")
            await sight.look(page, "jobs that are done")
            await go_back(demo.postgres)
            await page.until("document.querySelector('#restored')?.checkVisibility()")
            await page.until("document.querySelector('#attention [data-kind=restored]')")
            await sight.look(page, "a store that went back")

    uvloop.run(scenario())


async def linked(socket, token):
    """Have the owner's bot send a link."""
    connection = await asyncpg.connect(f"postgresql://postgres@/mailroom?host={socket}")
    try:
        await add_link(connection, token, Proved("telegram", "tg:7003", None, "Мария"), 600)
    finally:
        await connection.close()


@pytest.mark.timeout(300)
def test_axe_finds_nothing_where_people_log_in_and_on_what_they_see(chromium, demo, sight):
    token = "f" * 64

    async def scenario():
        await linked(demo.postgres, token)
        async with connected(chromium) as talk:
            page = await Page.open(talk, f"{demo.url}/console/enter")
            await page.sees("part of a link")
            await sight.look(page, "a link without its end")
            await page.goto(f"{demo.url}/console/enter#{token}")
            await page.until("document.querySelector('form').checkVisibility()")
            await sight.look(page, "a link")
            await page.click("button.main")
            await page.until("document.querySelectorAll('#bot-shop .figures dd').length > 3")
            await sight.look(page, "the console of a person")
            await page.goto(f"{demo.url}/console/enter#{token}")
            await page.click("button.main")
            await page.until("!!document.querySelector('[role=alert]')")
            await sight.look(page, "a link that was used")

    uvloop.run(scenario())
