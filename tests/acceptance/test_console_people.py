"""Whoever runs a bot logs in at the console as themselves: from the chat with it to its section, with nobody
on call, in a service as it is started.
"""

import json
import os
import re
import subprocess
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from tests.acceptance.processes import START, Process, Simulator, free_port, wait_until

OWNER, STAFF, CUSTOMER = 501, 502, 503
TOKEN = "4343:shop"
MIGRATE = "from mailroom.ops.cli import main; main()"
CONFIG = f"""
[bots.corner]
token = "{TOKEN}"
secret = "acceptance"
bot = "shop"

[bots.corner.options]
owners = [{OWNER}]
staff = [{STAFF}]
"""


@pytest.fixture
def address(folder: Path, stores: dict[str, str], telegram: Simulator):
    """Where a shop is served."""
    config, port = folder / "mailroom.toml", free_port()
    config.write_text(CONFIG)
    url = f"http://127.0.0.1:{port}"
    env = {**stores, "TELEGRAM_API_BASE": telegram.url, "PORT": str(port), "PUBLIC_URL": url}
    migrated = [sys.executable, "-c", MIGRATE, "migrate", "--config", str(config)]
    subprocess.run(migrated, env=os.environ | env, capture_output=True, check=True)
    service = Process([sys.executable, "-c", START, str(config), "ingress,worker"], folder / "log", env)
    service.start("READY")
    yield url
    service.kill()


class Browser:
    """Keeps cookies."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.headers = {"Sec-Fetch-Site": "same-origin"}

    def asks(self, path: str, body: bytes | None = None, **headers: str) -> tuple[int, str]:
        request = Request(f"{self.base}{path}", body, {**self.headers, **headers})
        try:
            with self._opener.open(request) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def enters(self, token: str) -> str:
        """By a link of the bot; the page that is shown then."""
        _, page = self.asks("/console/enter")
        form = {"token": token, "proof": re.search(r'name="proof" value="(\w+)"', page)[1]}
        _, page = self.asks("/console/enter", urlencode(form).encode())
        self.headers["X-CSRF-Token"] = re.search(r'csrf-token" content="(\w+)"', page)[1]
        return page


def asked_for(telegram: Simulator, user: int) -> str:
    """What the bot says to somebody who says /console."""
    telegram.ask("send", {"token": TOKEN, "chat_id": user, "text": "/console", "language_code": "en"})
    return wait_until(lambda: telegram.sent().get(user), "an answer")[-1]


def test_owners_and_staff_come_from_the_chat_to_their_section_and_customers_do_not(
    address: str, telegram: Simulator
) -> None:
    assert "/console/enter" not in asked_for(telegram, CUSTOMER)
    browsers = {}
    for user in (OWNER, STAFF):
        token = re.search(rf"{re.escape(address)}/console/enter#(\w+)", asked_for(telegram, user))[1]
        browsers[user] = Browser(address)
        assert 'data-bot="corner"' in browsers[user].enters(token)
    owner, staff = browsers[OWNER], browsers[STAFF]
    assert owner.asks("/ops/bots/corner/products")[0] == 200
    line = json.dumps({"line": "-10% until 2031-01-01", "why": "a quiet week"}).encode()
    as_json = {"Content-Type": "application/json"}
    assert staff.asks("/ops/bots/corner/products")[0] == 200
    assert staff.asks("/ops/bots/corner/discounts", line, **as_json)[0] == 403
    assert owner.asks("/ops/bots/corner/discounts", line, **as_json)[0] == 200
    _, log = owner.asks("/ops/bots/corner/log")
    assert [one["who"] for one in json.loads(log)] == [f"tg:{OWNER} User {OWNER} (console)"]
    assert owner.asks("/ops/tree")[0] == 403
    assert Browser(address).asks("/ops/tree")[0] == 404
