"""The goods of the demo as a model's answer is judged against them."""

import asyncio
from pathlib import Path

import yaml

from mailroom.actors.bots.shop.consultant import prose
from mailroom.actors.bots.shop.consultant.facts import Facts
from mailroom.actors.bots.shop.consultant.wording import clean
from mailroom.actors.bots.shop.domain.discounts import Discount
from mailroom.actors.bots.shop.domain.product import Product
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.uses.cpu import Cpu

CPU = Cpu()
"""The process that judges, for all of these tests: it takes a second to start."""
SENTENCES = Path(__file__).with_name("sentences")
GOODS = yaml.safe_load((SENTENCES / "goods.yaml").read_text(encoding="utf-8"))


def goods(language):
    """Products in a language, `album` and `taiga` sold out, some discounts."""
    return [
        Product(
            number,
            1,
            one[language][0],
            one[language][1],
            round(one["price"] * 100),
            "RUB",
            one["slug"],
            one.get("available", 9),
            tuple(
                Discount(number, title, least, percent, minor, code)
                for title, least, percent, minor, code in one.get("discounts", [])
            ),
        )
        for number, one in enumerate(GOODS, 1)
    ]


def judged(text, language, question="", looked_up=None):
    """What is left of some prose when all goods, or those of these slugs, were looked up in this turn."""
    shop = goods(language)
    facts = Facts()
    facts.learn(one for one in shop if looked_up is None or one.slug in looked_up)
    return asyncio.run(prose.judged(CPU, clean(text), facts, shop, language, question))


def sentences(kind, which=""):
    """The sentences of a list, each with its language."""
    return [
        (language, line)
        for language in TEXTS.languages
        for line in (SENTENCES / f"{kind}_{language}{which and f'_{which}'}.txt")
        .read_text(encoding="utf-8")
        .splitlines()
        if line.strip()
    ]
