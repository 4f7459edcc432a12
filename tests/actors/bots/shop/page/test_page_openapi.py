"""What the shop's page can be asked is described, and whatever it is asked, it answers as it says."""

import jsonschema
from openapi_spec_validator import validate

from mailroom.actors.bots.shop.page import PAGE
from mailroom.ingress.asks.openapi import OPENAPI
from tests.actors.bots.shop.page.shop_page import (  # noqa: F401 - fixtures
    ANN,
    page_database_fixture,
    signed_in,
    visit_fixture,
)
from tests.openapi import questions

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
        problem = document["components"]["schemas"]["Problem"]
        statuses = set()
        for number, asked in enumerate(questions(document, EACH)):
            person = signed_in(ANN + number)  # nobody asks too often
            kind = {"Content-Type": asked.content_type} if asked.content_type else {}
            answer = await shop.client.open(
                asked.path, method=asked.method, headers={**person, **kind}, data=asked.body or b""
            )
            assert answer.status_code in asked.answers, asked
            assert answer.status_code not in (500, 503), (asked, await answer.get_data())
            if answer.status_code >= 400:
                jsonschema.validate(await answer.get_json(), problem)
            statuses.add(answer.status_code)
        assert {200, 400, 404} <= statuses, "some of them are as they should be, and some are not"

    visit(test)
