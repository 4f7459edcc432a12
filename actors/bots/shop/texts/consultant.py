"""All the consultant says by itself. HTML; values are escaped where they are put in."""

from mailroom.actors.texts.declared import Texts, Value, text


class ConsultantTexts(Texts):
    """What the consultant says in one language when it is not the model that speaks."""

    thinking: str
    unavailable: str
    used_up: str
    found: str
    found_alone: str
    nothing_found: str
    orders: str
    cart: str
    help: str
    chat: str

    @text
    def price(self, *, title: Value, price: Value) -> str: ...

    @text
    def price_discounted(self, *, title: Value, price: Value, before: Value, discount: Value) -> str: ...

    @text
    def price_from(self, *, quantity: Value, price: Value) -> str: ...

    @text
    def promo(self, *, code: Value, price: Value) -> str: ...

    @text
    def sold_out(self, *, title: Value) -> str: ...

    @text
    def in_stock(self, *, count: Value) -> str: ...

    no_discount: str

    @text
    def described(self, *, about: Value) -> str: ...

    @text
    def total(self, *, title: Value, quantity: Value, price: Value, total: Value) -> str: ...

    @text
    def cheapest(self, *, title: Value) -> str: ...

    @text
    def offer(self, *, title: Value, quantity: Value, price: Value, total: Value) -> str: ...

    offer_gone: str
    promo_good: str
    promo_bad: str
    prices_fixed: str
    delivery: str
    payment: str
    terms: str
    owner: str
    not_here: str

    @text
    def cut(self, *, limit: Value) -> str: ...

    asked_already_popup: str
    button_again: str

    @text
    def button_pay(self, *, total: Value) -> str: ...

    button_catalogue: str
    button_menu: str
    instead: str
    """What stands for the name of a product where a sentence is judged: a name says nothing, and may say too
    much.
    """
