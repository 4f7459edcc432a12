"""What a shop's owner reads when money that had settled moves again: disputes, refunds that came back."""

from structlog import get_logger

from mailroom.actors.bots.shop.jobs.take_back import go_back
from mailroom.actors.bots.shop.jobs.tell import tell_owners
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.order import find_order
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.bots.shop.texts.notices import NoticeTexts
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.speech.dates import format_moment
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.paying.purpose import Trouble, What
from mailroom.actors.texts.language import Language
from mailroom.storage.postgres.payments import Payment

log = get_logger("mailroom.shop")


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
        own = TEXTS[language].notices
        until = trouble.answer_until
        date = "" if until is None else f"{format_moment(until, language)} (UTC)"
        said = _said(
            own,
            trouble.what,
            number=number,
            provider=payment.provider,
            money=format_money(trouble.money.amount_minor, trouble.money.currency, language),
            words=trouble.words or "—",
            until=own.until(provider=payment.provider, date=date) if date else "",
            order=own.order_is_over if is_over else "",
        )
        return said + own.payment(payment=str(payment.provider_id))

    await tell_owners(room, tx, order, worded)


def _said(
    own: NoticeTexts,
    what: What,
    *,
    number: int,
    provider: str,
    money: str,
    words: str,
    until: str,
    order: str,
) -> str:
    match what:
        case "refund_waits":
            return own.refund_waits(number=number, provider=provider, money=money, words=words)
        case "refund_lost":
            return own.refund_lost(number=number, provider=provider, money=money, words=words)
        case "back_twice":
            return own.back_twice(number=number, provider=provider, money=money)
        case "inquiry":
            return own.inquiry(number=number, money=money, words=words, until=until)
        case "dispute":
            return own.dispute(number=number, money=money, words=words, until=until)
        case "dispute_won":
            return own.dispute_won(number=number, money=money)
        case "dispute_lost":
            return own.dispute_lost(number=number, money=money, words=words, order=order)
