"""What the shop says of its goods."""

from mailroom.actors.texts.declared import Texts, Value, text


class CatalogueTexts(Texts):
    """Categories, pages of products, and the card of one."""

    categories: str
    categories_empty: str

    @text
    def category(self, *, title: Value, items: Value) -> str: ...

    category_empty: str

    @text
    def page(self, *, number: Value, count: Value) -> str: ...
    @text
    def product(self, *, title: Value, description: Value, price: Value) -> str: ...
    @text
    def discount(self, *, title: Value, percent: Value) -> str: ...
    @text
    def from_quantity(self, *, quantity: Value, price: Value, percent: Value) -> str: ...
    @text
    def in_stock(self, *, count: Value) -> str: ...

    last_one: str
    sold_out: str

    @text
    def in_cart(self, *, quantity: Value) -> str: ...
    @text
    def row(self, *, title: Value, price: Value) -> str: ...
    @text
    def row_sold_out(self, *, title: Value) -> str: ...

    gone_popup: str
    sold_out_popup: str

    @text
    def only_left_popup(self, *, count: Value) -> str: ...

    price_changed: str
    button_categories: str
    button_previous: str
    button_next: str
    button_back: str
    button_add: str

    @text
    def button_buy(self, *, price: Value) -> str: ...
