"""What the shop says of friends and of its best customers."""

from collections.abc import Mapping
from typing import Literal, get_args

from mailroom.actors.texts.declared import Texts, Value, text

Month = Literal["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "n10", "n11", "n12"]
MONTHS: tuple[Month, ...] = get_args(Month)


class FriendsTexts(Texts):
    """The referral programme, the balance, the leaderboard."""

    title: str

    @text
    def bonus(self, *, percent: Value) -> str: ...
    @text
    def bonus_further(self, *, percents: Value) -> str: ...

    no_bonus: str

    @text
    def link(self, *, link: Value) -> str: ...

    level_first: str
    level_second: str

    @text
    def level_further(self, *, level: Value) -> str: ...
    @text
    def level_row(self, *, name: Value, count: Value) -> str: ...
    @text
    def earned(self, *, amount: Value) -> str: ...
    @text
    def balance(self, *, amount: Value) -> str: ...

    balance_empty: str
    nothing: str
    share: str

    @text
    def top(self, *, month: Value) -> str: ...
    @text
    def top_row(self, *, place: Value, name: Value, spent: Value, orders: Value) -> str: ...
    @text
    def top_mine(self, *, row: Value) -> str: ...
    @text
    def top_outside(self, *, place: Value, spent: Value, orders: Value) -> str: ...

    top_empty: str
    nobody: str

    @text
    def orders(self, *, count: int) -> str: ...

    months: Mapping[Month, str]
    button_share: str
    button_copy: str

    def level(self, number: int) -> str:
        """Who somebody has brought at this remove: friends, friends of friends, and so on."""
        return {1: self.level_first, 2: self.level_second}.get(number) or self.level_further(level=number)

    def month(self, number: int) -> str:
        """A month by its number, from 1, without a day."""
        return self.months[MONTHS[number - 1]]
