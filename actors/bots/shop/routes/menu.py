"""Ways in and out: /start, /help, /language, /cancel and the buttons of the main menu."""

from aiogram import F, Router
from aiogram.filters import Command, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.callbacks import Goto, Place, SwitchLanguage
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.funnel import tell
from mailroom.actors.bots.shop.memory import LANGUAGE, PromoForm, close_form
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.screens import Front
from mailroom.actors.bots.shop.texts import TEXTS, Texts
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.screens.replies import send, show
from mailroom.actors.kit.speech.languages import others


async def start(
    message: Message,
    state: FSMContext,
    room: Room[Options],
    texts: Texts,
    cart: Cart,
    front: Front,
    user_id: int,
) -> None:
    """Greet; an order form that was open is left, and the customer is told so. Who sent the customer here was
    noted before, see `Remember`.
    """
    tell(room, "start", user_id, door="chat")
    name = message.from_user.first_name if message.from_user else ""
    screen = screens.greeting(texts, name, cart.items, front)
    step = await state.get_state()
    if step is not None:
        await close_form(state)
        screen = screen.noting(texts.form.left if step != PromoForm.code.state else "")
    await send(message, screen)


async def help_command(message: Message, texts: Texts) -> None:
    """Explain the shop; an open form stays open."""
    await send(message, screens.help_page(texts))


async def cancel(message: Message, state: FSMContext, texts: Texts, cart: Cart, front: Front) -> None:
    """Leave the order form from anywhere in it."""
    if await state.get_state() is None:
        await send(message, screens.menu(texts, cart.items, texts.form.nothing_to_cancel, front))
        return
    await close_form(state)
    await send(message, screens.menu(texts, cart.items, texts.form.cancelled, front))


async def language_command(
    message: Message, state: FSMContext, texts: Texts, cart: Cart, front: Front
) -> None:
    """Switch to the other language; of several, let the customer choose."""
    there_are = others(TEXTS.languages, texts.language)
    if len(there_are) != 1:
        await send(message, screens.languages_page(texts))
        return
    spoken = TEXTS[there_are[0]]
    await state.update_data({LANGUAGE: spoken.language})
    await send(message, screens.menu(spoken, cart.items, spoken.menu.language_switched, front))


async def switch_language(
    callback: CallbackQuery, callback_data: SwitchLanguage, state: FSMContext, cart: Cart, front: Front
) -> None:
    """Speak the language the button named; pressing it twice does not switch back."""
    spoken = TEXTS[callback_data.to]
    await state.update_data({LANGUAGE: spoken.language})
    await show(callback, screens.menu(spoken, cart.items, front=front), spoken.menu.language_switched)


async def open_languages(callback: CallbackQuery, texts: Texts) -> None:
    """All languages to choose from."""
    await show(callback, screens.languages_page(texts))


async def open_menu(callback: CallbackQuery, texts: Texts, cart: Cart, front: Front) -> None:
    """Back to the main menu."""
    await show(callback, screens.menu(texts, cart.items, front=front))


async def open_help(callback: CallbackQuery, texts: Texts) -> None:
    """The same page as /help."""
    await show(callback, screens.help_page(texts))


def build() -> Router:
    """The router of the main menu."""
    router = Router(name="shop.menu")
    router.message.register(start, CommandStart(ignore_case=True))
    router.message.register(help_command, Command("help", ignore_case=True))
    router.message.register(cancel, Command("cancel", ignore_case=True))
    router.message.register(language_command, Command("language", ignore_case=True))
    router.callback_query.register(switch_language, SwitchLanguage.filter(F.to.in_(TEXTS.languages)))
    router.callback_query.register(open_languages, Goto.filter(F.place == Place.LANGUAGES))
    router.callback_query.register(open_menu, Goto.filter(F.place == Place.HOME))
    router.callback_query.register(open_help, Goto.filter(F.place == Place.HELP))
    return router
