"""A page of somebody's own room in a demo as it is started: entered by a code that comes to the courier,
left by a link; whoever is logged in stays so when the service is exchanged for another.
"""

import json
import re
import shutil
import sys
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

import pytest

from tests.acceptance.processes import Process, free_port, wait_until

ROOM = Path(__file__).with_name("parlour")
CONFIG = '[bots.parlour]\nroom = "parlour"\n'
UP = "from mailroom.ops.cli import main; main()"
READY = "Mailroom is ready"


class Browser:
    """Keeps cookies, and knows the page."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def asks(self, path: str, given: object = None, **headers: str) -> tuple[int, dict[str, object]]:
        sent = {"X-Mailroom": "page", "Origin": self.base, "Content-Type": "application/json", **headers}
        body = None if given is None else json.dumps(given).encode()
        try:
            with self._opener.open(Request(f"{self.base}/app/parlour/{path}", body, sent)) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            return error.code, json.load(error)


@pytest.fixture
def demo(tmp_path: Path):
    shutil.copytree(ROOM, tmp_path / "parlour")
    config = tmp_path / "mailroom.toml"
    config.write_text(CONFIG)
    port = free_port()
    where = ["--config", str(config), "--port", str(port), "--data", str(tmp_path / "data")]
    service = Process([sys.executable, "-c", UP, "up", *where], tmp_path / "service.log")
    service.start(READY)
    yield service, f"http://127.0.0.1:{port}"
    service.terminate()


@pytest.mark.long
def test_somebody_enters_by_a_code_and_stays_when_the_service_is_exchanged(demo: tuple[Process, str]):
    service, base = demo
    anna, bearer = Browser(base), Browser(base)
    about = anna.asks("api/_me")[1]
    assert about["enter"] == ["telegram", "code", "link", "demo"]
    with urlopen(base) as front:
        assert "Mail and SMS" in front.read().decode()

    status, sent = anna.asks("api/_code", {"address": "Anna@example.com"})
    assert status == 200
    seen_at = urlsplit(str(sent["seen_at"]))
    to = parse_qs(seen_at.query)["to"][0]

    def code() -> str:
        with urlopen(f"{seen_at.scheme}://{seen_at.netloc}/sim/messages?to={to}") as answer:
            found = json.load(answer)["messages"]
        return re.match(r"\d{6}", found[0]["text"])[0] if found else ""

    entered = {"address": "anna@example.com", "code": wait_until(code, "the code to come")}
    with urlopen(str(sent["seen_at"])) as page:
        assert f"{entered['code']} is your code for Parlour" in page.read().decode()
    assert anna.asks("api/_enter", entered)[0] == 200
    person = anna.asks("api/who")[1]["person"]
    assert person

    service.terminate()
    service.start(READY)

    assert anna.asks("api/who")[1]["person"] == person
    link = str(anna.asks("api/seat", {})[1]["link"])
    by_link = {"Authorization": f"grant {link.rpartition('=')[2]}"}
    assert bearer.asks("api/who", **by_link)[1] == {"person": None, "seat": "17"}
    assert bearer.asks("api/seat/up", {}, **by_link) == (200, {"links": 1})
    assert bearer.asks("api/seat/up", {}, **by_link)[0] == 401
    assert anna.asks("api/_leave", {})[0] == 200
    assert anna.asks("api/who")[1]["person"] is None
