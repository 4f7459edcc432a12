"""`mailroom ask` against a service: what the command sends is what a section is asked."""

import json
from functools import partial
from types import SimpleNamespace
from unittest.mock import create_autospec

import pytest
import trio

from mailroom.actors.hosting.staff import Staff
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio, to_trio
from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.app import create_app
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.http.server import listen, run_server
from mailroom.ingress.http.trio_app import TrioApp
from mailroom.ingress.ops.access import Access
from mailroom.ingress.ops.operations import Operations
from mailroom.ops.bundled import room
from mailroom.supervisors.oncall.oncall import OnCall

TOKEN = "token-of-sixteen-or-more"
FACE = """
from pydantic import BaseModel
from mailroom import BundledBot

class Options(BaseModel): ...

def parts():
    from answering_jars.parts import PARTS
    return PARTS

BOT = BundledBot(options=Options, parts=parts)
"""
ROOM = """
from datetime import date
from pathlib import Path
from aiogram import Router
from pydantic import BaseModel
from mailroom import Parts
from mailroom.pages import Ask, Asked, File, Problem, Section, Upload

class Lid(BaseModel):
    color: str

class Which(Asked):
    full: bool = False
    ids: tuple[int, ...] = ()
    since: date | None = None

class Emptied(Asked):
    jar: str
    sure: bool = False
    at: date | None = None
    lids: list[Lid] = []

class Note(Asked):
    jar: int
    loud: bool = False
    file: bytes

class Which1(Asked):
    jar: int

async def look(room, visit, asked): return asked.model_dump(mode="json")

async def empty(room, visit, asked):
    if asked.jar == "gone":
        raise Problem("gone", "absent", says="There is no jar gone.")
    return {"says": f"{visit.who}, {visit.why}, {visit.key}", "asked": asked.model_dump(mode="json")}

async def note(room, visit, asked): return {"says": f"{len(asked.file)} bytes, {asked.loud}"}

async def picture(room, visit, asked): return File(b"%PDF", "application/pdf", name="jar.pdf")

MAY = {"keeper"}
PARTS = Parts(answers=Router, section=Section("Jars", Path(), [
    Ask("GET", "/jars", Which, look, MAY),
    Ask("POST", "/jars/{jar}/empty", Emptied, empty, MAY),
    Ask("PUT", "/jars/{jar}/note", Note, note, MAY, takes=Upload(100, ("text/*",))),
    Ask("GET", "/jars/{jar}/picture", Which1, picture, MAY),
]))
"""


@pytest.fixture
def asked(mailroom, tmp_path, monkeypatch):
    """`asked([…], […])` asks these of a service that serves the room; what each command came to."""
    folder = tmp_path / "answering_jars"
    folder.mkdir()
    (folder / "__init__.py").write_text(FACE)
    (folder / "parts.py").write_text(ROOM)
    (tmp_path / "mailroom.toml").write_text('[bots.mine]\nroom = "answering_jars"\n')
    monkeypatch.setenv("MAILROOM_OPS_TOKEN", TOKEN)

    def run(*commands):
        parts = room("answering_jars", tmp_path).parts()
        serving = SimpleNamespace(bot="mine", allowance=Allowance())
        sections = {"mine": BotSection(Staff.of(serving, parts))}
        oncall = create_autospec(OnCall, instance=True)

        async def main():
            stop, results = trio.Event(), []
            config, port = listen("127.0.0.1", 0)
            operations = Operations(oncall, Access(TOKEN, Allowance()), sections, closing=stop)
            app = create_app(None, None, {"bots": {}}, operations)
            with trio.fail_after(60):
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(aio, run_server, TrioApp(app), config, partial(to_trio, stop.wait))
                    for command in commands:
                        words = ("ask", "--url", f"http://127.0.0.1:{port}", "mine", *command)
                        results.append(await trio.to_thread.run_sync(partial(mailroom, *words)))
                    stop.set()
            return results

        return host.run(main)

    return run


def test_what_the_command_is_told_is_what_the_room_is_asked(asked, tmp_path) -> None:
    (tmp_path / "note.txt").write_bytes(b"\xff\x00")
    looked, emptied, noted, _, gone = asked(
        ("get-jars", "--full", "--ids", "1", "--ids", "2", "--since", "2026-12-01", "--json"),
        ("post-jars-jar-empty", "--jar", "a b?", "--sure", "--at", "2026-12-31", "--lids",
         '[{"color": "red"}]', "--why", "it is full", "--key", "k-1", "--json"),
        ("put-jars-jar-note", "--jar", "1", "--loud", "--file", tmp_path / "note.txt", "--why", "w"),
        ("get-jars-jar-picture", "--jar", "1", "--out", tmp_path / "jar.pdf"),
        ("post-jars-jar-empty", "--jar", "gone", "--why", "w"),
    )  # fmt: skip
    assert json.loads(looked.stdout) == {"full": True, "ids": [1, 2], "since": "2026-12-01"}
    told = json.loads(emptied.stdout)
    assert told["says"] == "ann (command), it is full, k-1"
    assert told["asked"] == {"jar": "a b?", "sure": True, "at": "2026-12-31", "lids": [{"color": "red"}]}
    assert noted.stdout == "2 bytes, True\n"
    assert (tmp_path / "jar.pdf").read_bytes() == b"%PDF"
    assert (gone.exit_code, gone.stderr) == (1, "There is no jar gone.\n")
