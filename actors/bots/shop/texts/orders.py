"""What the shop says of orders: how they stand, and how they are paid for."""

from collections.abc import Mapping

from mailroom.actors.texts.declared import Texts, Value, text


class OrderTexts(Texts):
    """An order from its placing on, and the list of all."""

    @text
    def placed(self, *, number: Value) -> str: ...
    @text
    def page(self, *, number: Value, date: Value, status: Value) -> str: ...
    @text
    def promo(self, *, code: Value) -> str: ...
    @text
    def reserved(self, *, minutes: Value) -> str: ...
    @text
    def still_reserved(self, *, minutes: Value) -> str: ...

    choose_payment: str
    pay_below: str
    no_money_moves: str
    by_hand: str
    paid: str
    delivered: str
    expired: str
    canceled: str
    refunding: str
    refunded: str
    title: str
    empty: str

    @text
    def row(self, *, number: Value, date: Value, status: Value, items: Value, total: Value) -> str: ...
    @text
    def items(self, *, count: int) -> str: ...
    @text
    def minutes(self, *, count: int) -> str: ...

    providers: Mapping[str, str]
    unknown_popup: str
    already_waiting_popup: str
    too_many_waiting_popup: str

    @text
    def provider_down_popup(self, *, provider: Value) -> str: ...
    @text
    def provider_down_choose_popup(self, *, provider: Value) -> str: ...
    @text
    def provider_refused_popup(self, *, provider: Value) -> str: ...

    not_offered_popup: str

    @text
    def asked_popup(self, *, provider: Value) -> str: ...

    nothing_to_ask_popup: str
    canceled_popup: str
    not_canceled_popup: str
    closed_popup: str
    goods_gone_popup: str

    @text
    def button_open(self, *, number: Value, total: Value, status: Value) -> str: ...
    @text
    def button_pay(self, *, provider: Value) -> str: ...
    @text
    def button_pay_at(self, *, amount: Value, provider: Value) -> str: ...

    button_have_paid: str
    button_other_way: str
    button_cancel: str
    button_goods: str
    button_orders: str

    def provider(self, kind: str) -> str:
        """What people call a payment provider, by the kind of the account there."""
        return self.providers.get(kind, kind.capitalize())
