"""What the shop writes unasked: goods, receipts, bonuses, and news that nobody likes."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class NewsTexts:
    """What comes of events."""

    delivered: str
    goods_again: str
    file: str
    long_code: str
    dead: str
    dead_file: str
    thanks: str
    expired: str
    refund_reasons: dict[str, str]
    refund_under_way: str
    refund_over: str
    refund_to_balance: str
    receipt: str
    receipt_paid: str
    bonus: str
    bonus_friend: str
    bonus_further: str


RUSSIAN = NewsTexts(
    delivered="🎁 <b>Заказ № {number} оплачен. Вот ваши покупки:</b>",
    goods_again="🎁 <b>Покупки из заказа № {number}</b>",
    file="📎 файл {name}",
    long_code="📎 в файле {name}",
    dead="<s>{code}</s> (заменено)",
    dead_file="📎 <s>файл {name}</s> (заменён)",
    thanks="Спасибо! Посмотреть всё это снова можно в любой момент: /orders",
    expired="⌛️ Время на оплату заказа № {number} вышло, и товары снова в продаже. Хотите их всё же купить?"
    " Оформите заказ ещё раз, это займёт минуту.\n\nЕсли вы уже заплатили, деньги не пропадут: вы получите"
    " покупку или возврат.",
    refund_reasons={
        "too_late": "😔 Оплата заказа № {number} дошла до нас, когда время брони уже вышло, и товар успели"
        " купить. Простите, что так получилось.",
        "twice": "Заказ № {number} оплачен дважды, а хватит и одной оплаты. Простите за хлопоты.",
        "mismatch": "За заказ № {number} пришла не та сумма, и провести такую оплату мы не можем. Простите за"
        " хлопоты.",
        "owner": "Мы отменили ваш заказ № {number}. Простите, что так получилось.",
    },
    refund_under_way="Возвращаем {amount} туда, откуда вы платили. Напишем, когда деньги уйдут.",
    refund_over="Мы вернули {amount} туда, откуда вы платили. Банк покажет их в течение нескольких дней.",
    refund_to_balance="{amount} уже на вашем балансе: их можно списать при оплате следующего заказа.",
    receipt="🧾 <b>Квитанция по заказу № {number}</b>",
    receipt_paid="Оплачено {date}: {amount}, {provider}",
    bonus="🎉 <b>Бонус {amount}</b> уже на вашем балансе.",
    bonus_friend="Это за покупку вашего друга: {friend}. Спасибо, что рассказываете о нас!",
    bonus_further="Это за покупку знакомого, которого пригласил ваш друг ({friend}). Спасибо, что"
    " рассказываете о нас!",
)

ENGLISH = NewsTexts(
    delivered="🎁 <b>Order {number} is paid. Here are your goods:</b>",
    goods_again="🎁 <b>The goods of order {number}</b>",
    file="📎 file {name}",
    long_code="📎 in the file {name}",
    dead="<s>{code}</s> (replaced)",
    dead_file="📎 <s>file {name}</s> (replaced)",
    thanks="Thank you! You can see all this again at any time: /orders",
    expired="⌛️ The time to pay for order {number} is over, and the goods are on sale again. Would you"
    " still like them? Just order once more, it takes a minute.\n\nIf you have paid already, your money is"
    " safe: you will get the goods or a refund.",
    refund_reasons={
        "too_late": "😔 Your payment for order {number} reached us after the time to pay was over, and"
        " somebody else had bought the goods. We are sorry about that.",
        "twice": "Order {number} was paid for twice, and once is enough. Sorry for the trouble.",
        "mismatch": "What was paid for order {number} is not what it costs, so we cannot take that"
        " payment. Sorry for the trouble.",
        "owner": "We have cancelled your order {number}. We are sorry about that.",
    },
    refund_under_way="We are returning {amount} to where you paid from, and will write when it is done.",
    refund_over="We have returned {amount} to where you paid from. Your bank will show it within a few days.",
    refund_to_balance="{amount} has been added to your balance: use it for your next order.",
    receipt="🧾 <b>Receipt for order {number}</b>",
    receipt_paid="Paid on {date}: {amount}, {provider}",
    bonus="🎉 <b>A bonus of {amount}</b> has been added to your balance.",
    bonus_friend="Your friend {friend} has bought something. Thank you for telling others about us!",
    bonus_further="Somebody whom your friend {friend} invited has bought something. Thank you for telling"
    " others about us!",
)
