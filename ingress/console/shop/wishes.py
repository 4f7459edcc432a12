"""`/ops/shop/BOT`: what can be done to a shop. Each route says what came of it in a sentence (`says`)."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from quart import Blueprint, Response, request

from mailroom.actors.bots.shop import goods, offers, owner_broadcast, owner_stock
from mailroom.actors.bots.shop.language import Language
from mailroom.actors.bots.shop.owner_broadcast import Move
from mailroom.actors.bots.shop.owner_complaints import answer, close
from mailroom.actors.bots.shop.owner_faults import Fault, refuse
from mailroom.actors.bots.shop.owner_log import By
from mailroom.actors.bots.shop.owner_price import parse_currency, parse_price
from mailroom.actors.bots.shop.owner_problems import problem
from mailroom.actors.bots.shop.owner_refund import refund
from mailroom.actors.bots.shop.owner_replace import replace
from mailroom.actors.bots.shop.owner_texts import OWNER_TEXTS
from mailroom.actors.bots.shop.restored import confirm as confirm_stock
from mailroom.actors.bots.shop.upload import parse_products, parse_slug
from mailroom.actors.bots.shop.upload_table import BadLine
from mailroom.actors.bots.shop.upload_text import ReadAs
from mailroom.actors.kit.speech.money import format_money
from mailroom.ingress.console.shop.asked import (
    AnswerWish,
    BroadcastWish,
    CategoryWish,
    Confirmation,
    FileQuery,
    OfferWish,
    ProductChange,
    RefundWish,
    SupplierWish,
    UploadQuery,
    Wish,
    Withdrawal,
)
from mailroom.ingress.console.shop.door import ShopDoor, actor, in_words
from mailroom.ingress.ops.answers import body, finished, query
from mailroom.ingress.ops.asked import BadRequestError
from mailroom.ingress.under_way import UnderWay

EN = OWNER_TEXTS[Language.EN]
"""Those of its texts that have no markup: nothing here is read as HTML."""

Said = dict[str, Any]
"""What came of it: `says` in a sentence, and more as numbers."""


def add_wishes(ops: Blueprint, door: ShopDoor, under_way: UnderWay) -> None:
    """Build the routes."""

    async def done(act: Callable[[], Awaitable[Said]]) -> Response:
        return await finished(under_way, partial(in_words, act))

    _add_goods(ops, door, done)
    _add_orders(ops, door, done)
    _add_offers(ops, door, done)
    _add_broadcasts(ops, door, done)


Done = Callable[[Callable[[], Awaitable[Said]]], Awaitable[Response]]


def _add_goods(ops: Blueprint, door: ShopDoor, done: Done) -> None:
    vault = door.vault

    @ops.post("/shop/<bot>/stock")
    async def upload_stock(bot: str) -> Response:
        """Fill the stock. The body is a CSV (slug, kind, content); ?why= &key?= in the address."""
        by = actor(door.shop(bot), query(UploadQuery), "stock", "table")
        data = await _file()

        async def act() -> Said:
            upload = await owner_stock.upload_stock(door.database(bot), vault, by, data)
            return {
                "says": f"{EN.lines(upload.lines)}: {upload.added} added, {len(upload.in_stock)} in stock "
                f"already, {len(upload.twice)} twice in the file, {len(upload.bad)} not taken."
                + _as_read(upload.read_as),
                "failed": len(upload.bad),
                "lines": upload.lines,
                "added": upload.added,
                "added_by_product": upload.added_by_product,
                "in_stock": upload.in_stock,
                "twice": upload.twice,
                "bad": _bad(upload.bad),
                "ignored": upload.ignored,
            }

        return await done(act)

    @ops.post("/shop/<bot>/stock/<slug>")
    async def upload_file(bot: str, slug: str) -> Response:
        """Put one file into stock, for one buyer. The body is the file; ?why= &name= in the address."""
        asked = query(FileQuery)
        by = actor(door.shop(bot), asked, "stock", slug)
        data = await _file()

        async def act() -> Said:
            added = await owner_stock.upload_file(door.database(bot), vault, by, slug, asked.name, data)
            return {"says": EN.file_added[added].format(slug=slug), "added": int(added)}

        return await done(act)

    @ops.post("/shop/<bot>/products/<slug>/withdraw")
    async def withdraw(bot: str, slug: str) -> Response:
        """Take all that is free of a product off sale. Body: why."""
        by = actor(door.shop(bot), await body(Withdrawal), "withdraw", slug)

        async def act() -> Said:
            count = await owner_stock.withdraw_stock(door.database(bot), by, slug)
            return {"says": EN.withdrawn(count), "done": count}

        return await done(act)

    @ops.post("/shop/<bot>/products/<slug>/confirm")
    async def confirm(bot: str, slug: str) -> Response:
        """Sell again what was kept off sale after a restore: it was not sold meanwhile. Body: why."""
        by = actor(door.shop(bot), await body(Confirmation), "confirm", slug)

        async def act() -> Said:
            count = await confirm_stock(door.database(bot), by, slug)
            return {"says": f"On sale again: {count}.", "done": count}

        return await done(act)

    @ops.post("/shop/<bot>/products")
    async def upload_products(bot: str) -> Response:
        """Add or change products. The body is a CSV; ?why= &key?= in the address."""
        by = actor(door.shop(bot), query(UploadQuery), "products", "table")
        data = await _file()

        async def act() -> Said:
            categories = [shelf.slug for shelf in await goods.list_categories(door.database(bot))]
            suppliers = [supplier.slug for supplier in await goods.list_suppliers(door.database(bot))]
            file = parse_products(data, categories, suppliers)
            outcome: dict[str, list[str]] = {"added": [], "changed": [], "same": []}
            if file.good:
                outcome = await goods.put_products(door.database(bot), by, file.good)
            counts = {name: len(slugs) for name, slugs in outcome.items()}
            return {
                "says": f"{EN.products_report.format(**counts)} Not taken: {len(file.bad)}."
                + _as_read(file.read_as),
                "failed": len(file.bad),
                "lines": file.lines,
                **outcome,
                "bad": _bad(file.bad),
                "ignored": file.ignored,
            }

        return await done(act)

    @ops.post("/shop/<bot>/products/<slug>")
    async def change_product(bot: str, slug: str) -> Response:
        """Another price, or on sale or not. Body: why, and price (text) with currency?, or active."""
        asked = await body(ProductChange)
        if (asked.price is None) == (asked.active is None):
            raise BadRequestError("give either price or active")
        by = actor(door.shop(bot), asked, "price" if asked.price else "on_sale", slug)
        return await done(partial(_change_product, door, by, slug, asked))

    @ops.put("/shop/<bot>/categories/<slug>")
    async def put_category(bot: str, slug: str) -> Response:
        """Add or change a category. Body: why, title_ru, title_en, icon?, active?"""
        asked = await body(CategoryWish)
        by = actor(door.shop(bot), asked, "category", slug)

        async def act() -> Said:
            shelf = goods.Shelf(parse_slug(slug), asked.icon, asked.title_ru, asked.title_en, asked.active)
            await goods.put_category(door.database(bot), by, shelf)
            return {"says": f"The category {shelf.slug} is saved."}

        return await done(act)

    @ops.put("/shop/<bot>/suppliers/<slug>")
    async def put_supplier(bot: str, slug: str) -> Response:
        """Add or change a supplier. Body: why, title, chat_id?, callback_url? with secret?"""
        asked = await body(SupplierWish)
        by = actor(door.shop(bot), asked, "supplier", slug)

        async def act() -> Said:
            supplier = goods.Supplier(
                parse_slug(slug), asked.title, asked.chat_id, asked.callback_url or None
            )
            await goods.put_supplier(door.database(bot), vault, door.http, by, supplier, asked.secret or None)
            return {"says": f"The supplier {supplier.slug} is saved."}

        return await done(act)


def _add_orders(ops: Blueprint, door: ShopDoor, done: Done) -> None:
    @ops.post("/shop/<bot>/orders/<int:number>/refund")
    async def refund_order(bot: str, number: int) -> Response:
        """Give an order's money back. Body: why, goods_back? (into stock, where nobody has seen them)."""
        asked = await body(RefundWish)
        by = actor(door.shop(bot), asked, "refund", str(number))

        async def act() -> Said:
            outcome = await refund(door.database(bot), door.wake, by, number, goods_back=asked.goods_back)
            words = EN.refund_to_balance if outcome["to_balance"] else EN.refund_to_payer
            total = format_money(outcome["amount_minor"], outcome["currency"], Language.EN)
            return {"says": words.format(total=total, number=number), **outcome}

        return await done(act)

    @ops.post("/shop/<bot>/orders/<int:number>/answer")
    async def answer_customer(bot: str, number: int) -> Response:
        """Write to the customer of an order, as to a problem with it. Body: why, text."""
        asked = await body(AnswerWish)
        by = actor(door.shop(bot), asked, "answer", str(number))

        async def act() -> Said:
            await answer(door.database(bot), door.wake, by, number, asked.text)
            return {"says": f"The customer of order {number} is told."}

        return await done(act)

    @ops.post("/shop/<bot>/orders/<int:number>/close")
    async def close_complaint(bot: str, number: int) -> Response:
        """Let a problem with an order wait for no answer; the customer is not told. Body: why."""
        by = actor(door.shop(bot), await body(Wish), "close", str(number))

        async def act() -> Said:
            closed = await close(door.database(bot), by, number)
            return {"says": f"Order {number}: {'closed' if closed else 'nothing was waiting'}."}

        return await done(act)

    @ops.post("/shop/<bot>/orders/<int:number>/items/<int:item>/replace")
    async def replace_item(bot: str, number: int, item: int) -> Response:
        """Give the customer another one from stock in place of an item that does not work. Body: why."""
        by = actor(door.shop(bot), await body(Wish), "replace", f"{number}:{item}")

        async def act() -> Said:
            outcome = await replace(door.database(bot), door.wake, by, number, item)
            return {"says": EN.replaced.format(product=outcome["product"]), **outcome}

        return await done(act)


