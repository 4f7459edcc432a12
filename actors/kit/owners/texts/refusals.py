"""What is wrong, and what to do about it: a text for each of the kit's faults."""

from mailroom.actors.texts.declared import Texts, Value, text


class RefusalTexts(Texts):
    """What is wrong, and what to do about it: a text for each of the kit's faults."""

    @text
    def file_too_large(self, *, size: Value, most: Value) -> str: ...

    file_empty: str
    not_a_table: str

    @text
    def no_column(self, *, column: Value, columns: Value) -> str: ...

    @text
    def column_twice(self, *, column: Value) -> str: ...

    @text
    def too_many_rows(self, *, most: Value) -> str: ...

    quotes: str

    @text
    def too_few_cells(self, *, cells: Value, columns: Value) -> str: ...

    @text
    def too_many_cells(self, *, cells: Value, columns: Value) -> str: ...

    @text
    def missing(self, *, column: Value) -> str: ...

    @text
    def too_long(self, *, column: Value, chars: Value, most: Value) -> str: ...

    @text
    def unreadable(self, *, column: Value) -> str: ...

    @text
    def not_utf_8(self, *, place: Value, byte: Value) -> str: ...

    @text
    def bad_yes_or_no(self, *, word: Value) -> str: ...

    @text
    def bad_price(self, *, price: Value) -> str: ...

    @text
    def too_many_decimals(self, *, price: Value, currency: Value, digits: Value) -> str: ...

    @text
    def price_off_step(self, *, price: Value, currency: Value, step: Value) -> str: ...

    @text
    def price_out_of_range(self, *, price: Value) -> str: ...

    @text
    def bad_currency(self, *, currency: Value) -> str: ...

    @text
    def text_too_long(self, *, chars: Value, most: Value) -> str: ...

    nobody_to_tell: str

    @text
    def unknown_broadcast(self, *, number: Value) -> str: ...

    @text
    def broadcast_moved_on(self, *, number: Value) -> str: ...
