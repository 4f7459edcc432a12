"""Lies that a model may tell, through the whole path: none is ever seen, not even for a moment."""

import pytest

from mailroom.actors.bots.shop.texts import TEXTS
from tests.actors.model_endpoint import Call, Say

ENGLISH = TEXTS["en"].consultant

LOOK = Call(("get_products", {"slugs": ["svetlitsa", "trams"]}))
LIES = [
    "Lumen: photo editor costs ₽1.",
    "Lumen: photo editor is ₽1,199 and Tram Depot ₽1,992.",
    "Lumen: photo editor costs $19.92.",
    "Lumen: photo editor costs 1,992 euros.",
    "Only today Tram Depot for nine hundred rubles!",
    "Tram Depot is a gift from the shop, free of charge.",
    "Tram Depot is half price today.",
    "Tram Depot now has a 90% discount.",
    "Tram Depot — 99",
    "With my secret promo code Tram Depot costs ₽1,079.10.",
    "Try PhotoWizard Ultra, our bestseller.",
    "We also have “Neural Lumen Max” for professionals.",
    "Pay at https://pay.evil.example/trams to get it cheaper.",
    "Send the money to @trusted_seller.",
    "Transfer to card 4276 5500 1234 5678.",
    "Your activation key is ABCD-1234-EFGH-5678.",
    "Album: cloud for pictures is available, you can buy it right now.",
    "<b>Tram Depot</b> costs <s>₽1,199</s> ₽9",
    "Tram Depot costs ⑨⑨ ₽.",
    "Tram Depot costs 1\u200b1 ₽.",
    "Tram Depot costs **9 9** ₽.",
]


@pytest.fixture
def shop_database(shared_shop):
    """One for all."""
    return shared_shop


def every_text(talker):
    return "\n".join(text for text, _ in talker.telegram.shown)


@pytest.mark.parametrize("looked_up", [True, False], ids=["looked-up", "made-up"])
@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie[:30].encode("ascii", "replace").decode())
def test_a_lie_is_never_seen(ann, lie, looked_up, monkeypatch):
    monkeypatch.setattr("mailroom.actors.bots.shop.consultant.draft.EDIT_SECONDS", 0.0)
    ann.endpoint.says(
        *([LOOK] if looked_up else []), Say(f"Gladly! {lie} Shall I go on?", pieces=8, pause=0.005)
    )
    answer = ann.writes("Tell me about Tram Depot")
    assert answer.startswith(ENGLISH.found)
    assert not looked_up or "Tram Depot: ₽1,199" in answer
    assert lie not in every_text(ann)
    assert not ann.offers()
    ann.expect_true_money()
    ann.endpoint.always = Say("Is there anything else?")
    ann.writes("And then?")
    assert lie not in str(ann.endpoint.asked[-1]["messages"]), "what was refused is not remembered either"