def _add_offers(ops: Blueprint, door: ShopDoor, done: Done) -> None:
    @ops.post("/shop/<bot>/discounts")
    async def add_discount(bot: str) -> Response:
        """Add a discount. Body: why, line ("-20% svetlitsa 3+ until 2026-12-31 code SALE20 uses 100")."""
        asked = await body(OfferWish)
        by = actor(door.shop(bot), asked, "discount", "")

        async def act() -> Said:
            number = await offers.add_offer(door.database(bot), by, asked.line)
            return {"says": EN.discount_added.format(id=number), "discount": number}

        return await done(act)

    @ops.post("/shop/<bot>/discounts/<int:number>/off")
    async def end_discount(bot: str, number: int) -> Response:
        """End a discount at once. Body: why."""
        by = actor(door.shop(bot), await body(Wish), "discount_off", str(number))

        async def act() -> Said:
            if number >= 2**31:
                raise refuse(Fault.UNKNOWN_DISCOUNT, number=number)
            await offers.switch_off(door.database(bot), by, number)
            return {"says": EN.discount_off.format(id=number)}

        return await done(act)


def _add_broadcasts(ops: Blueprint, door: ShopDoor, done: Done) -> None:
    @ops.post("/shop/<bot>/broadcasts")
    async def begin_broadcast(bot: str) -> Response:
        """Tell all customers something. Body: why, text, language? (ru, en), key? (once for a key)."""
        asked = await body(BroadcastWish)
        by = actor(door.shop(bot), asked, "broadcast", "")

        async def act() -> Said:
            number = await owner_broadcast.send(
                door.database(bot), by, asked.text, asked.language, html=False
            )
            return {"says": f"Broadcast {number} is under way.", "broadcast": number}

        return await done(act)

    @ops.post("/shop/<bot>/broadcasts/<int:number>/<any(pause,resume,cancel):to>")
    async def move_broadcast(bot: str, number: int, to: Move) -> Response:
        """Pause a broadcast, let it go on, or end it for good. Body: why."""
        by = actor(door.shop(bot), await body(Wish), f"broadcast_{to}", str(number))

        async def act() -> Said:
            await owner_broadcast.move(door.database(bot), by, number, to)
            found = await owner_broadcast.progress(door.database(bot), bot, number)
            return {"says": f"Broadcast {number} is {EN.broadcast_statuses[found.status]}."}

        return await done(act)


