"""The page of `a-page.md` is served as it stands there, and the tables there are the code's."""

import re
from pathlib import Path
from types import SimpleNamespace

from pydantic import BaseModel, Field

from mailroom import Room, pages
from mailroom.actors.pages.answer import Wrong
from mailroom.ingress.asks.answering import STATUS
from mailroom.ingress.pages.words import WORDS
from tests.ingress.pages.room_page import (  # noqa: F401 - fixtures
    KEY,
    folder_fixture,
    jar_fixture,
    serve_fixture,
)

DOC = Path(__file__).parents[3] / "ops/docs/a-page.md"


class Options(BaseModel):
    most_minor: int = 500


def documented():
    """What the example on the page makes."""
    code = re.search(r"```python\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)[1]
    public = {name: getattr(pages, name) for name in pages.__all__}
    made = {**public, "Room": Room, "Field": Field, "Path": Path, "Options": Options, "__file__": __file__}
    exec(compile(code, str(DOC), "exec"), made)
    return SimpleNamespace(**made)


def test_the_page_that_is_shown_is_served_as_it_stands_there(serve, folder):
    page = documented().PAGE

    async def test(served):
        served.rooms[0].options = Options()
        told = await served.ask("POST", "tips/api/jars/1/tips", {"minor": 600, "key": KEY}, lang="ru")
        assert (told.status, told.json["error"]) == (409, "Вы слишком щедры.")
        assert told.json["most_minor"] == 500
        assert (await served.ask("POST", "tips/api/jars/0/tips", {"minor": 1, "key": KEY})).status == 404
        assert (await served.ask("POST", "tips/api/jars/1/tips", {"minor": 1})).json["fields"] == [
            "key: is missing"
        ]

    serve(test, page=pages.Page(folder, page.asks, enter=page.enter, words=page.words))


def test_the_kinds_of_problems_and_the_platforms_codes_are_those_it_names():
    text = DOC.read_text(encoding="utf-8")
    assert {
        kind: int(status) for kind, status in re.findall(r"`(\w+)` (4\d\d|503)\b", text) if kind in STATUS
    } == STATUS
    named = set(
        re.findall(
            r"`([a-z_]+)`", text.partition("The platform has words for")[2].partition("those of entering")[0]
        )
    )
    assert named <= set(WORDS["en"])
    assert set(WORDS["en"]) == set(WORDS["ru"])
    assert set(STATUS) == set(Wrong.__args__)
