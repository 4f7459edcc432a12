"""What those who run the shop see. Pure: the same facts make the same screen; all that comes from people or
the catalogue is escaped here.
"""

from collections.abc import Iterable, Sequence
from html import escape

from aiogram.types import User

from mailroom.actors.bots.shop.complaints import Waiting
from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.domain.upload import ProductFile
from mailroom.actors.bots.shop.figures import Figures, Revenue
from mailroom.actors.bots.shop.goods import Good
from mailroom.actors.bots.shop.offers import Offer
from mailroom.actors.bots.shop.owner_orders import Dossier, OrderRow, PaidHow
from mailroom.actors.bots.shop.owner_problems import problem
from mailroom.actors.bots.shop.owner_stock import StockUpload
from mailroom.actors.bots.shop.owner_texts import OwnerTexts
from mailroom.actors.bots.shop.routes.owner import keyboards
from mailroom.actors.bots.shop.stock import SoldItem
from mailroom.actors.kit.owners.deeds import Deed
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.dates import format_day, format_moment, last_day
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.kit.speech.percent import format_percent
from mailroom.storage.postgres.broadcasts import Progress

TEXT_CHARS_MAX = 3_800
"""Of a list: Telegram takes 4096 after the markup is read, and some of it is around the list."""
BAD_LINES_SHOWN_MAX = 12
"""What one reads in a chat; all of them are in the file that follows."""
LINE_NUMBERS_SHOWN_MAX = 20
PAGE_PRODUCTS_MAX = 8
SAID_CHARS_MAX = 350
"""Of each message of a complaint: the last ones have to fit, with the order."""
LINES_CHARS_MAX = 1_000
ITEM_BUTTONS_MAX = 40
ON, OFF, SOLD_OUT = "🟢", "⚪️", "🔴"
MICRO_A_CENT = 10_000


def menu(own: OwnerTexts, waiting: int, *, owner: bool) -> Screen:
    """The way to everything; so many customers wait for an answer."""
    commands = f"{own.staff_commands}\n{own.owner_commands}" if owner else own.staff_commands
    return Screen(f"{own.menu}\n\n{commands}", keyboards.menu(own, waiting, owner=owner))


def whoami(own: OwnerTexts, me: User, bot: str, *, owner: bool) -> Screen:
    """Who somebody is to the shop."""
    return Screen(
        own.whoami.format(name=escape(me.full_name), id=me.id, role=own.roles[owner], bot=escape(bot))
    )


def figures(own: OwnerTexts, found: Figures, days: int) -> Screen:
    """The figures of some days."""
    language = own.language
    dates = format_day(found.first, language)
    if found.last != found.first:
        dates += f" – {format_day(found.last, language)}"
    conversion = found.conversion_percent
    parts = [
        own.figures.format(period=own.periods[days], dates=dates),
        own.figures_orders.format(
            placed=found.placed,
            paid=found.paid,
            delivered=found.delivered,
            refunded=found.refunded,
            conversion=own.no_conversion
            if conversion is None
            else format_percent(round(conversion), language),
        ),
        "\n".join(_revenue(own, one) for one in found.revenue) or own.figures_no_money,
    ]
    if found.top_products:
        lines = (
            own.figures_top_line.format(
                title=escape(one.title(language)),
                sold=one.sold,
                total=format_money(one.sold_minor, one.currency, language),
            )
            for one in found.top_products
        )
        parts.append("\n".join([own.figures_top, *lines]))
    cost = format_money(round(found.model_cost_micro_usd / MICRO_A_CENT), "USD", language)
    parts.append(own.figures_model.format(calls=found.model_calls, cost=cost))
    return Screen("\n\n".join(parts), keyboards.figures(own, days))


def orders(own: OwnerTexts, found: Sequence[OrderRow], text: str = "") -> Screen:
    """A list of orders, each a button."""
    heading = own.orders_found.format(text=escape(text)) if text else own.orders
    return Screen(f"{heading}\n{own.how_to_find}" if found else own.orders_none, keyboards.orders(own, found))


