"""What the shop's page can be asked is described, and whatever it is asked, it answers as it says."""

from openapi_spec_validator import validate

from mailroom.actors.bots.shop.page import PAGE
from mailroom.ingress.asks.openapi import OPENAPI
from tests.actors.bots.shop.page.shop_page import (  # noqa: F401 - fixtures
    ANN,
    page_database_fixture,
    signed_in,
    visit_fixture,
)
from tests.openapi import answered_as_it_says

EACH = 25


def test_the_document_is_one_of_openapi_and_has_every_ask(visit) -> None:
    async def test(shop):
        document = (await shop.ask("GET", OPENAPI, headers={})).json
        validate(document)
        paths = document["paths"]
        told = {(method.upper(), path) for path, operations in paths.items() for method in operations}
        assert told == {(ask.method, f"/app/shop/api{ask.path}") for ask in PAGE.asks}
        order = paths["/app/shop/api/orders"]["post"]
        body = order["requestBody"]["content"]["application/json"]["schema"]
        assert {"key", "lines", "quote"} <= set(body["required"])
        assert order["x-may"] == ["known"]

    visit(test)


def test_whatever_is_asked_is_answered_as_the_document_says_and_never_with_an_error_of_ours(visit) -> None:
    async def test(shop):
        document = (await shop.ask("GET", OPENAPI, headers={})).json
        # Each question is somebody else's: nobody asks too often.
        await answered_as_it_says(shop.client, document, EACH, lambda number: signed_in(ANN + number))

    visit(test)
