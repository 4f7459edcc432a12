"""What the shop's section can be asked is described, and whatever it is asked, it answers as it says."""

from openapi_spec_validator import validate

from mailroom.actors.bots.shop.console import SECTION
from mailroom.ingress.asks.openapi import OPENAPI
from tests.actors.bots.shop.console.test_section import (  # noqa: F401 - fixtures
    BEARER,
    SHOP,
    oncall_fixture,
    opened,
    page_database_fixture,
)
from tests.openapi import answered_as_it_says

EACH = 12


def test_the_document_is_one_of_openapi_and_has_every_ask(opened) -> None:  # noqa: F811
    async def test(shop):
        document = (await shop.ask("GET", OPENAPI)).json
        validate(document)
        paths = document["paths"]
        told = {(method.upper(), path) for path, operations in paths.items() for method in operations}
        assert told == {(ask.method, SHOP + ask.path) for ask in SECTION.asks}
        refund = paths[f"{SHOP}/orders/{{number}}/refund"]["post"]
        assert refund["requestBody"]["content"]["application/json"]["schema"]["required"] == ["why"]

    opened(test)


def test_whatever_is_asked_is_answered_as_the_document_says_and_never_with_an_error_of_ours(
    opened,  # noqa: F811
) -> None:
    async def test(shop):
        document = (await shop.ask("GET", OPENAPI)).json
        await answered_as_it_says(shop.client, document, EACH, lambda _number: BEARER)

    opened(test)
