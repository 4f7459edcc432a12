"""Figures of some days."""

from collections.abc import Mapping
from typing import Literal

from mailroom.actors.texts.declared import Texts, Value, text


class FigureTexts(Texts):
    """Figures of some days."""

    @text
    def page(self, *, period: Value, dates: Value) -> str: ...

    periods: Mapping[Literal["today", "yesterday", "week", "month"], str]

    @text
    def orders(
        self, *, placed: Value, paid: Value, delivered: Value, refunded: Value, conversion: Value
    ) -> str: ...

    @text
    def money(self, *, net: Value) -> str: ...

    no_money: str

    @text
    def refunds(self, *, paid: Value, refunded: Value) -> str: ...

    @text
    def balance(self, *, balance: Value) -> str: ...

    top: str

    @text
    def top_line(self, *, title: Value, sold: Value, total: Value) -> str: ...

    @text
    def model(self, *, calls: Value, cost: Value) -> str: ...

    no_conversion: str
