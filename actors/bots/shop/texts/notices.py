"""What is said of payments outside of a customer's chat: to suppliers, owners, and at the payment provider.
Plain text.
"""

from collections.abc import Mapping

from mailroom.actors.paying.kinds import Why
from mailroom.actors.texts.declared import Texts, Value, text


class NoticeTexts(Texts):
    """Each is a message of its own, or a part of one."""

    @text
    def description(self, *, number: Value) -> str: ...

    # to suppliers
    @text
    def supplier_sold(self, *, number: Value, lines: Value) -> str: ...

    @text
    def supplier_returned(self, *, number: Value, lines: Value) -> str: ...

    @text
    def supplier_replaced(self, *, number: Value, lines: Value) -> str: ...

    # to owners, of money that moves again
    @text
    def refund_waits(self, *, number: Value, provider: Value, money: Value, words: Value) -> str: ...

    @text
    def refund_lost(self, *, number: Value, money: Value, provider: Value, words: Value) -> str: ...

    @text
    def back_twice(self, *, number: Value, money: Value, provider: Value) -> str: ...

    @text
    def inquiry(self, *, number: Value, money: Value, words: Value, until: Value) -> str: ...

    @text
    def dispute(self, *, number: Value, money: Value, words: Value, until: Value) -> str: ...

    @text
    def dispute_won(self, *, number: Value, money: Value) -> str: ...

    @text
    def dispute_lost(self, *, number: Value, money: Value, words: Value, order: Value) -> str: ...

    @text
    def until(self, *, provider: Value, date: Value) -> str: ...

    order_is_over: str

    @text
    def payment(self, *, payment: Value) -> str: ...

    # to owners, of money that could not go back
    @text
    def owed(
        self,
        *,
        number: Value,
        money: Value,
        provider: Value,
        words: Value,
        what: Value,
        payment: Value,
        why: Value,
    ) -> str: ...

    credited: str
    by_hand: str
    nobodys: str
    why: Mapping[Why, str]
