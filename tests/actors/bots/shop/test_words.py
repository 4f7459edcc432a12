"""What people read, in the words and forms that are agreed on: a status has one word, a sum one form.

What nobody says is not said.
"""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from mailroom.actors.bots.shop.domain.order import Status
from mailroom.actors.bots.shop.offers import Offer
from mailroom.actors.bots.shop.routes.owner.screens.discounts import offers
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.bots.shop.texts.owner import OWNER_TEXTS
from mailroom.actors.bots.shop.texts.statuses import STATUSES, Statuses
from mailroom.actors.texts.declared import declared_in
from mailroom.actors.texts.language import Language
from mailroom.ops.simulators.payments.things import Status as Paid
from mailroom.ops.simulators.payments.words import WORDS

ROOT = Path(__file__).parents[4]
READ = (
    *ROOT.glob("actors/bots/**/*.py"), *ROOT.glob("actors/**/*.ftl"),
    *ROOT.glob("actors/broadcast/*.py"), *ROOT.glob("ingress/**/*.py"),
    *ROOT.glob("actors/bots/shop/page/files/*.js"), *ROOT.glob("actors/bots/shop/console/files/*.js"),
    *ROOT.glob("ingress/pages/kit/*.js"), *ROOT.glob("ops/simulators/payments/*.py"),
    ROOT / "actors/bots/shop/demo/model/texts.py",
)  # fmt: skip
"""Where there are words for customers and owners."""
NOT_SAID = (
    "проверочная касса", "Номер у магазина", "Стать другим", "◀️ Раньше", "в кругу вашего друга",
    "На {title} сейчас", "test till", "look in again", "Be somebody else", "come to your balance",
    "Where shall we go", "will be canceled",
)  # fmt: skip
NUMBERED = re.compile(r"\bNo\. ?(?:\$?\{|\"|`)|rder No\.")
"""`Order 5`, as people say it, not `Order No. 5`."""
SHARE = re.compile(r"\{(?:[\w.]+| \$\w+ )\}(?:\\u00a0| )?%")
"""A share that is written by hand and not by `format_percent`."""
DAY = re.compile(r":%d\.%m|%b %Y|month: \"short\"")
"""A day that is written by hand and not by `format_day`."""


def test_nobody_reads_a_phrase_that_nobody_says_or_a_form_of_its_own():
    faults = {}
    for file in READ:
        text = file.read_text()
        found = [phrase for phrase in NOT_SAID if phrase in text]
        found += [*NUMBERED.findall(text), *SHARE.findall(text), *DAY.findall(text)]
        if found:
            faults[file.relative_to(ROOT).as_posix()] = found
    assert not faults


@pytest.mark.parametrize("kind", declared_in(Statuses))
def test_every_status_has_one_word_in_both_languages(kind):
    russian, english = (getattr(STATUSES[language], kind) for language in ("ru", "en"))
    assert russian.keys() == english.keys()
    assert all([*russian.values(), *english.values()])


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_customer_the_owner_and_the_payment_page_read_the_same_word(language):
    assert set(get_args(Status)) == STATUSES[language].order.keys()
    assert TEXTS[language].statuses.order == STATUSES[language].order
    assert OWNER_TEXTS[language].statuses is STATUSES[language]
    page, ours = WORDS[language], STATUSES[language]
    assert set(get_args(Paid)) <= page.keys()
    for shown, known in {
        "open": "awaiting_payment", "paid": "paid", "canceled": "canceled", "expired": "expired",
    }.items():  # fmt: skip
        assert page[shown].lower() == ours.order[known]


def test_the_console_says_the_same_words():
    english, broadcast = STATUSES["en"], OWNER_TEXTS["en"].broadcasts.statuses
    files = ROOT / "actors/bots/shop/console/files"
    looks = (files / "words.js").read_text()
    said = dict(re.findall(r"(\w+): \[\"\w*\", \"([^\"]+)\"\]", looks))
    known = {
        **broadcast,
        **english.refund,
        **english.payment,
        **english.order,
        "done": broadcast["done"],
    }
    assert {status: said[status] for status in said} == {status: known[status] for status in said}
    options = re.findall(r"<option value=\"(\w+)\">([^<\n]+)", (files / "section.html").read_text())
    shown = {status: word.strip() for status, word in options if status in english.order}
    assert shown == english.order


@pytest.mark.parametrize(
    ("language", "shown"), [(Language("ru"), "до 31.12.2026"), (Language("en"), "until 31 December 2026")]
)
def test_a_discount_until_a_day_is_shown_as_that_day(language, shown):
    offer = Offer(
        id=7, title_ru="Осень", title_en="Autumn", slug=None, promo_code=None, min_quantity=1, percent=20,
        starts_at=datetime(2026, 12, 1, tzinfo=UTC), ends_at=datetime(2027, 1, 1, tzinfo=UTC), uses_max=None,
        uses=0, active=True, in_force=True,
    )  # fmt: skip
    text = offers(OWNER_TEXTS[language], [offer]).text
    assert f"{shown} ·" in text
    assert "2027" not in text
