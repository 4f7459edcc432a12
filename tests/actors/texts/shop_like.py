"""What the texts of these tests are declared as."""

from collections.abc import Mapping
from typing import Literal

from mailroom.actors.texts.declared import Texts, Value, text


class CartTexts(Texts):
    title: str

    @text
    def page(self, *, number: Value) -> str: ...

    @text
    def items(self, *, count: int) -> str: ...

    states: Mapping[Literal["paid", "canceled"], str]

    def shout(self) -> str:
        return self.title.upper()


class WaysTexts(Texts):
    how: str


class HelpTexts(Texts):
    ways: WaysTexts


class AllTexts(Texts):
    cart: CartTexts
    help: HelpTexts
