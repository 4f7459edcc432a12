"""What the shop says when something is wrong with an order."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ComplaintTexts:
    """A customer's problem with an order, from the button to the answer."""

    ask: str
    ask_more: str
    said: str
    you: str
    shop: str
    taken: str
    added: str
    cut: str
    too_many: str
    not_now_popup: str
    needs_text: str
    left: str
    answer: str
    replaced: str
    button: str
    button_write: str
    button_done: str
    button_order: str
    button_leave: str


RUSSIAN = ComplaintTexts(
    ask="<b>Что не так с заказом № {number}?</b>\n\nОпишите своими словами, одним сообщением или несколькими."
    " Владелец магазина увидит их вместе с заказом и ответит в этом чате. Сами коды и пароли присылать не"
    " нужно.",
    ask_more="<b>Проблема с заказом № {number}</b>\n\nМагазин уже знает о ней и скоро ответит. Всё, что вы"
    " напишете сейчас, добавится к вашему обращению.",
    said="{who}: {text}",
    you="Вы",
    shop="Магазин",
    taken="✅ Передали владельцу магазина. Ответ придёт сюда.\n\nЕсть что добавить? Просто напишите.",
    added="✅ Добавили к обращению по заказу № {number}. Ответ придёт сюда.",
    cut="Сообщение длинное: передали первые {limit} символов. Остальное пришлите следующим.",
    too_many="Мы уже передали много ваших сообщений об этом заказе. Дождитесь, пожалуйста, ответа: он придёт"
    " сюда.",
    not_now_popup="Этот заказ не оплачен, и сообщать магазину пока не о чем.",
    needs_text="Сейчас нужен текст: опишите, что не так. Передумали: /cancel",
    left="Хорошо, больше ничего не передаём.",
    answer="💬 <b>Ответ магазина по заказу № {number}</b>\n\n{text}",
    replaced="🔁 <b>Замена в заказе № {number}</b>\nВот другой экземпляр вместо того, что не работал:",
    button="⚠️ Проблема с заказом",
    button_write="✍️ Ответить",
    button_done="Готово",
    button_order="📦 Заказ № {number}",
    button_leave="Не нужно",
)

ENGLISH = ComplaintTexts(
    ask="<b>What is wrong with order {number}?</b>\n\nTell us in your own words, in one message or"
    " several. The owner of the shop will see them together with the order, and answer in this chat. There is"
    " no need to send codes or passwords.",
    ask_more="<b>A problem with order {number}</b>\n\nThe shop knows about it and will answer soon."
    " Whatever you write now is added to what you have told us.",
    said="{who}: {text}",
    you="You",
    shop="The shop",
    taken="✅ The owner of the shop has it. The answer will come here.\n\nAnything to add? Just write it.",
    added="✅ Added to your message about order {number}. The answer will come here.",
    cut="That is a long message: the first {limit} characters were passed on. Please send the rest in another"
    " one.",
    too_many="The shop already has many messages from you about this order. Please wait for the answer: it"
    " will come here.",
    not_now_popup="This order has not been paid for, so there is nothing to report yet.",
    needs_text="Please describe in words what is wrong. Changed your mind? /cancel",
    left="All right, nothing more will be passed on.",
    answer="💬 <b>The shop answers about order {number}</b>\n\n{text}",
    replaced="🔁 <b>A replacement in order {number}</b>\nHere is another one for what did not work:",
    button="⚠️ Problem with this order",
    button_write="✍️ Reply",
    button_done="Done",
    button_order="📦 Order {number}",
    button_leave="Never mind",
)