def _as_read(read_as: ReadAs) -> str:
    """What is told of a file that is not in UTF-8."""
    return "" if read_as == "UTF-8" else f" {EN.report_read_as.format(encoding=read_as)}"


async def _change_product(door: ShopDoor, by: By, slug: str, asked: ProductChange) -> Said:
    good = await goods.find_good(door.database(by.bot), slug)
    if asked.active is not None:
        await goods.set_active(door.database(by.bot), by, slug, active=asked.active)
        return {"says": f"{slug}: {EN.now_on_sale[asked.active]}"}
    currency = parse_currency(asked.currency) if asked.currency else good.currency
    price_minor = parse_price(asked.price or "", currency)
    outcome = await goods.set_price(door.database(by.bot), by, slug, price_minor, currency)
    before, after = (
        format_money(outcome[one]["price_minor"], outcome[one]["currency"], Language.EN)
        for one in ("before", "after")
    )
    return {"says": f"{slug} costs {after}" + (f", it was {before}." if before != after else " already.")}


async def _file() -> bytes:
    data: bytes = await request.get_data(as_text=False)  # type: ignore[assignment]
    return data


def _bad(lines: tuple[BadLine, ...]) -> list[dict[str, object]]:
    return [{"line": one.line, "problem": problem(Language.EN, one.wrong)} for one in lines]
