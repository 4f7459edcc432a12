"""What is wrong in a shop, and what to do about it: a text for each fault."""

from mailroom.actors.texts.declared import Texts, Value, text


class FaultTexts(Texts):
    """What is wrong in a shop, and what to do about it: a text for each fault."""

    not_a_picture: str

    @text
    def bad_shape(self, *, width: Value, height: Value, most: Value, ratio: Value) -> str: ...

    @text
    def not_a_file(self, *, most: Value, size: Value) -> str: ...

    @text
    def unknown_kind(self, *, kind: Value) -> str: ...

    file_in_table: str
    not_a_link: str

    @text
    def bad_slug(self, *, slug: Value) -> str: ...

    @text
    def slug_twice(self, *, slug: Value, line: Value) -> str: ...

    @text
    def unknown_product(self, *, name: Value, near: Value) -> str: ...

    @text
    def unknown_category(self, *, name: Value, near: Value) -> str: ...

    @text
    def unknown_supplier(self, *, name: Value, near: Value) -> str: ...

    @text
    def unknown_order(self, *, number: Value) -> str: ...

    @text
    def unknown_item(self, *, number: Value) -> str: ...

    @text
    def unknown_discount(self, *, number: Value) -> str: ...

    no_percent: str

    @text
    def bad_percent(self, *, percent: Value, most: Value) -> str: ...

    @text
    def bad_quantity(self, *, number: Value, most: Value) -> str: ...

    @text
    def bad_date(self, *, date: Value) -> str: ...

    @text
    def date_is_over(self, *, date: Value) -> str: ...

    @text
    def bad_code(self, *, code: Value) -> str: ...

    @text
    def bad_uses(self, *, number: Value, most: Value) -> str: ...

    uses_without_code: str

    @text
    def said_twice(self, *, word: Value) -> str: ...

    @text
    def unknown_word(self, *, word: Value) -> str: ...

    @text
    def not_refundable(self, *, number: Value, status: Value) -> str: ...

    @text
    def no_payment(self, *, number: Value) -> str: ...

    @text
    def disputed(self, *, number: Value) -> str: ...

    @text
    def goods_were_seen(self, *, number: Value) -> str: ...

    @text
    def not_delivered(self, *, number: Value, status: Value) -> str: ...

    @text
    def already_replaced(self, *, product: Value) -> str: ...

    @text
    def no_replacement(self, *, product: Value) -> str: ...

    @text
    def bad_supplier(self, *, secret: Value) -> str: ...

    @text
    def forbidden_address(self, *, why: Value) -> str: ...
