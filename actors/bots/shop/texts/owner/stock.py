"""The stock: how much there is, what was put there, what is taken off sale."""

from mailroom.actors.texts.declared import Texts, Value, text


class StockTexts(Texts):
    """The stock: how much there is, what was put there, what is taken off sale."""

    heading: str

    @text
    def row(self, *, mark: Value, slug: Value, available: Value, reserved: Value, sold: Value) -> str: ...

    help: str

    @text
    def added(self, *, count: Value, products: Value) -> str: ...

    @text
    def in_stock(self, *, count: Value, lines: Value) -> str: ...

    @text
    def twice(self, *, count: Value, lines: Value) -> str: ...

    @text
    def file_added(self, *, slug: Value) -> str: ...

    @text
    def file_was_there(self, *, slug: Value) -> str: ...

    @text
    def ask_withdraw(self, *, slug: Value, items: Value) -> str: ...

    @text
    def withdrawn(self, *, count: int) -> str: ...

    how_to_withdraw: str
    csv_needs_caption: str

    @text
    def items(self, *, count: int) -> str: ...

    button_withdraw: str
    button_withdraw_all: str
