"""What the shop says of orders: how they stand, and how they are paid for."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.texts.statuses import STATUSES


@dataclass(frozen=True, kw_only=True)
class OrderTexts:
    """An order from its placing on, and the list of all."""

    placed: str
    page: str
    promo: str
    reserved: str
    still_reserved: str
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
    status_names: Mapping[str, str]
    title: str
    empty: str
    row: str
    items_forms: tuple[str, ...]
    minutes_forms: tuple[str, ...]
    providers: dict[str, str]
    unknown_popup: str
    already_waiting_popup: str
    too_many_waiting_popup: str
    provider_down_popup: str
    provider_down_choose_popup: str
    provider_refused_popup: str
    not_offered_popup: str
    asked_popup: str
    nothing_to_ask_popup: str
    canceled_popup: str
    not_canceled_popup: str
    closed_popup: str
    goods_gone_popup: str
    button_open: str
    button_pay: str
    button_pay_at: str
    button_have_paid: str
    button_other_way: str
    button_cancel: str
    button_goods: str
    button_orders: str


RUSSIAN = OrderTexts(
    placed="✅ <b>Заказ № {number} принят</b>",
    page="<b>Заказ № {number}</b> от {date}: {status}",
    promo="Промокод: {code}",
    reserved="Товары отложены для вас на {minutes}.",
    still_reserved="Товары отложены для вас ещё на {minutes}.",
    choose_payment="Как вам удобнее заплатить? Оплачивая, вы принимаете условия продажи: /terms",
    pay_below="Кнопка ниже откроет страницу оплаты. Покупки придут в этот чат сами, обычно в течение минуты"
    " после оплаты.",
    no_money_moves="Это тестовая оплата: деньги не спишутся.",
    by_hand="Мы напишем вам, чтобы договориться об оплате. Все заказы: /orders",
    paid="Оплачено, спасибо! Покупки придут в этот чат с минуты на минуту.",
    delivered="Покупки доставлены. Посмотреть их снова можно в любой момент.",
    expired="Время на оплату вышло, и товары снова в продаже. Если вы всё же успели заплатить, деньги не"
    " пропадут: вы получите покупку или возврат.",
    canceled="Заказ отменён, товары снова в продаже.",
    refunding="Возвращаем вам деньги за этот заказ.",
    refunded="Деньги за этот заказ вернулись к вам.",
    status_names=STATUSES[Language.RU].order,
    title="<b>Мои заказы</b>",
    empty="Заказов пока нет.",
    row="<b>№ {number}</b> от {date}: {status}\n{items} на {total}",
    items_forms=("товар", "товара", "товаров"),
    minutes_forms=("минуту", "минуты", "минут"),
    providers={"yookassa": "ЮKassa", "aaio": "AAIO", "stripe": "Stripe"},
    unknown_popup="Такого заказа у вас нет.",
    already_waiting_popup="Этот заказ уже ждёт вашей оплаты.",
    too_many_waiting_popup="Три ваших заказа уже ждут оплаты. Оплатите или отмените один из них: /orders",
    provider_down_popup="{provider} сейчас не принимает оплату. Попробуйте ещё раз через минуту.",
    provider_down_choose_popup="{provider} сейчас не принимает оплату. Попробуйте ещё раз через минуту или"
    " выберите другой способ.",
    provider_refused_popup="{provider}: этот платёж не приняли. Заказ сохранён: выберите другой способ оплаты"
    " или напишите нам.",
    not_offered_popup="Так оплатить этот заказ нельзя.",
    asked_popup="Проверяем оплату ({provider}). Если она прошла, покупки придут сюда в течение минуты.",
    nothing_to_ask_popup="Сначала выберите, как заплатить: страницы оплаты для этого заказа ещё нет.",
    canceled_popup="Заказ отменён.",
    not_canceled_popup="Этот заказ уже нельзя отменить.",
    closed_popup="Этот заказ больше не ждёт оплаты.",
    goods_gone_popup="Покупок этого заказа здесь сейчас нет.",
    button_open="№ {number} · {total} · {status}",
    button_pay="💳 {provider}",
    button_pay_at="💳 Оплатить {amount} через {provider}",
    button_have_paid="✅ Уже оплачено",
    button_other_way="↩️ Другой способ",
    button_cancel="✖️ Отменить заказ",
    button_goods="🎁 Показать покупки",
    button_orders="📦 Все заказы",
)

ENGLISH = OrderTexts(
    placed="✅ <b>Order {number} received</b>",
    page="<b>Order {number}</b>, {date}: {status}",
    promo="Promo code: {code}",
    reserved="The goods are reserved for you for {minutes}.",
    still_reserved="The goods are reserved for you for another {minutes}.",
    choose_payment="How would you like to pay? By paying you accept the terms of sale: /terms",
    pay_below="The button below opens the payment page. Your goods arrive in this chat by themselves, usually"
    " within a minute of the payment.",
    no_money_moves="This is a test payment: no money will be charged.",
    by_hand="We will write to you about payment. All orders: /orders",
    paid="Paid, thank you! Your goods will arrive in this chat any moment now.",
    delivered="Your goods have been delivered. You can see them again at any time.",
    expired="The time to pay is over, and the goods are on sale again. If you did pay, your money is safe:"
    " you will get the goods or a refund.",
    canceled="The order is cancelled, and the goods are on sale again.",
    refunding="Your money for this order is on its way back.",
    refunded="Your money for this order has been returned.",
    status_names=STATUSES[Language.EN].order,
    title="<b>My orders</b>",
    empty="No orders yet.",
    row="<b>Order {number}</b>, {date}: {status}\n{items} for {total}",
    items_forms=("item", "items"),
    minutes_forms=("minute", "minutes"),
    providers={"yookassa": "YooKassa", "aaio": "AAIO", "stripe": "Stripe"},
    unknown_popup="You have no such order.",
    already_waiting_popup="This order is already awaiting payment.",
    too_many_waiting_popup="Three of your orders are awaiting payment. Pay for one or cancel it first:"
    " /orders",
    provider_down_popup="{provider} is not taking payments right now. Please try again in a minute.",
    provider_down_choose_popup="{provider} is not taking payments right now. Please try again in a minute or"
    " choose another way.",
    provider_refused_popup="{provider} did not accept this payment. Your order is kept: choose another way to"
    " pay, or write to us.",
    not_offered_popup="This order cannot be paid that way.",
    asked_popup="We are checking with {provider}. If the payment went through, your goods will be here"
    " in a minute.",
    nothing_to_ask_popup="Please choose how to pay first: there is no payment page for this order yet.",
    canceled_popup="The order is cancelled.",
    not_canceled_popup="This order can no longer be cancelled.",
    closed_popup="This order is no longer awaiting payment.",
    goods_gone_popup="There is nothing to show for this order at the moment.",
    button_open="Order {number} · {total} · {status}",
    button_pay="💳 {provider}",
    button_pay_at="💳 Pay {amount} with {provider}",
    button_have_paid="✅ I have paid",
    button_other_way="↩️ Another way",
    button_cancel="✖️ Cancel the order",
    button_goods="🎁 Show my goods",
    button_orders="📦 All orders",
)
