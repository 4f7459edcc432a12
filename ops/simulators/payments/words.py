"""What the payer's page says, in Russian and in English."""

from typing import Literal, get_args

Language = Literal["ru", "en"]

WORDS: dict[Language, dict[str, str]] = {
    "ru": {
        "title": "Оплата",
        "simulator": "Это симулятор {gateway}: деньги не списываются, карта не нужна.",
        "to_pay": "К оплате",
        "order": "Номер у магазина",
        "amount": "Сумма",
        "valid": "Действует до {time}",
        "open": "Ждёт оплаты",
        "processing": "Банк проверяет платёж",
        "held": "Деньги заморожены",
        "paid": "Оплачено",
        "canceled": "Не оплачено",
        "expired": "Время вышло",
        "paid_other": "Оплачено {paid} вместо {asked}",
        "refunded": "Возвращено {amount}",
        "declined": "Банк отклонил карту. Можно попробовать ещё раз.",
        "planned": "Оплата придёт сама через {seconds} с.",
        "pay": "Оплатить {amount}",
        "finish": "Банк подтвердил",
        "decline": "Отклонить",
        "decline_hint": "банк откажет",
        "back": "Вернуться в магазин",
        "close": "Окно можно закрыть и вернуться в чат.",
        "tricks": "Что ещё бывает",
        "tricks_hint": "Так ведут себя живые платежи. Магазин должен справиться с каждым.",
        "pay_late": "Оплатить позже",
        "pay_late_hint": "бронь магазина может кончиться раньше",
        "seconds": "секунд",
        "pay_twice": "Оплатить, уведомить дважды",
        "pay_twice_hint": "один платёж, два одинаковых уведомления",
        "pay_part": "Оплатить половину",
        "pay_part_hint": "придёт {amount}",
        "process": "Оплатить через банк",
        "process_hint": "решение банка придёт позже",
        "hold": "Оплатить, деньги заморожены",
        "hold_hint": "статус hold: товар уже можно отдать",
        "expire": "Дать времени выйти",
        "expire_hint": "как если бы никто не заплатил",
        "cabinet": "Что сделают потом",
        "refund": "Вернуть остаток",
        "refund_hint": "рукой в кабинете, не магазином",
        "refund_part": "Вернуть половину",
        "refund_part_hint": "часть, тоже рукой в кабинете",
        "fail_refund": "Возврат не дошёл",
        "fail_refund_hint": "карта закрыта, деньги снова у магазина",
        "inquire": "Банк спрашивает",
        "inquire_hint": "деньги пока у магазина",
        "dispute": "Банк оспаривает",
        "dispute_hint": "деньги удержаны до решения",
        "win_dispute": "Решить за магазин",
        "win_dispute_hint": "деньги вернутся магазину",
        "lose_dispute": "Решить за покупателя",
        "lose_dispute_hint": "деньги останутся у покупателя",
        "forge": "Подделать уведомление",
        "wrong_signature": "Чужая подпись",
        "wrong_signature_hint": "«оплачено» от того, кто не знает секрета",
        "unknown_payment": "Неизвестный платёж",
        "unknown_payment_hint": "«оплачено» о платеже, которого нет",
        "claimed_paid": "Неправда",
        "claimed_paid_hint": "«оплачено», хотя никто не платил",
        "notices": "Что узнал магазин",
        "no_notices": "Пока ничего: уведомлений ещё не было.",
        "no_address": "Некуда отправлять: магазин не указал адрес.",
        "waiting": "ждёт отправки",
        "again": "повтор в {time}",
        "delivered": "принято",
        "given up": "не принято",
        "lost": "потеряно",
        "forged": "подделка",
        "attempt": "попытка {number}",
        "answered": "ответ: {answer}",
        "missing": "Такого платежа здесь нет.",
        "missing_hint": "Ссылка старая, или симулятор начал заново. Вернитесь в чат и попросите новую.",
        "home": "Платежи симулятора",
        "home_hint": "Нажмите на платёж, чтобы открыть его страницу.",
        "none": "Платежей ещё не было.",
        "other_language": "In English",
    },
    "en": {
        "title": "Payment",
        "simulator": "This is a simulator of {gateway}: no money moves, and no card is needed.",
        "to_pay": "To pay",
        "order": "The shop’s number",
        "amount": "Amount",
        "valid": "Good until {time}",
        "open": "Waiting for payment",
        "processing": "The bank is checking",
        "held": "Money on hold",
        "paid": "Paid",
        "canceled": "Not paid",
        "expired": "Time is up",
        "paid_other": "{paid} was paid instead of {asked}",
        "refunded": "{amount} given back",
        "declined": "The bank declined the card. You may try again.",
        "planned": "The payment will come by itself in {seconds} s.",
        "pay": "Pay {amount}",
        "finish": "The bank agrees",
        "decline": "Decline",
        "decline_hint": "the bank says no",
        "back": "Back to the shop",
        "close": "You can close this window and go back to the chat.",
        "tricks": "What else happens",
        "tricks_hint": "This is how real payments behave. The shop has to cope with each.",
        "pay_late": "Pay later",
        "pay_late_hint": "the shop’s reservation may end before that",
        "seconds": "seconds",
        "pay_twice": "Pay, tell the shop twice",
        "pay_twice_hint": "one payment, two notices alike",
        "pay_part": "Pay half of it",
        "pay_part_hint": "{amount} will arrive",
        "process": "Pay through a bank",
        "process_hint": "the bank will decide later",
        "hold": "Pay, money on hold",
        "hold_hint": "status hold: goods may be handed over",
        "expire": "Let the time run out",
        "expire_hint": "as if nobody had paid",
        "cabinet": "What may be done later",
        "refund": "Give back the rest",
        "refund_hint": "by hand in the cabinet, not by the shop",
        "refund_part": "Give back half",
        "refund_part_hint": "a part, by hand as well",
        "fail_refund": "The refund comes back",
        "fail_refund_hint": "the card is closed, the shop has the money again",
        "inquire": "The bank asks",
        "inquire_hint": "the shop keeps the money for now",
        "dispute": "The bank disputes",
        "dispute_hint": "the money is withheld until it has decided",
        "win_dispute": "Decide for the shop",
        "win_dispute_hint": "it gets the money again",
        "lose_dispute": "Decide for the buyer",
        "lose_dispute_hint": "the buyer keeps the money",
        "forge": "Forge a notice",
        "wrong_signature": "Wrong signature",
        "wrong_signature_hint": "“paid”, by somebody who does not know the secret",
        "unknown_payment": "Unknown payment",
        "unknown_payment_hint": "“paid”, about a payment that does not exist",
        "claimed_paid": "Untrue",
        "claimed_paid_hint": "“paid”, though nobody has",
        "notices": "What the shop was told",
        "no_notices": "Nothing so far: no notice has been sent.",
        "no_address": "Nowhere to send to: the shop has not given its address.",
        "waiting": "to be sent",
        "again": "again at {time}",
        "delivered": "accepted",
        "given up": "not accepted",
        "lost": "lost",
        "forged": "forged",
        "attempt": "attempt {number}",
        "answered": "answer: {answer}",
        "missing": "There is no such payment here.",
        "missing_hint": "The link is old, or the simulator began anew. Go back to the chat for another.",
        "home": "Payments of the simulator",
        "home_hint": "Choose a payment to open its page.",
        "none": "No payments so far.",
        "other_language": "По-русски",
    },
}

BRANDS = {"yookassa": "ЮKassa", "aaio": "AAIO", "stripe": "Stripe"}
BRANDS_EN = {**BRANDS, "yookassa": "YooKassa"}
SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "UAH": "₴"}
ZERO_DECIMAL = frozenset({"JPY", "KRW", "VND"})


def choose(wanted: str, accepted: str) -> Language:
    """The language asked for, else the browser's, where it is one of ours."""
    for code in (wanted, *(part.strip()[:2].lower() for part in accepted.split(","))):
        for language in get_args(Language):
            if code == language:
                found: Language = language
                return found
    return "en"


def money(amount_minor: int, currency: str, language: Language) -> str:
    """An amount as people read it."""
    whole, part = divmod(amount_minor, 1 if currency in ZERO_DECIMAL else 100)
    gap, point = ("\u202f", ",") if language == "ru" else (",", ".")
    text = f"{whole:,}".replace(",", gap)
    if part:
        text += f"{point}{part:02}"
    sign = SIGNS.get(currency, currency)
    return (
        f"{text}\u00a0{sign}" if language == "ru" or len(sign) > 1 or currency == "RUB" else f"{sign}{text}"
    )
