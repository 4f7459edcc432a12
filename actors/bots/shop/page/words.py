"""What the page says when the shop cannot: what is wrong, and what the customer can do."""

from typing import NamedTuple

from mailroom.actors.pages.page import ProblemWords


class Words(NamedTuple):
    """What is wrong and what to do, in both languages."""

    error_ru: str
    what_to_do_ru: str
    error_en: str
    what_to_do_en: str


WORDS = {
    "malformed": Words(
        "Не получилось разобрать запрос.",
        "Обновите страницу и попробуйте ещё раз.",
        "The request could not be understood.",
        "Reload the page and try again.",
    ),
    "too_large": Words(
        "Запрос слишком большой.",
        "Обновите страницу и попробуйте ещё раз.",
        "The request is too large.",
        "Reload the page and try again.",
    ),
    "bad_contact": Words(
        "Не похоже ни на почту, ни на телефон, ни на @имя.",
        "Проверьте контакт или оставьте поле пустым.",
        "This does not look like an e-mail address, a phone number or a @username.",
        "Check the contact or leave the field empty.",
    ),
    "not_signed": Words(
        "Магазин не смог узнать вас.",
        "Откройте его кнопкой в чате с ботом.",
        "The shop could not tell who you are.",
        "Open it with the button in the chat with the bot.",
    ),
    "too_old": Words(
        "Магазин открыт уже давно.",
        "Закройте его и откройте снова: корзина сохранится.",
        "The shop has been open for a long time.",
        "Close it and open it again: your cart is kept.",
    ),
    "not_found": Words(
        "Здесь ничего нет.",
        "Обновите страницу.",
        "There is nothing here.",
        "Reload the page.",
    ),
    "no_order": Words(
        "Такого заказа у вас нет.",
        "Посмотрите список своих заказов.",
        "You have no such order.",
        "Have a look at the list of your orders.",
    ),
    "no_provider": Words(
        "Так оплатить нельзя.",
        "Выберите другой способ оплаты.",
        "This way of paying is not available.",
        "Choose another way to pay.",
    ),
    "sold_out": Words(
        "Кто-то успел раньше: столько уже нет.",
        "В корзине видно, сколько осталось. Проверьте её.",
        "Somebody was faster: there are not that many left.",
        "The cart shows what is left. Please check it.",
    ),
    "too_many_waiting": Words(
        "Три ваших заказа уже ждут оплаты.",
        "Оплатите или отмените один из них.",
        "Three of your orders are awaiting payment.",
        "Pay for one or cancel it first.",
    ),
    "price_changed": Words(
        "Пока вы выбирали, цены изменились.",
        "В корзине новые цены. Проверьте и подтвердите ещё раз.",
        "Prices have changed in the meantime.",
        "The cart shows the new ones. Please check it and confirm again.",
    ),
    "order_closed": Words(
        "Этот заказ больше не ждёт оплаты.",
        "Посмотрите, что с ним сейчас.",
        "This order is no longer awaiting payment.",
        "See how it stands now.",
    ),
    "no_complaint": Words(
        "Этот заказ не оплачен.",
        "Сообщать магазину пока не о чем.",
        "This order has not been paid for.",
        "There is nothing to report yet.",
    ),
    "many_complaints": Words(
        "Мы уже передали много ваших сообщений об этом заказе.",
        "Дождитесь, пожалуйста, ответа: он придёт в чат и на эту страницу.",
        "The shop already has many messages from you about this order.",
        "Please wait for the answer: it will arrive in the chat and on this page.",
    ),
    "too_often": Words(
        "Слишком много запросов подряд.",
        "Подождите немного и попробуйте снова.",
        "Too many requests in a row.",
        "Wait a moment and try again.",
    ),
    "too_many_orders": Words(
        "Слишком много заказов подряд.",
        "Подождите минуту. Заказы в вашем списке ждут оплаты.",
        "Too many orders in a row.",
        "Wait a minute. The orders in your list are awaiting payment.",
    ),
    "provider_away": Words(
        "Платёжная система сейчас не отвечает.",
        "Заказ сохранён. Попробуйте через минуту или выберите другой способ оплаты.",
        "The payment service does not answer at the moment.",
        "Your order is kept. Try again in a minute, or choose another way to pay.",
    ),
    "provider_refused": Words(
        "Платёжная система не приняла этот платёж.",
        "Заказ сохранён. Выберите другой способ оплаты или напишите нам в чат.",
        "The payment service did not accept this payment.",
        "Your order is kept. Choose another way to pay, or write to us in the chat.",
    ),
    "unavailable": Words(
        "Магазин сейчас не отвечает.",
        "Ничего не потеряно. Попробуйте через минуту.",
        "The shop does not answer at the moment.",
        "Nothing is lost. Try again in a minute.",
    ),
    "broken": Words(
        "У нас что-то сломалось, мы уже знаем об этом.",
        "Попробуйте чуть позже.",
        "Something broke on our side, and we already know about it.",
        "Please try again a little later.",
    ),
}
"""By what went wrong, which is the `code` of the answer."""

IN_LANGUAGES = {
    "ru": {code: ProblemWords(one.error_ru, one.what_to_do_ru) for code, one in WORDS.items()},
    "en": {code: ProblemWords(one.error_en, one.what_to_do_en) for code, one in WORDS.items()},
}
"""The same as a page has them."""
