"""Links to files: whoever has one has the file for a while, as a whole or in part, and nothing in it runs."""

import asyncio
from types import SimpleNamespace

import pytest
import trio

from mailroom.actors.runtime import host
from mailroom.actors.uses.file_links import FileLinks
from mailroom.actors.uses.files import RoomFiles
from mailroom.ingress.app import create_app
from mailroom.ingress.pages import file_links as module
from mailroom.ingress.pages.file_links import file_links
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.files import File, digest_of
from mailroom.storage.vault import Vault

VAULT = Vault([Vault.new_key()])
CONTENT = b"0123456789"
DIGEST = digest_of(CONTENT)


class Clock:
    now = 1_800_000_000.0

    def __call__(self):
        return self.now


class Shelf(RoomFiles):
    """The files of a bot, which are here and in no database."""

    def __init__(self, bot, clock):
        self.links = FileLinks(bot, "https://bots.example", VAULT, clock)
        self.found = {DIGEST: File(CONTENT, "text/html", DIGEST)}
        self.away = None

    async def get(self, digest):
        if self.away is not None:
            raise self.away
        return self.found.get(digest)


@pytest.fixture
def linked():
    """`linked(test)` runs a test with the files of two bots and `get`, which follows a link."""

    def run(test):
        async def main():
            clock = Clock()
            mine, other = Shelf("mine", clock), Shelf("other", clock)
            app = create_app(None, None, {"bots": {}}, endpoints=[file_links([mine, other])])
            client = app.test_client()

            async def get(link, method="GET", **headers):
                path = link.removeprefix("https://bots.example")
                answer = await client.open(path, method=method, headers=headers)
                return SimpleNamespace(
                    status=answer.status_code, headers=answer.headers, body=await answer.get_data()
                )

            with trio.fail_after(30):
                await test(SimpleNamespace(mine=mine, other=other, clock=clock, get=get))

        host.run(main)

    return run


def test_whoever_has_the_link_has_the_file_by_its_name_and_nothing_in_it_runs(linked):
    async def test(shelves):
        answer = await shelves.get(shelves.mine.links.to(DIGEST, seconds=60, name="счёт.html"))
        assert (answer.status, answer.body) == (200, CONTENT)
        assert answer.headers["Content-Security-Policy"] == "sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%D1%81")
        shown = await shelves.get(shelves.mine.links.to(DIGEST, seconds=60, inline=True))
        assert "Content-Disposition" not in shown.headers

    linked(test)


def test_a_part_is_given_where_it_is_asked_for_and_nothing_twice(linked):
    async def test(shelves):
        link = shelves.mine.links.to(DIGEST, seconds=60)
        part = await shelves.get(link, Range="bytes=2-4")
        assert (part.status, part.body, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
        assert part.headers["Content-Security-Policy"] == "sandbox"
        assert (await shelves.get(link, Range="bytes=10-")).status == 416
        again = await shelves.get(link, **{"If-None-Match": f'"{DIGEST}"'})
        assert (again.status, again.body) == (304, b"")
        head = await shelves.get(link, "HEAD")
        assert (head.status, head.headers["ETag"], head.headers["Content-Length"]) == (
            200,
            f'"{DIGEST}"',
            "10",
        )

    linked(test)


def test_a_browser_keeps_it_no_longer_than_the_link_is_good_and_nobody_on_the_way_does(linked):
    async def test(shelves):
        link = shelves.mine.links.to(DIGEST, seconds=90)
        shelves.clock.now += 30
        assert (await shelves.get(link)).headers["Cache-Control"] == "private, max-age=60"

    linked(test)


def test_a_link_that_is_over_changed_or_anothers_leads_nowhere_and_a_file_that_is_gone_too(linked):
    async def test(shelves):
        link = shelves.mine.links.to(DIGEST, seconds=60)
        for wrong in (link[:-4], link.replace("mine", "other"), link.replace("mine", "nobody"), link[:-60]):
            answer = await shelves.get(wrong)
            assert answer.status == 404, wrong
            assert CONTENT not in answer.body
        shelves.mine.found.clear()
        assert (await shelves.get(link)).status == 404
        shelves.mine.found[DIGEST] = File(CONTENT, "text/html", DIGEST)
        assert (await shelves.get(link)).status == 200
        shelves.clock.now += 61
        assert (await shelves.get(link)).status == 404

    linked(test)


@pytest.mark.parametrize("away", [StoreUnavailable("gone"), OSError("gone"), None])
def test_without_the_database_whoever_follows_a_link_is_to_come_again(linked, monkeypatch, away):
    monkeypatch.setattr(module, "READ_SECONDS_MAX", 0.05)

    async def test(shelves):
        async def silent(_digest):
            await asyncio.Event().wait()

        shelves.mine.away = away
        if away is None:
            shelves.mine.get = silent
        answer = await shelves.get(shelves.mine.links.to(DIGEST, seconds=60))
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")

    linked(test)
