"""What a shop's owner reads when money that had settled moves again: disputes, refunds that came back."""

from structlog import get_logger

from mailroom.actors.bots.shop.jobs.take_back import go_back
from mailroom.actors.bots.shop.jobs.tell import tell_owners
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.order import find_order
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.speech.dates import format_moment
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.paying.purpose import Trouble, What
from mailroom.actors.texts.language import Language
from mailroom.storage.postgres.payments import Payment

log = get_logger("mailroom.shop")

RUSSIAN: dict[What, str] = {
    "refund_waits": "⚠️ Заказ № {number}: {provider} пока не возвращает {money} ({words}). Повторим сами в "
    "ближайшие дни; проверьте, хватает ли денег на счёте магазина.",
    "refund_lost": "⚠️ Заказ № {number}: возврат {money} через {provider} не дошёл до покупателя ({words}). "
    "Деньги снова у магазина. Если заказ возвращён, попробуем ещё раз.",
    "back_twice": "⚠️ Заказ № {number}: покупателю ушло на {money} больше, чем он заплатил. Посмотрите "
    "возвраты платежа в кабинете {provider} и баланс покупателя.",
    "inquiry": "⚠️ Заказ № {number}: банк покупателя спрашивает о платеже {money} ({words}). Деньги пока у "
    "магазина.{until}",
    "dispute": "⚠️ Заказ № {number}: банк покупателя оспаривает {money} ({words}) и удерживает их до решения."
    "{until}",
    "dispute_won": "✅ Заказ № {number}: спор о {money} решён в пользу магазина.",
    "dispute_lost": "⚠️ Заказ № {number}: спор о {money} проигран, деньги списаны ({words}).{order}",
}
ENGLISH: dict[What, str] = {
    "refund_waits": "⚠️ Order {number}: {provider} is not refunding {money} for now ({words}). It is "
    "tried again in the coming days; see whether there is enough on the shop's account.",
    "refund_lost": "⚠️ Order {number}: the refund of {money} through {provider} has not reached the buyer "
    "({words}). The money is with the shop again. If the order was refunded, it will be tried again.",
    "back_twice": "⚠️ Order {number}: {money} more went to the buyer than was paid. See the payment's "
    "refunds in the dashboard of {provider}, and the buyer's balance.",
    "inquiry": "⚠️ Order {number}: the buyer's bank asks about the payment of {money} ({words}). The "
    "money is still with the shop.{until}",
    "dispute": "⚠️ Order {number}: the buyer's bank disputes {money} ({words}), and keeps them until it "
    "has decided.{until}",
    "dispute_won": "✅ Order {number}: the dispute about {money} was decided for the shop.",
    "dispute_lost": "⚠️ Order {number}: the dispute about {money} is lost, the money has been taken "
    "({words}).{order}",
}
WORDS = {Language("ru"): RUSSIAN, Language("en"): ENGLISH}
UNTIL = {
    Language("ru"): " Ответьте в кабинете {provider} до {date}.",
    Language("en"): " Answer in the dashboard of {provider} by {date}.",
}
ORDER_IS_OVER = {
    Language("ru"): " Заказ закрыт как возвращённый, бонусы отозваны.",
    Language("en"): " The order is closed as refunded, bonuses are revoked.",
}
PAYMENT = {Language("ru"): "\nПлатёж {payment}.", Language("en"): "\nPayment {payment}."}


async def tell_of_trouble(room: Room[Options], tx: Transaction, payment: Payment, trouble: Trouble) -> None:
    """Tell the owners. Where the bank took all of it for good, the order goes back with it."""
    number = int(payment.reference) if payment.reference.isdecimal() else 0
    order = await find_order(tx.connection, number)
    if order is None or order.bot != payment.bot:
        log.error("trouble with no order", payment=payment.id, what=trouble.what, reference=payment.reference)
        return
    is_over = trouble.all_gone and order.status in ("paid", "delivered", "refunding")
    if is_over:
        await go_back(tx, number, by_bank=True)

    def worded(language: Language) -> str:
        until = trouble.answer_until
        date = "" if until is None else f"{format_moment(until, language)} (UTC)"
        return WORDS[language][trouble.what].format(
            number=number,
            provider=payment.provider,
            money=format_money(trouble.money.amount_minor, trouble.money.currency, language),
            words=trouble.words or "—",
            until=UNTIL[language].format(provider=payment.provider, date=date) if date else "",
            order=ORDER_IS_OVER[language] if is_over else "",
        ) + PAYMENT[language].format(payment=payment.provider_id)

    await tell_owners(room, tx, order, worded)
