"""Discounts."""

from mailroom.actors.texts.declared import Texts, Value, text


class DiscountTexts(Texts):
    """Discounts."""

    heading: str
    none: str

    @text
    def row(self, *, number: Value, percent: Value, title: Value, terms: Value, state: Value) -> str: ...

    on_all: str

    @text
    def at_least(self, *, count: Value) -> str: ...

    @text
    def until(self, *, date: Value) -> str: ...

    @text
    def code(self, *, code: Value) -> str: ...

    @text
    def uses(self, *, uses: Value, most: Value) -> str: ...

    help: str

    @text
    def added(self, *, number: Value) -> str: ...

    @text
    def off(self, *, number: Value) -> str: ...

    @text
    def button_switch_off(self, *, number: Value) -> str: ...
