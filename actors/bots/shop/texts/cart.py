"""What the shop says of the cart: lines, promo code, balance."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CartTexts:
    """The cart, and all that changes its price."""

    title: str
    line: str
    line_left: str
    line_sold_out: str
    total: str
    total_discounted: str
    from_balance: str
    to_pay: str
    balance_leaves: str
    empty: str
    cleared_popup: str
    added_popup: str
    removed_popup: str
    not_in_cart_popup: str
    too_many_lines_popup: str
    too_many_of_one_popup: str
    other_currency_popup: str
    missing_forms: tuple[str, ...]
    short: str
    promo_works: str
    promo_other_goods: str
    promo_more_needed: str
    promo_better_already: str
    ask_promo: str
    promo_malformed: str
    promo_unknown: str
    promo_not_yet: str
    promo_used_up: str
    promo_over: str
    promo_dropped_popup: str
    button_checkout: str
    button_clear: str
    button_fit: str
    button_promo: str
    button_drop_promo: str
    button_use_balance: str
    button_keep_balance: str
    button_back: str


RUSSIAN = CartTexts(
    title="<b>Корзина</b>",
    line="{number}. {title}\n{quantity} × {price} = {total}",
    line_left="⚠️ В наличии только {count} шт.",
    line_sold_out="⚠️ Закончился",
    total="Итого: <b>{total}</b>",
    total_discounted="Итого: <s>{before}</s> <b>{total}</b>",
    from_balance="С баланса: −{amount}",
    to_pay="К оплате: <b>{amount}</b>",
    balance_leaves="<i>Меньше {amount} платёжная система не принимает: часть баланса остаётся у вас.</i>",
    empty="Корзина пуста. Загляните в каталог!",
    cleared_popup="Корзина очищена.",
    added_popup="Добавлено: {title}. В корзине {quantity} шт.",
    removed_popup="Убрано из корзины.",
    not_in_cart_popup="Этого товара в корзине уже нет.",
    too_many_lines_popup="В корзине может быть не больше {limit} разных товаров.",
    too_many_of_one_popup="Не больше {limit} шт. одного товара в заказе.",
    other_currency_popup="Цена этого товара в другой валюте. Оформите его отдельным заказом.",
    missing_forms=(
        "{count} товар больше не продаётся и убран из корзины.",
        "{count} товара больше не продаются и убраны из корзины.",
        "{count} товаров больше не продаются и убраны из корзины.",
    ),
    short="Столько товаров сейчас нет. Возьмите, сколько есть, или уберите лишнее.",
    promo_works="🏷 Промокод <code>{code}</code> действует.",
    promo_other_goods="🏷 Промокод <code>{code}</code> действует, но на другие товары.",
    promo_more_needed="🏷 Промокод <code>{code}</code> сработает при покупке от {quantity} шт. одного товара.",
    promo_better_already="🏷 Промокод <code>{code}</code> не нужен: сейчас скидка и так не меньше.",
    ask_promo="🏷 Пришлите промокод следующим сообщением.",
    promo_malformed="Это не похоже на промокод: в нём от 3 до 32 латинских букв, цифр и дефисов."
    " Проверьте и пришлите ещё раз.",
    promo_unknown="Промокода <code>{code}</code> у нас нет. Проверьте, нет ли опечатки, и пришлите ещё раз.",
    promo_not_yet="Промокод <code>{code}</code> ещё не начал действовать. Есть другой? Пришлите.",
    promo_used_up="Промокод <code>{code}</code> уже использован максимальное число раз."
    " Есть другой? Пришлите.",
    promo_over="Срок промокода <code>{code}</code> истёк. Есть другой? Пришлите.",
    promo_dropped_popup="Промокод убран.",
    button_checkout="✅ Оформить заказ",
    button_clear="🗑 Очистить",
    button_fit="Взять, сколько есть",
    button_promo="🏷 Ввести промокод",
    button_drop_promo="✖️ Без промокода {code}",
    button_use_balance="⬜️ Списать с баланса {amount}",
    button_keep_balance="☑️ Списать с баланса {amount}",
    button_back="↩️ В корзину",
)

ENGLISH = CartTexts(
    title="<b>Cart</b>",
    line="{number}. {title}\n{quantity} × {price} = {total}",
    line_left="⚠️ Only {count} in stock",
    line_sold_out="⚠️ Sold out",
    total="Total: <b>{total}</b>",
    total_discounted="Total: <s>{before}</s> <b>{total}</b>",
    from_balance="From your balance: −{amount}",
    to_pay="To pay: <b>{amount}</b>",
    balance_leaves="<i>A payment below {amount} is not possible, so part of your balance stays with you.</i>",
    empty="Your cart is empty. Have a look at the catalogue!",
    cleared_popup="The cart is empty now.",
    added_popup="Added: {title}. In your cart: {quantity}",
    removed_popup="Removed from the cart.",
    not_in_cart_popup="This product is no longer in your cart.",
    too_many_lines_popup="A cart holds at most {limit} different products.",
    too_many_of_one_popup="At most {limit} of one product per order.",
    other_currency_popup="This product is priced in another currency. Please order it separately.",
    missing_forms=(
        "{count} product is no longer sold and was removed from your cart.",
        "{count} products are no longer sold and were removed from your cart.",
    ),
    short="We do not have that many. Take what is left, or remove some.",
    promo_works="🏷 The promo code <code>{code}</code> is applied.",
    promo_other_goods="🏷 The promo code <code>{code}</code> is valid, but for other goods.",
    promo_more_needed="🏷 The promo code <code>{code}</code> works if you buy {quantity} or more of one"
    " product.",
    promo_better_already="🏷 You do not need the promo code <code>{code}</code>: your discount is"
    " already as good.",
    ask_promo="🏷 Please send the promo code in your next message.",
    promo_malformed="That does not look like a promo code: it has 3 to 32 Latin letters, digits and hyphens."
    " Please check it and send it again.",
    promo_unknown="There is no promo code <code>{code}</code>. Please check the spelling and send it again.",
    promo_not_yet="The promo code <code>{code}</code> is not valid yet. If you have another one, send it.",
    promo_used_up="The promo code <code>{code}</code> has been used up. If you have another one, send it.",
    promo_over="The promo code <code>{code}</code> has expired. If you have another one, send it.",
    promo_dropped_popup="Promo code removed.",
    button_checkout="✅ Place the order",
    button_clear="🗑 Clear",
    button_fit="Take what is left",
    button_promo="🏷 Enter a promo code",
    button_drop_promo="✖️ Without {code}",
    button_use_balance="⬜️ Use {amount} of my balance",
    button_keep_balance="☑️ Use {amount} of my balance",
    button_back="↩️ To the cart",
)
