"""The one word for each status, wherever it is shown: chat, page, owner, suppliers."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailroom.actors.bots.shop.domain.language import Language


@dataclass(frozen=True, kw_only=True)
class Statuses:
    """The words of one language."""

    order: Mapping[str, str]
    payment: Mapping[str, str]
    refund: Mapping[str, str]
    job: Mapping[str, str]
    discount: Mapping[str, str]
    broadcast: Mapping[str, str]


RUSSIAN = Statuses(
    order={
        "awaiting_payment": "ждёт оплаты",
        "paid": "оплачен",
        "delivered": "доставлен",
        "expired": "не оплачен вовремя",
        "canceled": "отменён",
        "refunding": "возвращаем деньги",
        "refunded": "деньги возвращены",
    },
    payment={
        "pending": "ждёт оплаты",
        "paid": "оплачен",
        "canceled": "отменён",
        "mismatched": "не та сумма",
        "refunding": "возвращаем деньги",
        "refunded": "деньги возвращены",
        "disputed": "оспорен банком покупателя",
        "charged_back": "списан банком покупателя",
    },
    refund={
        "pending": "в пути",
        "done": "дошёл",
        "impossible": "невозможен, деньги на балансе",
        "failed": "не прошёл",
        "needless": "не понадобился",
        "by_gateway": "сделан в кабинете",
    },
    job={
        "waiting": "ждёт очереди",
        "scheduled": "начнётся в своё время",
        "blocked": "ждёт предыдущего",
        "running": "выполняется",
        "retrying": "будет повторено",
        "lost": "начнётся заново",
        "dead": "не удалось",
    },
    discount={"on": "действует", "off": "выключена", "over": "закончилась"},
    broadcast={
        "filling": "готовится",
        "running": "идёт",
        "paused": "на паузе",
        "cancelled": "остановлена",
        "done": "закончена",
    },
)

ENGLISH = Statuses(
    order={
        "awaiting_payment": "awaiting payment",
        "paid": "paid",
        "delivered": "delivered",
        "expired": "not paid in time",
        "canceled": "cancelled",
        "refunding": "being refunded",
        "refunded": "refunded",
    },
    payment={
        "pending": "awaiting payment",
        "paid": "paid",
        "canceled": "cancelled",
        "mismatched": "wrong amount",
        "refunding": "being refunded",
        "refunded": "refunded",
        "disputed": "disputed by the buyer's bank",
        "charged_back": "taken back by the buyer's bank",
    },
    refund={
        "pending": "on its way",
        "done": "arrived",
        "impossible": "impossible, added to the balance",
        "failed": "failed",
        "needless": "not needed",
        "by_gateway": "made in the provider's dashboard",
    },
    job={
        "waiting": "waiting its turn",
        "scheduled": "scheduled",
        "blocked": "waiting for the one before",
        "running": "running",
        "retrying": "will be tried again",
        "lost": "will start over",
        "dead": "failed",
    },
    discount={"on": "in force", "off": "switched off", "over": "over"},
    broadcast={
        "filling": "being prepared",
        "running": "running",
        "paused": "paused",
        "cancelled": "stopped",
        "done": "done",
    },
)

STATUSES = {Language.RU: RUSSIAN, Language.EN: ENGLISH}
