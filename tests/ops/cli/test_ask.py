"""`mailroom ask`: a bot's section of the console from the command line, against what a service answers."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from mailroom.actors.pages.visit import COMMAND

ROOM = """
from pathlib import Path
from typing import Literal
from aiogram import Router
from pydantic import Field
from mailroom import Parts
from mailroom.pages import Ask, Asked, Section, Upload

class Which(Asked):
    color: Literal["red", "blue"] = "red"
    most: int = Field(20, ge=1, le=100)
    lids: tuple[int, ...] = ()

class Emptied(Asked):
    jar: int = Field(ge=1)
    sure: bool = False
    into: dict[str, int] | None = None
    key_word: str | None = None
    config: str = ""

class Note(Asked):
    jar: int
    name: str = "note"
    file: bytes

async def unasked(room, visit, asked): raise AssertionError

PARTS = Parts(answers=Router, section=Section("Jars", Path(), [
    Ask("GET", "/jars", Which, unasked, {"keeper"}, says="All jars."),
    Ask("POST", "/jars/{jar}/empty", Emptied, unasked, {"keeper"}, says="Empty a jar."),
    Ask("PUT", "/jars/{jar}/note", Note, unasked, {"keeper"}, takes=Upload(100, ("text/*",))),
]))
"""
FACE = """
from pydantic import BaseModel
from mailroom import BundledBot

class Options(BaseModel): ...

def parts():
    from {name}.parts import PARTS
    return PARTS

BOT = BundledBot(options=Options, parts=parts)
"""


@pytest.fixture(scope="module")
def jars(tmp_path_factory):
    """A configuration with a bot whose section asks about jars."""
    folder = tmp_path_factory.mktemp("jars")
    room = folder / "asked_jars"
    room.mkdir()
    (room / "__init__.py").write_text(FACE.format(name="asked_jars"))
    (room / "parts.py").write_text(ROOM)
    (folder / "mailroom.toml").write_text('[bots.mine]\nroom = "asked_jars"\n')
    return folder / "mailroom.toml"


@pytest.fixture
def service():
    """A service that answers whatever a test says, and knows what it was asked."""
    told = SimpleNamespace(
        status=200, answer={"says": "It is done."}, type="application/json", asked=[], more={}
    )

    class Service(BaseHTTPRequestHandler):
        def _answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            told.asked.append((self.command, self.path, dict(self.headers), body))
            content = told.answer if isinstance(told.answer, bytes) else json.dumps(told.answer).encode()
            self.send_response(told.status)
            for name, value in {
                "Content-Type": told.type,
                "Content-Length": len(content),
                **told.more,
            }.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 - the server's names

        def log_message(self, *_):
            """Tests tell nothing of it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def ask(mailroom, jars, service, monkeypatch):
    """Ask the bot of the configuration at that service."""
    monkeypatch.setenv("MAILROOM_OPS_TOKEN", "token-of-sixteen-or-more")

    def run(*arguments, **more):
        return mailroom("ask", "--config", jars, "--url", service.url, *arguments, **more)

    return run


def test_the_bots_and_their_asks_are_listed_with_what_they_are_for(ask) -> None:
    assert [line.split() for line in ask().stdout.splitlines()[1:]] == [["mine", "Jars", "3"]]
    listed = ask("mine")
    assert "post-jars-jar-empty" in listed.stdout
    assert "Empty a jar." in listed.stdout
    assert json.loads(ask("mine", "--json").stdout)[0]["path"] == "/ops/bots/mine/jars"


def test_the_fields_of_an_ask_are_explained(ask, service) -> None:
    help = ask("mine", "post-jars-jar-empty", "--help").stdout  # noqa: A001
    for words in (
        "Empty a jar.",
        "--jar NUMBER",
        "1 or more; needed",
        "--sure / --no-sure",
        "--why: it changes",
    ):
        assert words in help
    assert "--color red|blue" in ask("mine", "get-jars", "--help").stdout
    assert service.asked == []


def test_what_only_looks_is_asked_in_the_address(ask, service) -> None:
    service.answer = [{"jar": 1, "full": True, "of": {"minor": 5}}, {"jar": 22, "full": False, "of": {}}]
    shown = ask("mine", "get-jars", "--color", "blue", "--lids", "1", "--lids", "2")
    assert shown.exit_code == 0
    assert [line.split() for line in shown.stdout.splitlines()] == [
        ["jar", "full"],
        ["1", "yes"],
        ["22", "no"],
    ]
    ((method, path, headers, _),) = service.asked
    assert (method, path) == ("GET", "/ops/bots/mine/jars?color=blue&lids=1&lids=2")
    assert headers["Authorization"] == "Bearer token-of-sixteen-or-more"
    assert json.loads(ask("mine", "get-jars", "--json").stdout) == service.answer


