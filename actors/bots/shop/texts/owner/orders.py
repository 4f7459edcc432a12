"""Orders, their money, and what was sold with them."""

from mailroom.actors.texts.declared import Texts, Value, text


class OrderTexts(Texts):
    """Orders, their money, and what was sold with them."""

    heading: str

    @text
    def found(self, *, text: Value) -> str: ...

    none: str

    @text
    def row(self, *, number: Value, status: Value, total: Value) -> str: ...

    @text
    def page(
        self,
        *,
        number: Value,
        status: Value,
        date: Value,
        name: Value,
        contact: Value,
        user: Value,
        lines: Value,
        total: Value,
    ) -> str: ...

    @text
    def line(self, *, title: Value, quantity: Value, price: Value) -> str: ...

    @text
    def promo(self, *, code: Value) -> str: ...

    @text
    def balance(self, *, balance: Value) -> str: ...

    @text
    def comment(self, *, comment: Value) -> str: ...

    payments: str

    @text
    def payment_line(self, *, provider: Value, total: Value, status: Value) -> str: ...

    @text
    def payment_refund(self, *, total: Value, status: Value) -> str: ...

    no_payments: str
    jobs: str

    @text
    def job_line(self, *, name: Value, state: Value, attempts: Value) -> str: ...

    no_jobs: str

    @text
    def ask_refund(self, *, total: Value, number: Value) -> str: ...

    ask_refund_goods: str

    @text
    def refund_to_payer(self, *, total: Value, number: Value) -> str: ...

    @text
    def refund_to_balance(self, *, total: Value, number: Value) -> str: ...

    how_to_find: str
    how_to_refund: str

    @text
    def items(self, *, number: Value, rows: Value) -> str: ...

    @text
    def item_row(self, *, place: Value, title: Value, state: Value) -> str: ...

    @text
    def item_sold(self, *, at: Value) -> str: ...

    @text
    def item_dead(self, *, at: Value) -> str: ...

    @text
    def item_given(self, *, at: Value) -> str: ...

    @text
    def replaced(self, *, product: Value) -> str: ...

    button_refund: str

    @text
    def button_refund_money(self, *, total: Value) -> str: ...

    button_refund_goods: str

    @text
    def button_replace(self, *, title: Value) -> str: ...

    @text
    def button_replace_one(self, *, place: Value, title: Value) -> str: ...

    button_items: str
