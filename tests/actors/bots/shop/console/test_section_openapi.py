"""What the shop's section can be asked is described, and whatever it is asked, it answers as it says."""

import jsonschema
from openapi_spec_validator import validate

from mailroom.actors.bots.shop.console import SECTION
from mailroom.ingress.asks.openapi import OPENAPI
from tests.actors.bots.shop.console.test_section import (  # noqa: F401 - fixtures
    BEARER,
    SHOP,
    desk_fixture,
    opened,
    page_database_fixture,
)
from tests.openapi import questions

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
        problem = document["components"]["schemas"]["Problem"]
        statuses = set()
        for asked in questions(document, EACH):
            kind = {"Content-Type": asked.content_type} if asked.content_type else {}
            answer = await shop.client.open(
                asked.path, method=asked.method, headers={**BEARER, **kind}, data=asked.body or b""
            )
            assert answer.status_code in asked.answers, asked
            assert answer.status_code not in (500, 503), (asked, await answer.get_data())
            if answer.status_code >= 400:
                jsonschema.validate(await answer.get_json(), problem)
            statuses.add(answer.status_code)
        assert {200, 400, 404} <= statuses, "some of them are as they should be, and some are not"

    opened(test)