def test_what_acts_is_sent_with_why_and_by_whom(ask, service, monkeypatch) -> None:
    monkeypatch.setenv("MAILROOM_OPERATOR", "Анна")
    done = ask(
        "mine", "post-jars-jar-empty", "--jar", "17", "--sure", "--into", '{"bank": 5}', "--key-word=a b",
        "--field-config", "c", "--why", "it is full", "--key", "k-1",
    )  # fmt: skip
    assert (done.exit_code, done.stdout) == (0, "It is done.\n")
    ((method, path, headers, body),) = service.asked
    assert (method, path) == ("POST", "/ops/bots/mine/jars/17/empty")
    assert json.loads(body) == {
        "sure": True, "into": {"bank": 5}, "key_word": "a b", "config": "c",
        "why": "it is full", "key": "k-1",
    }  # fmt: skip
    assert headers["User-Agent"] == COMMAND
    assert headers["X-Operator"].encode("latin-1").decode() == "Анна"


def test_a_file_is_sent_as_it_is(ask, service, tmp_path) -> None:
    (tmp_path / "note.csv").write_bytes(b"a;b\xff")
    ask("mine", "put-jars-jar-note", "--jar", 17, "--file", tmp_path / "note.csv", "--why", "w")
    ((method, path, headers, body),) = service.asked
    assert (method, path, body) == ("PUT", "/ops/bots/mine/jars/17/note?why=w", b"a;b\xff")
    assert headers["Content-Type"] == "text/csv"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody",), "No bot with a section of the console is called 'nobody'. There is: mine."),
        (("mine", "get-jar"), "mine has no ask 'get-jar'. Did you mean get-jars?"),
        (("mine", "get-jars", "--most", "many"), "--most: must be a whole number, and is 'many'."),
        (("mine", "get-jars", "--colour", "red"), "Did you mean '--color'?"),
        (("mine", "get-jars", "--why", "w"), "--why goes with what changes something"),
        (("mine", "get-jars", "--file", "x"), "get-jars takes no file."),
        (("mine", "post-jars-jar-empty", "--why", "w"), "--jar: is missing."),
        (("mine", "post-jars-jar-empty", "--jar", "1"), "Say why, for the audit"),
        (("mine", "put-jars-jar-note", "--jar", "1", "--why", "w"), "--file: is missing"),
        (
            ("mine", "put-jars-jar-note", "--jar", "1", "--file", "/none", "--why", "w"),
            "/none cannot be read",
        ),
    ],
)
def test_what_is_asked_wrongly_is_told_and_nothing_is_sent(ask, service, arguments, words) -> None:
    refused = ask(*arguments)
    assert (refused.exit_code, words in refused.stderr) == (2, True), refused.stderr
    assert service.asked == []


@pytest.mark.parametrize(("status", "code"), [(400, 2), (404, 1), (409, 1), (503, 1)])
def test_the_words_of_the_service_are_told_with_an_exit_code(ask, service, status, code) -> None:
    service.status, service.answer = status, {"error": "Jar 8 is empty already.", "code": "empty"}
    refused = ask("mine", "get-jars", "--json")
    assert (refused.exit_code, refused.stderr) == (code, "Jar 8 is empty already.\n")
    assert json.loads(refused.stdout) == {"error": "Jar 8 is empty already."}


def test_what_was_done_in_part_exits_with_1(ask, service) -> None:
    service.answer = {
        "says": "2 lines: 1 not taken.",
        "failed": 1,
        "bad": [{"line": 2, "problem": "No jar."}],
    }
    told = ask("mine", "get-jars")
    assert (told.exit_code, "No jar." in told.stdout) == (1, True)


def test_a_file_that_is_answered_is_kept(ask, service, tmp_path) -> None:
    service.answer, service.type = b"%PDF", "application/pdf"
    told = ask("mine", "get-jars", "--out", tmp_path / "jars.pdf")
    assert told.stdout == f"{tmp_path}/jars.pdf: 4 bytes.\n"
    assert (tmp_path / "jars.pdf").read_bytes() == b"%PDF"


def test_without_a_token_or_a_service_it_says_what_to_do(ask, service, monkeypatch) -> None:
    lost = ask("mine", "get-jars", "--url", "http://127.0.0.1:1")
    assert (lost.exit_code, "say with --url where it answers" in lost.stderr) == (1, True)
    monkeypatch.delenv("MAILROOM_OPS_TOKEN")
    off = ask("mine", "get-jars")
    assert (off.exit_code, "MAILROOM_OPS_TOKEN is not set" in off.stderr) == (1, True)
    assert service.asked == []
