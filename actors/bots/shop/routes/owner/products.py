"""Products: all of them, one of them, its price, on sale or not, and many at once from a table."""

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Document, Message, User
from asyncpg import Pool

from mailroom.actors.bots.shop.domain.upload import parse_products
from mailroom.actors.bots.shop.goods import (
    find_good,
    good_of,
    list_categories,
    list_goods,
    list_suppliers,
    put_products,
    set_active,
    set_price,
)
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.owner_problems import problem
from mailroom.actors.bots.shop.routes.owner.access import is_owner
from mailroom.actors.bots.shop.routes.owner.callbacks import AskPrice, SetOnSale, ShowProduct, ShowProducts
from mailroom.actors.bots.shop.routes.owner.forms import PRICE_OF, OwnerForm, leave
from mailroom.actors.bots.shop.routes.owner.keyboards.parts import back
from mailroom.actors.bots.shop.routes.owner.screens import products as screens
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.access import by
from mailroom.actors.kit.owners.forms import no_command
from mailroom.actors.kit.owners.prices import parse_currency, parse_price
from mailroom.actors.kit.owners.tables.text import TABLE_BYTES_MAX
from mailroom.actors.kit.owners.uploads import fetch_document, send_bad_lines
from mailroom.actors.kit.screens.replies import send, show
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.kit.turn import Turn


async def products_command(message: Message, database: Pool, own: OwnerTexts) -> None:
    """/products: all of them."""
    await send(message, screens.products(own, await list_goods(database), 0))


async def show_products(
    callback: CallbackQuery, callback_data: ShowProducts, database: Pool, own: OwnerTexts
) -> None:
    """Another page."""
    await show(callback, screens.products(own, await list_goods(database), callback_data.page))


async def show_product(
    callback: CallbackQuery,
    callback_data: ShowProduct,
    database: Pool,
    own: OwnerTexts,
    options: Options,
    me: User,
) -> None:
    """One of them."""
    good = await good_of(database, callback_data.product)
    await show(callback, screens.product(own, good, owner=options.is_owner(me.id)))


async def set_on_sale(
    callback: CallbackQuery,
    callback_data: SetOnSale,
    room: Room[Options],
    own: OwnerTexts,
    me: User,
    turn: Turn,
) -> None:
    """Put it on sale, or take it off."""
    good = await good_of(room.database, callback_data.product)
    await set_active(room, by(turn, me, "on_sale"), good.slug, active=callback_data.on)
    screen = screens.product(own, await good_of(room.database, good.id), owner=True)
    await show(callback, screen, own.products.now_on_sale if callback_data.on else own.products.now_off_sale)


async def ask_price(
    callback: CallbackQuery, callback_data: AskPrice, state: FSMContext, database: Pool, own: OwnerTexts
) -> None:
    """Ask for a new price."""
    good = await good_of(database, callback_data.product)
    await state.set_state(OwnerForm.price)
    await state.update_data({PRICE_OF: good.slug})
    price = format_money(good.price_minor, good.currency, own.language)
    await show(callback, Screen(own.products.ask_price(title=good.slug, price=price), back(own)))


async def take_price(
    message: Message, state: FSMContext, room: Room[Options], own: OwnerTexts, me: User, turn: Turn
) -> None:
    """The new price, as it was asked for; a bad one may be written again."""
    slug = (await state.get_data()).get(PRICE_OF)
    screen = await _change_price(room, own, me, turn, str(slug), message.text or "")
    await leave(state)
    await send(message, screen)


async def price_command(
    message: Message, command: CommandObject, room: Room[Options], own: OwnerTexts, me: User, turn: Turn
) -> None:
    """/price: a product and its new price, perhaps with a currency."""
    slug, _, price = (command.args or "").strip().partition(" ")
    if not price.strip():
        await send(message, Screen(own.products.how_to_price))
        return
    await send(message, await _change_price(room, own, me, turn, slug.lower(), price))


async def products_file(
    message: Message,
    document: Document,
    bot: Bot,
    room: Room[Options],
    own: OwnerTexts,
    me: User,
    turn: Turn,
) -> None:
    """/products below a document: add and change what its table says."""
    data = await fetch_document(bot, document, TABLE_BYTES_MAX)
    categories = [shelf.slug for shelf in await list_categories(room.database)]
    suppliers = [supplier.slug for supplier in await list_suppliers(room.database)]
    file = parse_products(data, categories, suppliers)
    outcome: dict[str, list[str]] = {"added": [], "changed": [], "same": []}
    if file.good:
        outcome = await put_products(room, by(turn, me, "products"), file.good)
    await send(message, screens.products_report(own, outcome, file))
    await send_bad_lines(message, own.uploads, file.bad, lambda wrong: problem(own.language, wrong))


async def _change_price(
    room: Room[Options], own: OwnerTexts, me: User, turn: Turn, slug: str, text: str
) -> Screen:
    good = await find_good(room.database, slug)
    words = text.split()
    currency = good.currency
    if words and words[-1].isalpha():
        currency = parse_currency(words.pop())
    price_minor = parse_price(" ".join(words), currency)
    outcome = await set_price(room, by(turn, me, "price"), slug, price_minor, currency)
    before, after = (
        format_money(outcome[one]["price_minor"], outcome[one]["currency"], own.language)
        for one in ("before", "after")
    )
    if outcome["before"] == outcome["after"]:
        return Screen(own.products.price_same(slug=slug, after=after), back(own))
    return Screen(own.products.price_changed(slug=slug, before=before, after=after), back(own))


def build() -> Router:
    """The router of products."""
    router = Router(name="shop.owner.products")
    products = Command("products", ignore_case=True)
    router.message.register(products_file, products, F.document.as_("document"), is_owner)
    router.message.register(products_command, products, ~F.document)
    router.message.register(price_command, Command("price", ignore_case=True), is_owner)
    router.message.register(take_price, OwnerForm.price, F.text, no_command, is_owner)
    router.callback_query.register(show_products, ShowProducts.filter())
    router.callback_query.register(show_product, ShowProduct.filter())
    router.callback_query.register(set_on_sale, SetOnSale.filter(), is_owner)
    router.callback_query.register(ask_price, AskPrice.filter(), is_owner)
    return router
