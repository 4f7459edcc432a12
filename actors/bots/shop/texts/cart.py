"""What the shop says of the cart: lines, promo code, balance."""

from mailroom.actors.texts.declared import Texts, Value, text


class CartTexts(Texts):
    """The cart, and all that changes its price."""

    title: str

    @text
    def line(self, *, number: Value, title: Value, quantity: Value, price: Value, total: Value) -> str: ...
    @text
    def line_left(self, *, count: Value) -> str: ...

    line_sold_out: str

    @text
    def total(self, *, total: Value) -> str: ...
    @text
    def total_discounted(self, *, before: Value, total: Value) -> str: ...
    @text
    def from_balance(self, *, amount: Value) -> str: ...
    @text
    def to_pay(self, *, amount: Value) -> str: ...
    @text
    def balance_leaves(self, *, amount: Value) -> str: ...

    empty: str
    cleared_popup: str

    @text
    def added_popup(self, *, title: Value, quantity: Value) -> str: ...

    removed_popup: str
    not_in_cart_popup: str

    @text
    def too_many_lines_popup(self, *, limit: Value) -> str: ...
    @text
    def too_many_of_one_popup(self, *, limit: Value) -> str: ...

    other_currency_popup: str

    @text
    def missing(self, *, count: int) -> str: ...

    short: str

    @text
    def promo_works(self, *, code: Value) -> str: ...
    @text
    def promo_other_goods(self, *, code: Value) -> str: ...
    @text
    def promo_more_needed(self, *, code: Value, quantity: Value) -> str: ...
    @text
    def promo_better_already(self, *, code: Value) -> str: ...

    ask_promo: str
    promo_malformed: str

    @text
    def promo_unknown(self, *, code: Value) -> str: ...
    @text
    def promo_not_yet(self, *, code: Value) -> str: ...
    @text
    def promo_used_up(self, *, code: Value) -> str: ...
    @text
    def promo_over(self, *, code: Value) -> str: ...

    promo_dropped_popup: str
    button_checkout: str
    button_clear: str
    button_fit: str
    button_promo: str

    @text
    def button_drop_promo(self, *, code: Value) -> str: ...
    @text
    def button_use_balance(self, *, amount: Value) -> str: ...
    @text
    def button_keep_balance(self, *, amount: Value) -> str: ...

    button_back: str
