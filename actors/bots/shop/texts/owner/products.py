"""Products, their prices and pictures."""

from mailroom.actors.texts.declared import Texts, Value, text


class ProductTexts(Texts):
    """Products, their prices and pictures."""

    @text
    def heading(self, *, page: Value, pages: Value) -> str: ...

    @text
    def row(self, *, mark: Value, title: Value, price: Value, available: Value) -> str: ...

    @text
    def page(
        self,
        *,
        title: Value,
        slug: Value,
        titles: Value,
        price: Value,
        on_sale: Value,
        category: Value,
        supplier: Value,
        picture: Value,
        available: Value,
        reserved: Value,
        sold: Value,
        withdrawn: Value,
    ) -> str: ...

    @text
    def dead(self, *, dead: Value) -> str: ...

    on_sale: str
    not_on_sale: str
    hidden_category: str
    no_supplier: str

    @text
    def ask_price(self, *, title: Value, price: Value) -> str: ...

    @text
    def price_changed(self, *, slug: Value, after: Value, before: Value) -> str: ...

    @text
    def price_same(self, *, slug: Value, after: Value) -> str: ...

    how_to_price: str
    now_on_sale: str
    now_off_sale: str
    has_picture: str
    has_no_picture: str

    @text
    def ask_picture(self, *, slug: Value, megabytes: Value) -> str: ...

    @text
    def picture_put(self, *, slug: Value) -> str: ...

    picture_dropped_popup: str
    how_to_picture: str
    needs_picture: str

    @text
    def report(self, *, added: Value, changed: Value, same: Value) -> str: ...

    help: str
    button_price: str
    button_other_picture: str
    button_add_picture: str
    button_picture_off: str
    button_on_sale: str
    button_off_sale: str
