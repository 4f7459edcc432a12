"""Pictures of products on the shop's page: for everybody, by the name of their content, and kept for good."""

from mailroom.actors.bots.shop.demo.pictures import picture
from mailroom.actors.bots.shop.pictures import add_picture
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.asks.kept_file import KEPT
from mailroom.storage.postgres.files import digest_of
from tests.actors.bots.shop.page.shop_page import page_database_fixture, visit_fixture  # noqa: F401 - fixtures

PNG = picture("games", "trams")


async def pictured(shop):
    async def add():
        async with shop.database.acquire() as connection:
            await add_picture(connection, "trams", PNG)

    await aio(add)


def test_a_picture_needs_no_token_and_is_kept_by_whoever_has_seen_it(visit) -> None:
    async def test(shop):
        await pictured(shop)
        trams = await shop.product("trams")
        products = (await shop.ask("GET", "catalogue")).json["products"]
        found = {one["id"]: one["picture"] for one in products}
        assert found[trams] == f"/app/shop/api/pictures/{digest_of(PNG)}"
        assert found[await shop.product("chess")] is None
        for _ in range(2):
            answer = await shop.client.get(found[trams])
            assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
            assert answer.headers["Cache-Control"] == f"public, {KEPT}"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"] == "sandbox"
            assert await answer.get_data() == PNG
            await shop.sql("DELETE FROM mailroom.file")  # the second time it is at hand

    visit(test)


def test_what_is_no_name_of_a_picture_is_not_looked_for(visit) -> None:
    async def test(shop):
        for name in ("0" * 32, "x", "A" * 32, "0" * 33):
            answer = await shop.client.get(f"/app/shop/api/pictures/{name}")
            assert answer.status_code == 404, name
            assert answer.headers["Cache-Control"] == "no-store"

    visit(test)


def test_a_picture_is_not_sent_again_to_whoever_has_it_and_in_part_where_a_part_is_asked_for(visit) -> None:
    async def test(shop):
        await pictured(shop)
        address, etag = f"/app/shop/api/pictures/{digest_of(PNG)}", f'"{digest_of(PNG)}"'
        has_it = await shop.client.get(address, headers={"If-None-Match": etag})
        assert (has_it.status_code, await has_it.get_data(), has_it.headers["ETag"]) == (304, b"", etag)
        assert has_it.headers["Cache-Control"] == f"public, {KEPT}"
        part = await shop.client.get(address, headers={"Range": "bytes=10-19"})
        assert (part.status_code, await part.get_data()) == (206, PNG[10:20])
        assert part.headers["Content-Range"] == f"bytes 10-19/{len(PNG)}"
        assert part.headers["Content-Security-Policy"] == "sandbox"

    visit(test)


def test_a_page_that_was_loaded_before_still_shows_them(visit) -> None:
    async def test(shop):
        await pictured(shop)
        answer = await shop.client.get(f"/app/shop/pictures/{digest_of(PNG)}", follow_redirects=True)
        assert (answer.status_code, await answer.get_data()) == (200, PNG)

    visit(test)
