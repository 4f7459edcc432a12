"""Sections on the console's page: each in its place, with its own files and no others."""

import re
from pathlib import Path

import pytest

from tests.ingress.conftest import TOKEN
from tests.ingress.console.jar_section import (  # noqa: F401 - fixtures
    Served,
    files_fixture,
    jars_fixture,
    served_fixture,
)

ROOT = Path(__file__).parents[3]
OWN = {"Sec-Fetch-Site": "same-origin"}


async def enter(here):
    await here.client.post("/console/login", form={"token": TOKEN, "who": "Anna"}, headers=OWN)


def test_the_page_has_a_place_for_each_section_under_a_title_of_its_own(served) -> None:
    async def test(here):
        await enter(here)
        page = await (await here.client.get("/console")).get_data(as_text=True)
        places = re.findall(r'data-bot="(\w+)" data-files="([^"]*)"', page)
        assert places == [("mine", "section.html section.js"), ("theirs", "section.html section.js")]
        titles = re.findall(r'<h2 id="bot-\w+-head">([^<]*)', page)
        assert titles == ["Jars · mine", "Jars · theirs"]

    served(test)


def test_a_file_is_sent_once_as_what_it_is_and_is_no_page(served) -> None:
    async def test(here):
        await enter(here)
        answer = await here.client.get("/console/bots/mine/section.html")
        assert await answer.get_data() == b"<p class=jar>A jar</p>"
        assert answer.content_type == "text/html; charset=utf-8"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-cache"
        etag = {"If-None-Match": answer.headers["ETag"]}
        again = await here.client.get("/console/bots/mine/section.html", headers=etag)
        assert (again.status_code, await again.get_data()) == (304, b"")

    served(test)


@pytest.mark.parametrize(
    "path",
    [
        "mine/.hidden",
        "mine/..%2f.hidden",
        "mine/section.css",
        "mine/..%2f..%2fetc%2fpasswd",
        "nobodys/section.js",
        "mine/a%00",
    ],
)
def test_nothing_else_is_a_file_of_a_section(served, path) -> None:
    async def test(here):
        await enter(here)
        answer = await here.client.get(f"/console/bots/{path}")
        assert answer.status_code in (400, 404)
        assert b"secret" not in await answer.get_data()

    served(test)


def test_strangers_get_no_file(served) -> None:
    async def test(here):
        assert (await here.client.get("/console/bots/mine/section.js")).status_code == 401

    served(test)


def test_where_no_bot_has_a_section_there_is_none_and_no_route(ask, server) -> None:
    assert ask("GET", "/ops/bots").json == []
    assert ask("GET", "/ops/bots/mine").status == 404

    async def test(client):
        await client.post("/console/login", form={"token": TOKEN, "who": ""}, headers=OWN)
        assert "data-bot=" not in await (await client.get("/console")).get_data(as_text=True)

    server.run(test)


def test_the_tools_of_a_section_are_those_that_its_page_of_the_documentation_names() -> None:
    script = (ROOT / "ingress/console/static/tools.js").read_text()
    given = script[script.index("  return {") : script.index("\n  };\n}")]
    page = (ROOT / "ops/docs/a-section-of-the-console.md").read_text()
    told = [
        name
        for row in re.findall(r"^\| (`.*?) \|", page, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    ]
    assert sorted(told) == sorted(re.findall(r"^    (\w+)(?=[:,])", given, re.MULTILINE))