def order(own: OwnerTexts, found: Dossier, *, owner: bool) -> Screen:
    """One order: who, what, how it was paid, and what is still to be done."""
    one, language = found.order, own.language

    def money(amount_minor: int) -> str:
        return format_money(amount_minor, one.currency, language)

    lines = (
        own.order_line.format(title=escape(line.title), quantity=line.quantity, price=money(line.price_minor))
        for line in one.lines
    )
    text = own.order.format(
        number=one.number,
        status=own.statuses[one.status],
        date=format_moment(one.created_at, language),
        name=escape(found.name) or "–",
        contact=escape(one.contact),
        user=one.user_id,
        lines="\n".join(lines),
        total=money(one.total_minor),
    )
    if one.promo_code:
        text += "\n" + own.order_promo.format(code=escape(one.promo_code))
    if one.balance_minor:
        text += "\n" + own.order_balance.format(balance=money(one.balance_minor))
    if one.comment:
        text += "\n" + own.order_comment.format(comment=escape(one.comment))
    payments = [_payment(own, paid) for paid in found.payments] or [own.no_payments]
    jobs = [
        own.job_line.format(
            name=escape(job.name), state=own.job_states.get(job.state, job.state), attempts=job.attempts
        )
        for job in found.jobs
    ]
    text += "\n\n" + "\n".join([own.payments, *payments])
    text += "\n\n" + ("\n".join([own.jobs, *jobs]) if jobs else own.no_jobs)
    if any(item.dead_at is not None for item in found.items):
        text += "\n\n" + _items(own, found.items)
    keyboard = keyboards.order(
        own,
        one.number,
        refundable=_is_refundable(found, owner=owner),
        complaint=found.complaint is not None,
        items=replaceable(found, owner=owner),
    )
    return Screen(text, keyboard)


def complaint(own: OwnerTexts, found: Dossier, *, owner: bool) -> Screen:
    """What is wrong with an order: the order, who has it, and what was said last."""
    one, about = found.order, found.complaint
    said = [
        own.complaint_said.format(
            at=format_moment(message.at, own.language),
            who=escape(message.who or own.complaint_customer),
            text=escape(_cut(message.text, SAID_CHARS_MAX)),
        )
        for message in (about.messages if about is not None else ())
    ]
    waits = about is not None and about.open
    lines = [f"{escape(line.title)} × {line.quantity}" for line in one.lines]
    text = own.complaint.format(
        number=one.number,
        status=own.statuses[one.status],
        name=escape(found.name) or "–",
        contact=escape(one.contact) or "–",
        user=one.user_id,
        lines=fitted(lines, LINES_CHARS_MAX),
        said="\n".join(said) or own.nothing_here,
        state=own.complaint_states[waits],
    )
    keyboard = keyboards.complaint(
        own,
        one.number,
        waits=waits,
        refundable=_is_refundable(found, owner=owner),
        items=replaceable(found, owner=owner),
    )
    return Screen(text, keyboard)


def complaints(own: OwnerTexts, found: Sequence[Waiting], count: int) -> Screen:
    """Those who wait for an answer, each a button."""
    labels = [
        (one.order, own.complaint_row.format(number=one.order, name=one.name, text=_cut(one.text, 40)))
        for one in found
    ]
    text = own.complaints.format(count=count) if found else own.complaints_none
    return Screen(text, keyboards.complaints(own, labels))


def items(own: OwnerTexts, found: Dossier) -> Screen:
    """What an order was sold, each to be replaced with one press."""
    live = replaceable(found, owner=True)
    places = {item.id: place for place, item in enumerate(found.items, start=1)}
    labels = [
        (item.id, _cut(own.button_replace_one.format(place=places[item.id], title=item.title), 60))
        for item in live[:ITEM_BUTTONS_MAX]
    ]
    text = own.order_items.format(number=found.order.number, rows=_items(own, found.items))
    return Screen(text, keyboards.items(own, found.order.number, labels))


def replaceable(found: Dossier, *, owner: bool) -> list[SoldItem]:
    """What can be replaced: that is for owners, and of what was delivered."""
    if not owner or found.order.status != "delivered":
        return []
    return [item for item in found.items if item.dead_at is None]


def _items(own: OwnerTexts, items: Sequence[SoldItem]) -> str:
    rows = []
    for place, item in enumerate(items, start=1):
        name = "dead" if item.dead_at is not None else "given" if item.replaces is not None else "sold"
        state = own.item_states[name].format(at=format_moment(item.dead_at or item.sold_at, own.language))
        rows.append(own.item_row.format(place=place, title=escape(item.title), state=state))
    return fitted(rows, LINES_CHARS_MAX)


def _is_refundable(found: Dossier, *, owner: bool) -> bool:
    return owner and found.order.status in ("paid", "delivered")


def ask_refund(own: OwnerTexts, found: Dossier) -> Screen:
    """Whether the money is really to go back."""
    one = found.order
    total = format_money(one.total_minor, one.currency, own.language)
    unseen = one.delivered_at is None
    text = own.ask_refund.format(total=total, number=one.number) + (own.ask_refund_goods if unseen else "")
    return Screen(text, keyboards.ask_refund(own, one.number, total, goods=unseen))


