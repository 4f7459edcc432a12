"""The figures of some days."""

from html import escape

from mailroom.actors.bots.shop.figures import Figures, Revenue
from mailroom.actors.bots.shop.routes.owner.callbacks import PERIOD_NAMES
from mailroom.actors.bots.shop.routes.owner.keyboards import figures as keyboards
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.dates import format_day
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.kit.speech.percent import format_percent

MICRO_A_CENT = 10_000


def figures(own: OwnerTexts, found: Figures, days: int) -> Screen:
    """The figures of some days."""
    language = own.language
    dates = format_day(found.first, language)
    if found.last != found.first:
        dates += f" – {format_day(found.last, language)}"
    conversion = found.conversion_percent
    parts = [
        own.figures.page(period=own.figures.periods[PERIOD_NAMES[days]], dates=dates),
        own.figures.orders(
            placed=found.placed,
            paid=found.paid,
            delivered=found.delivered,
            refunded=found.refunded,
            conversion=own.figures.no_conversion
            if conversion is None
            else format_percent(round(conversion), language),
        ),
        "\n".join(_revenue(own, one) for one in found.revenue) or own.figures.no_money,
    ]
    if found.top_products:
        lines = (
            own.figures.top_line(
                title=escape(one.title(language)),
                sold=one.sold,
                total=format_money(one.sold_minor, one.currency, language),
            )
            for one in found.top_products
        )
        parts.append("\n".join([own.figures.top, *lines]))
    cost = format_money(round(found.model_cost_micro_usd / MICRO_A_CENT), "USD", language)
    parts.append(own.figures.model(calls=found.model_calls, cost=cost))
    return Screen("\n\n".join(parts), keyboards.figures(own, days))


def _revenue(own: OwnerTexts, one: Revenue) -> str:
    def money(amount_minor: int) -> str:
        return format_money(amount_minor, one.currency, own.language)

    text = own.figures.money(net=money(one.net_minor))
    if one.refunded_minor:
        text += own.figures.refunds(paid=money(one.paid_minor), refunded=money(one.refunded_minor))
    if one.balance_minor:
        text += own.figures.balance(balance=money(one.balance_minor))
    return text
