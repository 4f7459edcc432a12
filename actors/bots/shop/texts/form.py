"""What the shop says in the order form."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FormTexts:
    """Contact, comment, confirmation."""

    ask_contact: str
    bad_contact: str
    ask_comment: str
    comment_too_long: str
    summary: str
    contact: str
    comment: str
    no_comment: str
    changed: str
    promo_gone: str
    confirm_needs_button: str
    needs_text: str
    left: str
    cancelled: str
    nothing_to_cancel: str
    no_username_popup: str
    closed_popup: str
    button_use_contact: str
    button_skip: str
    button_confirm: str
    button_change: str
    button_cancel: str


RUSSIAN = FormTexts(
    ask_contact="<b>Оформление заказа, шаг 1 из 3</b>\n"
    "Куда прислать чек и написать, если понадобится? Подойдёт адрес почты или телефон,"
    " а без чека хватит и @имени в Telegram. Запомним, чтобы не спрашивать снова.",
    bad_contact="Не похоже ни на телефон, ни на @имя, ни на почту. Подойдёт, например:\n"
    "+7 912 345-67-89, @username или name@example.com",
    ask_comment="<b>Оформление заказа, шаг 2 из 3</b>\n"
    "Добавьте комментарий к заказу (до {limit} символов) или пропустите этот шаг.",
    comment_too_long="Комментарий слишком длинный: {length} символов, а помещается {limit}. Напишите короче.",
    summary="<b>Оформление заказа, шаг 3 из 3</b>\n\n{bill}\n\n{about}\n\n"
    "Подтверждая заказ, вы принимаете условия продажи: /terms\n\nВсё верно?",
    contact="Контакт: {contact}",
    comment="Комментарий: {comment}",
    no_comment="нет",
    changed="Пока вы оформляли заказ, он изменился. Проверьте ещё раз.",
    promo_gone="Промокод {code} больше не действует, цены пересчитаны без него.",
    confirm_needs_button="Осталось подтвердить заказ кнопкой ниже, изменить данные или отменить.",
    needs_text="Сейчас нужен обычный текст: картинку, стикер или файл сюда не записать.",
    left="Оформление заказа прервано, корзина сохранена.",
    cancelled="Оформление отменено. Корзина сохранена.",
    nothing_to_cancel="Отменять нечего: заказ сейчас не оформляется.",
    no_username_popup="В вашем профиле Telegram нет имени. Напишите контакт текстом.",
    closed_popup="Этот заказ уже не оформляется. Корзина: /cart, заказы: /orders",
    button_use_contact="Указать {contact}",
    button_skip="Пропустить",
    button_confirm="✅ Подтвердить",
    button_change="✏️ Изменить",
    button_cancel="✖️ Отменить",
)

ENGLISH = FormTexts(
    ask_contact="<b>Your order, step 1 of 3</b>\n"
    "Where should we send the receipt, and contact you if needed? An e-mail address or a phone number is"
    " best; if you need no receipt, a Telegram @username will do. We will remember it for next time.",
    bad_contact="This does not look like a phone number, a @username or an e-mail address. For example:\n"
    "+44 20 7946 0958, @username or name@example.com",
    ask_comment="<b>Your order, step 2 of 3</b>\nAdd a comment (up to {limit} characters) or skip this step.",
    comment_too_long="The comment is too long: {length} characters, the limit is {limit}. Please shorten it.",
    summary="<b>Your order, step 3 of 3</b>\n\n{bill}\n\n{about}\n\n"
    "By confirming you accept the terms of sale: /terms\n\nIs everything right?",
    contact="Contact: {contact}",
    comment="Comment: {comment}",
    no_comment="none",
    changed="The order has changed in the meantime. Please check it again.",
    promo_gone="The promo code {code} is no longer valid; these are the prices without it.",
    confirm_needs_button="Please confirm the order with the button below, change your details or cancel.",
    needs_text="Plain text is needed here: a picture, sticker or file will not do.",
    left="Checkout is interrupted, your cart is kept.",
    cancelled="Checkout is cancelled. Your cart is kept.",
    nothing_to_cancel="There is nothing to cancel: you are not placing an order.",
    no_username_popup="Your Telegram profile has no username. Please type a contact.",
    closed_popup="This checkout is already closed. Cart: /cart, orders: /orders",
    button_use_contact="Use {contact}",
    button_skip="Skip",
    button_confirm="✅ Confirm",
    button_change="✏️ Change",
    button_cancel="✖️ Cancel",
)
