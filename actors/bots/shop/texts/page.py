"""What the Mini App says: its scripts ask for these by name, `nothing_found` as `t("nothingFound")`."""

from collections.abc import Mapping
from typing import Literal

from mailroom.actors.bots.shop.domain.order import Status
from mailroom.actors.texts.declared import Texts, Value, text


class PageTexts(Texts):
    """Plain text, which the page puts where it belongs."""

    shop: str
    cart: str
    orders: str
    orders_short: str
    search: str
    all: str
    categories: str

    @text
    def found(self, *, count: int) -> str: ...
    @text
    def nothing_found(self, *, text: Value) -> str: ...

    nothing_found_hint: str
    show_all: str
    nothing_on_sale: str
    nothing_on_sale_hint: str
    add: str

    @text
    def add_one(self, *, title: Value) -> str: ...
    @text
    def more(self, *, title: Value) -> str: ...
    @text
    def less(self, *, title: Value) -> str: ...

    sold_out: str

    @text
    def left(self, *, count: Value) -> str: ...

    delivery: str

    @text
    def from_count(self, *, count: Value, share: Value) -> str: ...

    discounts: str

    @text
    def from_each(self, *, count: int) -> str: ...

    close: str

    @text
    def go_to_cart(self, *, count: int) -> str: ...
    @text
    def many_lines(self, *, count: Value) -> str: ...
    @text
    def many_of_one(self, *, count: Value) -> str: ...

    empty_cart: str
    empty_cart_hint: str
    to_catalogue: str

    @text
    def remove(self, *, title: Value) -> str: ...

    gone: str
    other_currency: str

    @text
    def only_left(self, *, count: int) -> str: ...
    @text
    def take(self, *, count: Value) -> str: ...

    drop: str

    @text
    def each(self, *, price: Value) -> str: ...

    promo: str
    promo_apply: str
    promo_remove: str
    promo_says: Mapping[
        Literal["works", "other_goods", "better_already", "unknown", "not_yet", "used_up", "over"], str
    ]

    @text
    def promo_more_needed(self, *, count: Value) -> str: ...
    @text
    def balance(self, *, money: Value) -> str: ...

    contact: str
    contact_hint: str
    sum: str
    discount: str
    from_balance: str
    total: str
    to_pay: str

    @text
    def order(self, *, money: Value) -> str: ...

    order_free: str
    counting: str
    ordering: str

    @text
    def order_number(self, *, number: Value) -> str: ...

    no_orders: str
    no_orders_hint: str

    @text
    def items(self, *, count: int) -> str: ...

    story: Mapping[Status, str]
    time_is_up: str

    @text
    def held(self, *, time: Value) -> str: ...

    how_to_pay: str
    test_payment: str
    by_hand: str

    @text
    def pay(self, *, money: Value) -> str: ...

    opening_pay: str
    watching: str
    pay_again: str
    cancel: str
    cancel_sure: str
    yes_cancel: str
    keep: str
    again: str
    again_done: str
    complaint: str
    complaint_begin: str
    complaint_more: str
    complaint_ask: str
    complaint_send: str
    complaint_leave: str
    complaint_sent: str
    complaint_waits: str
    by_you: str
    by_shop: str
    dead: str
    goods: str
    copy: str
    copied: str
    copy_failed: str
    open: str
    download: str
    file_in_chat: str
    goods_in_chat: str

    @text
    def promo_of_order(self, *, code: Value) -> str: ...

    close_shop: str
    outside: str
    outside_hint: str

    @text
    def outside_paid(self, *, number: Value) -> str: ...

    outside_paid_hint: str
    to_chat: str
    terms: str
    privacy: str
    policy_in_chat: str
    by_ordering: str
    lost: str
    demo_other: str
