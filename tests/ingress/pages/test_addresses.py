"""Where pages are, and that buttons and links of before still lead there."""

import pytest

from tests.ingress.pages.room_page import (  # noqa: F401 - fixtures
    KEY,
    folder_fixture,
    jar_fixture,
    serve_fixture,
)

ONE = {"tips": "tips"}
OTHER = {"main": "tips"}
SEVERAL = {"main": "tips", "second": "tips", "cafe": "menu"}
NAMED_SO = {"tips": "tips", "second": "tips", "cafe": "menu"}


@pytest.mark.parametrize(
    ("bots", "asked", "there"),
    [
        (ONE, "tips", "/app/tips/"),
        (ONE, "tips?order=5&telegram=1", "/app/tips/?order=5&telegram=1"),
        (ONE, "tips?bot=tips&order=5", "/app/tips/?order=5"),
        (OTHER, "tips", "/app/main/"),
        (OTHER, "tips?bot=main&order=5", "/app/main/?order=5"),
        (OTHER, "tips/main.js", "/app/main/main.js"),
        (OTHER, "tips/api/jars?bot=main&lang=ru", "/app/main/api/jars?lang=ru"),
        (OTHER, "tips/api/jars", "/app/main/api/jars"),
        (SEVERAL, "tips?bot=second", "/app/second/"),
        (SEVERAL, "menu?q=%D1%87%D0%B0%D0%B9", "/app/cafe/?q=%D1%87%D0%B0%D0%B9"),
        (NAMED_SO, "tips?bot=second&order=5", "/app/second/?order=5"),
        (NAMED_SO, "tips/?bot=second", "/app/second/"),
        (NAMED_SO, "tips/api/jars?bot=second", "/app/second/api/jars"),
        (NAMED_SO, "tips/jars/a/picture", "/app/tips/api/jars/a/picture"),
    ],
)
def test_an_address_of_before_leads_to_where_it_is_now(serve, bots, asked, there):
    async def test(served):
        answer = await served.client.get(f"/app/{asked}")
        assert (answer.status_code, answer.headers.get("Location")) == (308, there)

    serve(test, bots=bots)


@pytest.mark.parametrize(
    ("bots", "asked"),
    [
        (SEVERAL, "tips"),  # which of the two?
        (SEVERAL, "tips?bot=cafe"),  # which is none
        (SEVERAL, "tips/api/jars?bot=none"),
        (OTHER, "tips?bot=none"),
        (ONE, "none?bot=tips"),
        (ONE, ""),
    ],
)
def test_what_never_led_anywhere_leads_nowhere(serve, bots, asked):
    async def test(served):
        assert (await served.client.get(f"/app/{asked}")).status_code == 404

    serve(test, bots=bots)


def test_what_a_page_of_before_sends_arrives_with_all_that_is_in_it(serve, jar):
    async def test(served):
        answer = await served.client.post(
            "/app/tips/api/tips?bot=main&lang=en",
            json={"jar": "a", "key": KEY},
            headers={"Authorization": "demo 5001"},
            follow_redirects=True,
        )
        assert answer.status_code == 200
        assert (jar.asked[0][1].bot, jar.asked[0][1].key) == ("main", KEY)

    serve(test, bots=OTHER)
