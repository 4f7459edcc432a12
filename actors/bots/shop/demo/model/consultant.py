"""The shop consultant as a script: first the tools, then an answer made of their results.

It is driven by the tools that a request offers, chosen by the names of their parameters: one that takes
`slugs` reads products, one that takes `query` finds them, one that takes `slug` and `quantity` offers one.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mailroom.actors.bots.shop.demo.model import blocks, patterns, shelf, words
from mailroom.actors.bots.shop.demo.model.found import Found
from mailroom.actors.bots.shop.demo.model.shelf import Thing
from mailroom.actors.bots.shop.demo.model.texts import TEXTS, Texts
from mailroom.actors.kit.scripted import Chat, Said, WantedCall

SHOWN_MAX = 3
LOOKED_UP_MAX = 5
ROUNDS_MAX = 3
QUERY_CHARS_MAX = 150
TALK_WORDS_MAX = 4
DESCRIPTION_CHARS_MAX = 120
SPEAKS = re.compile(r"\bin (russian|english)\b", re.IGNORECASE)
NO_SUMS = re.compile(
    r"(?:do not|don't|never) (?:write|name|mention)[^.]{0,40}\b(?:sums?|prices?|money)\b", re.IGNORECASE
)


def answer(chat: Chat) -> Said:
    """What the consultant does next."""
    return _Consultant(chat).next()


class _Consultant:
    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._things = shelf.read(chat.system)
        self._russian = _speaks_russian(chat)
        self._say: Texts = TEXTS["ru" if self._russian else "en"]
        self._wants_to_buy = self._is_buying()
        self._reader = self._tool("slugs")
        self._finder = self._tool("query")
        self._seller = self._tool("slug", "quantity")

    def next(self) -> Said:
        if len(self._chat.results) < len(self._chat.calls) or len(set(self._chat.calls)) > ROUNDS_MAX:
            return Said(self._say.failed)
        calls = self._first_calls() if not self._chat.calls else self._more_calls()
        if calls:
            return Said(calls=calls)
        first = not any(who == "assistant" for who, _ in self._chat.before)
        if blocks.ASKED.search(self._chat.system):
            notice = [blocks.prose(self._say.notice)] if first else []
            return Said(blocks.told([*blocks.answered(self._given(), self._say), *notice]))
        said = self._answered()
        return Said(f"{said}\n\n{self._say.notice}" if first else said)

    def _given(self) -> blocks.Given:
        """What an answer in blocks is made of."""
        question = self._chat.question
        results = [one for one in self._chat.results if isinstance(one, dict)]
        return blocks.Given(
            found=self._found(),
            offers=[one for one in results if "offered" in one],
            promo=any("promo_code" in one for one in results),
            haggles=bool(patterns.HAGGLES.search(question)),
            asks_price=bool(patterns.ASKS_PRICE.search(question)),
            asks_stock=bool(patterns.ASKS_STOCK.search(question)),
            asks_discount=bool(patterns.ASKS_DISCOUNT.search(question)),
            asks_cheapest=bool(patterns.ASKS_CHEAPEST.search(question)),
            thanks=bool(patterns.THANKS.search(question)),
            talks=not self._chat.calls and (self._is_talk() or not words.asked_for(question)),
            failed=bool(self._chat.calls) and not any("error" not in one for one in results),
        )

    def _first_calls(self) -> tuple[WantedCall, ...]:
        question = self._chat.question
        meant = self._meant()
        if self._wants_to_buy and len(meant) == 1 and self._seller:
            return (WantedCall.of(self._seller, slug=meant[0].slug, quantity=patterns.quantity_in(question)),)
        if meant and self._reader:
            promo = patterns.promo_in(question)
            more = {"promo_code": promo} if promo and "promo_code" in self._chat.tools[self._reader] else {}
            return (WantedCall.of(self._reader, slugs=[one.slug for one in meant[:LOOKED_UP_MAX]], **more),)
        looked_for = question if words.asked_for(question) else self._looked_for_before()
        if looked_for and self._finder and not self._is_talk() and not patterns.HAGGLES.search(question):
            query = words.search_words(looked_for, russian=self._russian)[:QUERY_CHARS_MAX]
            return (WantedCall.of(self._finder, query=query),)
        return ()

    def _more_calls(self) -> tuple[WantedCall, ...]:
        """What was found by searching, and is wanted, is offered."""
        buyable = [one for one in self._found() if one.available]
        if self._wants_to_buy and self._seller and self._seller not in self._chat.calls and len(buyable) == 1:
            quantity = patterns.quantity_in(self._chat.question)
            return (WantedCall.of(self._seller, slug=buyable[0].slug, quantity=quantity),)
        return ()

    def _meant(self) -> list[Thing]:
        """The products that the question is about: named in it, pointed back at, or looked for."""
        question = self._chat.question
        if found := shelf.named(question, self._things):
            return found
        if self._is_talk() or patterns.HAGGLES.search(question):
            return []
        before = self._named_before()
        if patterns.ASKS_MORE.search(question):
            looked_for = question if words.asked_for(question) else self._looked_for_before()
            # If there is nothing else of that, it is searched for once more.
            return [one for one in shelf.about(looked_for, self._things) if one not in before]
        if before and (patterns.AGREES.search(question) or patterns.POINTS_BACK.search(question)):
            for pattern, place in patterns.ORDINALS:
                if pattern.search(question) and place < len(before):
                    return [before[place]]
            return before[:1] if self._wants_to_buy else before
        if found := shelf.about(question, self._things):
            return found
        vague = (
            patterns.ASKS_PRICE,
            patterns.ASKS_STOCK,
            patterns.ASKS_COMPARE,
            patterns.ASKS_CHEAPEST,
            patterns.BUYS,
        )
        if before and any(pattern.search(question) for pattern in vague):
            return before
        if not words.asked_for(question):
            # «Посоветуйте что-нибудь»: some of everything.
            return list(self._things[:: max(1, len(self._things) // SHOWN_MAX)][:SHOWN_MAX])
        return []

    def _is_talk(self) -> bool:
        """A greeting, thanks, and nothing about goods."""
        question = self._chat.question
        talks = patterns.GREETS.search(question) or patterns.THANKS.search(question)
        rest = patterns.THANKS.sub(" ", patterns.GREETS.sub(" ", question))
        return (
            bool(talks)
            and len(words.asked_for(rest)) == 0
            and len(words.WORD.findall(question)) <= TALK_WORDS_MAX
        )

    def _named_before(self) -> list[Thing]:
        said = next((text for who, text in reversed(self._chat.before) if who == "assistant"), "")
        return shelf.named(said, self._things)

    def _looked_for_before(self) -> str:
        asked = (text for who, text in reversed(self._chat.before) if who == "user" and words.asked_for(text))
        return next(asked, "")

    def _is_buying(self) -> bool:
        question = self._chat.question
        if patterns.BUYS.search(question):
            return True
        return bool(patterns.AGREES.search(question)) and len(self._named_before()) == 1

    def _answered(self) -> str:
        parts = [self._say.prices_fixed] if patterns.HAGGLES.search(self._chat.question) else []
        results = [one for one in self._chat.results if isinstance(one, dict)]
        parts += [self._promo(one) for one in results if "promo_code" in one]
        offers = [one for one in results if "offered" in one]
        if offers:
            return "\n".join([*parts, self._of_offer(offers[-1])])
        found = self._found()
        if found:
            return "\n".join([*parts, self._of_products(found)])
        if parts:
            return "\n".join(parts)
        if self._chat.calls and not any("error" not in one for one in results):
            return self._say.failed
        if not self._chat.calls and (self._is_talk() or not words.asked_for(self._chat.question)):
            return self._say.welcome if patterns.THANKS.search(self._chat.question) else self._say.hello
        return self._say.nothing

    def _of_offer(self, offer: Mapping[str, Any]) -> str:
        if offer["offered"]:
            return self._say.offered.format(title=offer.get("title", ""))
        product = Found.read(offer.get("product"))
        if product is None:
            return self._say.failed
        if product.available:
            return self._say.too_many.format(title=product.title, available=product.available)
        return self._say.sold_out.format(title=product.title)

    def _of_products(self, found: Sequence[Found]) -> str:
        buyable = [one for one in found if one.available]
        gone = [one for one in found if not one.available]
        if patterns.ASKS_CHEAPEST.search(self._chat.question):
            buyable.sort(key=lambda one: _amount(one.price))
        if not buyable:
            lines = [self._say.sold_out.format(title=one.title) for one in gone[:SHOWN_MAX]]
            return "\n".join([self._say.all_sold_out, *lines] if len(lines) > 1 else lines)
        shown = buyable[:SHOWN_MAX]
        lines = [self._one(shown[0])] if len(shown) == 1 else [self._say.several, *map(self._line, shown)]
        if len(shown) > 1 and patterns.ASKS_CHEAPEST.search(self._chat.question):
            lines.append(self._say.cheapest.format(title=shown[0].title))
        lines += [self._say.discount.format(title=one.title) for one in shown if one.discounted]
        if gone and len(shown) < SHOWN_MAX:
            titles = ", ".join(one.title for one in gone[: SHOWN_MAX - len(shown)])
            lines.append(self._say.some_sold_out.format(titles=titles))
        lines.append(self._say.buy if len(shown) == 1 else self._say.choose)
        return "\n".join(lines)

    def _one(self, found: Found) -> str:
        about = self._described(found)
        return self._say.one.format(title=found.title, description=about)

    def _line(self, found: Found) -> str:
        return self._say.line.format(title=found.title, description=self._described(found))

    def _described(self, found: Found) -> str:
        about = _first_sentence(found.description)
        if found.price and not NO_SUMS.search(self._chat.system):
            about = f"{about} ({self._say.price.format(price=found.price)})" if about else found.price
        about = about or found.title
        if not about.split()[0].isupper() or about[1:2] == " ":
            about = about[:1].lower() + about[1:]
        return about if about.endswith((".", "!", "?", ")")) else f"{about}."

    def _promo(self, result: Mapping[str, Any]) -> str:
        return self._say.promo_good if str(result["promo_code"]).startswith("valid") else self._say.promo_bad

    def _found(self) -> list[Found]:
        found: dict[str, Found] = {}
        for result in self._chat.results:
            listed = result.get("products") if isinstance(result, dict) else result
            for one in listed if isinstance(listed, list) else ():
                if product := Found.read(one):
                    found.setdefault(product.title, product)
        if patterns.ASKS_MORE.search(self._chat.question):
            known = {one.title for one in self._named_before()}
            return [one for title, one in found.items() if title not in known]
        return list(found.values())

    def _tool(self, *parameters: str) -> str | None:
        """The tool whose parameters these are; the one with the fewest others."""
        fitting = [name for name, has in self._chat.tools.items() if set(parameters) <= has]
        return min(fitting, key=lambda name: len(self._chat.tools[name]), default=None)


def _speaks_russian(chat: Chat) -> bool:
    # The first word on it is the rule; what comes later may stand in a description.
    if told := SPEAKS.search(chat.system):
        return told[1].casefold() == "russian"
    return bool(words.CYRILLIC.search(chat.question))


def _first_sentence(text: str) -> str:
    cut = re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]
    if len(cut) <= DESCRIPTION_CHARS_MAX:
        return cut
    return cut[:DESCRIPTION_CHARS_MAX].rsplit(" ", 1)[0] + "…"


def _amount(price: str) -> float:
    digits = re.sub(r"[^\d.,]", "", price).replace(",", ".")
    try:
        return float(digits)
    except ValueError:
        return float("inf")
