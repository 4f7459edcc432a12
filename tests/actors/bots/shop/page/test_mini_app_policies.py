"""The terms and what is kept of people, on the shop's page."""

from tests.actors.bots.shop.page.shop_page import page_database_fixture, visit_fixture  # noqa: F401 - fixtures


def test_the_page_says_what_the_chat_says_without_its_marks(visit) -> None:
    async def test(shop):
        for lang, title in (("en", "Terms of sale"), ("ru", "Условия продажи")):
            terms = (await shop.ask("GET", "policies/terms", lang=lang)).json["paragraphs"]
            assert terms[0] == title
            assert not any("<" in words for words in terms)
        await shop.sql(
            "INSERT INTO shop.policies VALUES ('shop', 'privacy', 'en', '<b>We</b> keep 1 &lt; 2\n\nBye')"
        )
        assert (await shop.ask("GET", "policies/privacy")).json["paragraphs"] == ["We keep 1 < 2", "Bye"]
        assert (await shop.ask("GET", "policies/x")).status == 404

    visit(test)
