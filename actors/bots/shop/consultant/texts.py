"""All the consultant says by itself, in Russian and English. HTML; values are escaped where they are put
in.
"""

from dataclasses import dataclass

from mailroom.actors.texts.language import Language


@dataclass(frozen=True, kw_only=True)
class ConsultantTexts:
    """What the consultant says in one language when it is not the model that speaks."""

    # while one waits
    thinking: str
    # instead of an answer
    unavailable: str
    used_up: str
    found: str
    found_alone: str
    nothing_found: str
    # answers that need no model
    orders: str
    cart: str
    help: str
    chat: str
    # under an answer
    price: str
    price_discounted: str
    price_from: str
    promo: str
    sold_out: str
    in_stock: str
    no_discount: str
    described: str
    total: str
    cheapest: str
    offer: str
    offer_gone: str
    # what a model may have said, and not written
    promo_good: str
    promo_bad: str
    prices_fixed: str
    delivery: str
    payment: str
    terms: str
    owner: str
    not_here: str
    # above an answer
    cut: str
    # asking again
    asked_already_popup: str
    # buttons
    button_again: str
    button_pay: str
    button_catalogue: str
    button_menu: str


RUSSIAN = ConsultantTexts(
    thinking="Минутку, смотрю, что вам подойдёт…",
    unavailable="Консультант сейчас не отвечает. Каталог, корзина и заказы работают как обычно. Задать тот"
    " же вопрос ещё раз можно кнопкой ниже.",
    used_up="На сегодня я уже ответил на все вопросы, на которые мог, и вернусь завтра. А каталог,"
    " корзина и заказы"
    " под рукой:",
    found="Вот что есть у нас по вашему вопросу:",
    found_alone="Консультант сейчас не отвечает, но вот что нашлось в каталоге по вашему вопросу:",
    nothing_found="Готового ответа у меня нет. Расскажите другими словами, что ищете, или загляните"
    " в каталог.",
    orders="Все ваши заказы, оплата и покупки здесь: /orders",
    cart="Ваша корзина здесь: /cart",
    help="Как всё устроено, рассказано здесь: /help. А с выбором помогу я, просто напишите, что ищете.",
    chat="Здравствуйте! Я помогаю выбрать программы, игры и курсы из нашего каталога. Напишите, для"
    " чего ищете,"
    " и я подскажу.",
    price="• <b>{title}</b>: {price}",
    price_discounted="• <b>{title}</b>: {price} вместо <s>{before}</s>, {discount}",
    price_from=", от {quantity} шт. по {price}",
    promo=", с промокодом {code}: {price}",
    sold_out="• <b>{title}</b>: сейчас нет в наличии",
    in_stock=". В наличии: {count}",
    no_discount=". Скидок сейчас нет",
    described="\n{about}",
    total="<b>{title}</b>: {quantity} × {price} = {total}",
    cheapest="Дешевле всего здесь <b>{title}</b>.",
    offer="🧾 <b>{title}</b>\n{quantity} × {price} = <b>{total}</b>",
    offer_gone="Столько этого товара уже не осталось.",
    promo_good="Промокод действует, его вводят в корзине.",
    promo_bad="Такой промокод не действует.",
    prices_fixed="Цены и скидки назначает магазин, поменять их я не могу.",
    delivery="Покупки приходят в этот чат сами, как только заказ оплачен: /orders",
    payment="Способ оплаты вы выбираете, когда заказ подтверждён; платить мне ничего не нужно.",
    terms="Вопросы о возврате решает владелец магазина, а не я. Ваши заказы здесь: /orders",
    owner="Я передать ничего не могу, но как связаться и как всё устроено, рассказано здесь: /help",
    not_here="Такого в нашем магазине нет. Расскажите, для чего вам это нужно, и я поищу похожее.",
    cut="Сообщение длинное, я прочитал первые {limit} символов.",
    asked_already_popup="Этот вопрос уже задан ещё раз или был слишком давно. Напишите его снова.",
    button_again="🔁 Спросить ещё раз",
    button_pay="💳 Купить за {total}",
    button_catalogue="🛍 Каталог",
    button_menu="🏠 Меню",
)

ENGLISH = ConsultantTexts(
    thinking="One moment, let me see what would suit you…",
    unavailable="The consultant is not answering right now. Catalogue, cart and orders work as"
    " always. The button below asks the same question again.",
    used_up="I have answered all the questions I can for today and will be back tomorrow. Catalogue,"
    " cart and orders"
    " are right here:",
    found="Here is what we have for your question:",
    found_alone="The consultant is not answering right now, but here is what the catalogue has for your"
    " question:",
    nothing_found="I have no good answer to that. Tell me in other words what you are looking for,"
    " or have a look"
    " at the catalogue.",
    orders="All your orders, payments and purchases are here: /orders",
    cart="Your cart is here: /cart",
    help="How everything works is explained here: /help. And I am glad to help you choose: just"
    " write what you are"
    " looking for.",
    chat="Hello! I help to choose software, games and courses from our catalogue. Tell me what you"
    " need, and I will"
    " find something for you.",
    price="• <b>{title}</b>: {price}",
    price_discounted="• <b>{title}</b>: {price} instead of <s>{before}</s>, {discount}",
    price_from=", from {quantity} pcs {price} each",
    promo=", with the promo code {code}: {price}",
    sold_out="• <b>{title}</b>: sold out at the moment",
    in_stock=". In stock: {count}",
    no_discount=". No discounts at the moment",
    described="\n{about}",
    total="<b>{title}</b>: {quantity} × {price} = {total}",
    cheapest="The least expensive here is <b>{title}</b>.",
    offer="🧾 <b>{title}</b>\n{quantity} × {price} = <b>{total}</b>",
    offer_gone="There are not that many of it left.",
    promo_good="The promo code is valid; it is entered in the cart.",
    promo_bad="This promo code is not valid.",
    prices_fixed="Prices and discounts are set by the shop, and I cannot change them.",
    delivery="Your goods arrive in this chat by themselves as soon as the order is paid: /orders",
    payment="You choose how to pay when you have confirmed the order; never pay to me.",
    terms="Refunds are for the owner of the shop to decide, not for me. Your orders are here: /orders",
    owner="I cannot pass anything on, but how everything works is explained here: /help",
    not_here="We have nothing like that in the shop. Tell me what you need it for, and I will look around.",
    cut="That is a long message: I have read the first {limit} characters.",
    asked_already_popup="This question was asked again already, or is too old. Please write it once more.",
    button_again="🔁 Ask again",
    button_pay="💳 Buy for {total}",
    button_catalogue="🛍 Catalogue",
    button_menu="🏠 Menu",
)

CONSULTANT_TEXTS = {Language("ru"): RUSSIAN, Language("en"): ENGLISH}
