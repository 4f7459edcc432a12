"""Discounts, and how to add one."""

from collections.abc import Sequence
from html import escape

from mailroom.actors.bots.shop.offers import Offer
from mailroom.actors.bots.shop.routes.owner.keyboards import discounts as keyboards
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.owners.lists import LIST_CHARS_MAX, fitted
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.dates import format_day, last_day
from mailroom.actors.kit.speech.percent import format_percent


def offers(own: OwnerTexts, found: Sequence[Offer], *, note: str = "") -> Screen:
    """The discounts, and how to add one."""
    rows = [_offer(own, offer) for offer in found]
    listed = fitted(rows, LIST_CHARS_MAX - len(own.discounts.help), between="\n\n")
    text = f"{own.discounts.heading}\n\n{listed or own.discounts.none}\n\n{own.discounts.help}"
    active = [offer.id for offer in found if offer.active]
    return Screen(text, keyboards.offers(own, active)).noting(note)


def _offer(own: OwnerTexts, offer: Offer) -> str:
    terms = [f"<code>{offer.slug}</code>" if offer.slug else own.discounts.on_all]
    if offer.min_quantity > 1:
        terms.append(own.discounts.at_least(count=offer.min_quantity))
    if offer.promo_code:
        terms.append(own.discounts.code(code=offer.promo_code))
    if offer.ends_at is not None:
        terms.append(own.discounts.until(date=format_day(last_day(offer.ends_at), own.language)))
    if offer.uses_max is not None:
        terms.append(own.discounts.uses(uses=offer.uses, most=offer.uses_max))
    state = "off" if not offer.active else "on" if offer.in_force else "over"
    return own.discounts.row(
        number=offer.id,
        percent=format_percent(-offer.percent, own.language),
        title=escape(offer.title(own.language)),
        terms=", ".join(terms),
        state=own.statuses.discount[state],
    )