def products(own: OwnerTexts, goods: Sequence[Good], page: int) -> Screen:
    """A page of all products, on sale or not, each a button."""
    pages = max(1, -(-len(goods) // PAGE_PRODUCTS_MAX))
    page = min(page, pages - 1)
    shown = goods[page * PAGE_PRODUCTS_MAX : (page + 1) * PAGE_PRODUCTS_MAX]
    labels = [
        (
            good.id,
            own.product_row.format(
                mark=_mark(good),
                title=good.title(own.language),
                price=format_money(good.price_minor, good.currency, own.language),
                available=good.available,
            ),
        )
        for good in shown
    ]
    text = own.products.format(page=page + 1, pages=pages) + "\n\n" + own.products_help
    return Screen(text, keyboards.products(own, labels, page, pages))


def product(own: OwnerTexts, good: Good, *, owner: bool) -> Screen:
    """One product."""
    other = good.title_en if own.language is Language.RU else good.title_ru
    hidden = "" if good.category_active else own.hidden_category
    text = own.product.format(
        title=escape(good.title(own.language)),
        titles=escape(other),
        slug=good.slug,
        price=format_money(good.price_minor, good.currency, own.language),
        on_sale=own.on_sale[good.active] + hidden,
        category=escape(good.category),
        supplier=escape(good.supplier or own.no_supplier),
        available=good.available,
        reserved=good.reserved,
        sold=good.sold,
        withdrawn=good.withdrawn,
        picture=own.has_picture[good.picture is not None],
    )
    if good.dead:
        text += "\n" + own.product_dead.format(dead=good.dead)
    return Screen(text, keyboards.product(own, good, owner=owner))


def levels(own: OwnerTexts, goods: Sequence[Good]) -> Screen:
    """How much there is of every product, the scarcest first, and how to fill up."""
    rows = [
        own.level_row.format(
            mark=_mark(good),
            slug=good.slug,
            available=good.available,
            reserved=good.reserved,
            sold=good.sold,
        )
        for good in sorted(goods, key=lambda one: (not one.active, one.available))
    ]
    listed = fitted(rows, TEXT_CHARS_MAX - len(own.stock_help))
    return Screen(f"{own.levels}\n{listed or own.nothing_here}\n\n{own.stock_help}", keyboards.back(own))


def stock_report(own: OwnerTexts, upload: StockUpload) -> Screen:
    """What became of a file of stock, line by line."""
    parts = [own.report.format(lines=own.lines(upload.lines))]
    if upload.added:
        by_product = ", ".join(f"{slug} {count}" for slug, count in upload.added_by_product.items())
        parts.append(own.report_added.format(count=upload.added, products=_cut(by_product, 500)))
    if upload.in_stock:
        parts.append(own.report_in_stock.format(count=len(upload.in_stock), lines=_numbers(upload.in_stock)))
    if upload.twice:
        lines = _numbers([one.line for one in upload.twice])
        parts.append(own.report_twice.format(count=len(upload.twice), lines=lines))
    return _reported(own, parts, upload)


def products_report(own: OwnerTexts, outcome: dict[str, list[str]], file: ProductFile) -> Screen:
    """What became of a file of products."""
    counts = {name: len(slugs) for name, slugs in outcome.items()}
    lines = own.report.format(lines=own.lines(file.lines))
    return _reported(own, [lines, own.products_report.format(**counts)], file)


def offers(own: OwnerTexts, found: Sequence[Offer], *, note: str = "") -> Screen:
    """The discounts, and how to add one."""
    rows = [_offer(own, offer) for offer in found]
    listed = fitted(rows, TEXT_CHARS_MAX - len(own.discount_help), between="\n\n")
    text = f"{own.discounts}\n\n{listed or own.discounts_none}\n\n{own.discount_help}"
    active = [offer.id for offer in found if offer.active]
    return Screen(text, keyboards.offers(own, active)).noting(note)


def broadcast(own: OwnerTexts, found: Progress) -> Screen:
    """How far a broadcast has come."""
    text = own.broadcast.format(
        id=found.id, status=own.broadcast_statuses[found.status], sent=found.sent, total=found.total
    )
    if found.left:
        text += "\n" + own.broadcast_left.format(left=found.left)
    missed = sum(found.failed.values()) + found.unknown
    if missed:
        text += "\n" + own.broadcast_failed.format(count=missed)
    return Screen(text, keyboards.broadcast(own, found))


def broadcasts(own: OwnerTexts, found: Sequence[Progress]) -> Screen:
    """The latest broadcasts, each a button."""
    labels = [
        (one.id, f"{own.number_sign}{one.id} · {own.broadcast_statuses[one.status]} · {one.sent}/{one.total}")
        for one in found
    ]
    return Screen(own.button_broadcasts if labels else own.nothing_here, keyboards.broadcasts(own, labels))


def log(own: OwnerTexts, deeds: Sequence[Deed]) -> Screen:
    """Who did what, newest first."""
    rows = [
        own.log_row.format(
            at=format_moment(deed.at, own.language),
            who=escape(deed.who),
            action=own.actions.get(deed.action, deed.action),
            target=escape(deed.target),
        )
        for deed in deeds
    ]
    listed = fitted(rows, TEXT_CHARS_MAX, between="\n\n")
    return Screen(f"{own.log}\n\n{listed or own.log_none}", keyboards.back(own))


def fitted(rows: Iterable[str], chars_max: int, between: str = "\n") -> str:
    """As many rows as a message holds."""
    kept: list[str] = []
    chars = 0
    for row in rows:
        chars += len(row) + len(between)
        if chars > chars_max:
            return between.join([*kept, "…"])
        kept.append(row)
    return between.join(kept)


def _reported(own: OwnerTexts, parts: list[str], file: StockUpload | ProductFile) -> Screen:
    bad, ignored = file.bad, file.ignored
    if file.read_as != "UTF-8":
        parts.append(own.report_read_as.format(encoding=file.read_as))
    if bad:
        parts.append(own.report_bad.format(count=len(bad)))
        shown = bad[:BAD_LINES_SHOWN_MAX]
        parts += [
            own.report_bad_line.format(line=one.line, problem=escape(problem(own.language, one.wrong)))
            for one in shown
        ]
        if len(bad) > len(shown):
            parts.append(own.report_more.format(count=len(bad) - len(shown)))
    if ignored:
        parts.append(own.report_ignored.format(columns=escape(_cut(", ".join(ignored), 200))))
    return Screen(fitted(parts, TEXT_CHARS_MAX), keyboards.back(own))


def _revenue(own: OwnerTexts, one: Revenue) -> str:
    def money(amount_minor: int) -> str:
        return format_money(amount_minor, one.currency, own.language)

    text = own.figures_money.format(net=money(one.net_minor))
    if one.refunded_minor:
        text += own.figures_refunds.format(paid=money(one.paid_minor), refunded=money(one.refunded_minor))
    if one.balance_minor:
        text += own.figures_balance.format(balance=money(one.balance_minor))
    return text


def _payment(own: OwnerTexts, paid: PaidHow) -> str:
    payment = paid.payment
    text = own.payment_line.format(
        provider=escape(payment.provider),
        total=format_money(payment.amount_minor, payment.currency, own.language),
        status=own.payment_statuses[payment.status],
    )
    for refund in paid.refunds:
        text += own.payment_refund.format(
            total=format_money(refund.amount_minor, refund.currency, own.language),
            status=own.refund_statuses["by_gateway" if refund.by_gateway else refund.status],
        )
    return text


def _offer(own: OwnerTexts, offer: Offer) -> str:
    terms = [f"<code>{offer.slug}</code>" if offer.slug else own.discount_all]
    if offer.min_quantity > 1:
        terms.append(own.discount_from.format(count=offer.min_quantity))
    if offer.promo_code:
        terms.append(own.discount_code.format(code=offer.promo_code))
    if offer.ends_at is not None:
        terms.append(own.discount_until.format(date=format_day(last_day(offer.ends_at), own.language)))
    if offer.uses_max is not None:
        terms.append(own.discount_uses.format(uses=offer.uses, most=offer.uses_max))
    state = "off" if not offer.active else "on" if offer.in_force else "over"
    return own.discount_row.format(
        id=offer.id,
        percent=format_percent(-offer.percent, own.language),
        title=escape(offer.title(own.language)),
        terms=", ".join(terms),
        state=own.discount_states[state],
    )


def _mark(good: Good) -> str:
    if not (good.active and good.category_active):
        return OFF
    return ON if good.available else SOLD_OUT


def _numbers(lines: Sequence[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:LINE_NUMBERS_SHOWN_MAX])
    return f"{shown}…" if len(lines) > LINE_NUMBERS_SHOWN_MAX else shown


def _cut(text: str, chars_max: int) -> str:
    return text if len(text) <= chars_max else f"{text[: chars_max - 1]}…"
