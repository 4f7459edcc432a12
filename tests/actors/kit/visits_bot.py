"""A bot of a salon, made of the kit: a visit is looked at, confirmed and over, with and without a picture."""

from datetime import timedelta

from aiogram import Bot, F, Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from mailroom import ChatEvent, Turn, chat_event
from mailroom.kit import (
    RowId,
    Screen,
    Shows,
    app,
    button,
    copying,
    in_private,
    keep_shown,
    keyboard,
    link,
    popup,
    redress,
    send,
    send_below,
    show,
    turn_shown,
)
from mailroom.ops.simulators.telegram.pictures import blank

STEPS = ("asked", "confirmed", "over")


class Open(CallbackData, prefix="visit"):
    """Show a visit."""

    number: RowId


class Drawn:
    """A picture that Telegram may know by a name."""

    uploads = 0

    def __init__(self, *, gone: bool = False) -> None:
        self.file_id: str | None = None
        self.gone = gone

    async def upload(self) -> BufferedInputFile | None:
        Drawn.uploads += 1
        return None if self.gone else BufferedInputFile(blank(), "visit.png")

    async def note(self, file_id: str) -> None:
        self.file_id = file_id


def build() -> Router:
    """A fresh one, with a memory of its own."""
    router = Router()
    for observer in (router.message, router.callback_query):
        observer.filter(in_private)
        observer.middleware(keep_shown)
    status = {1: "asked", 2: "asked"}
    picture = Drawn()

    def visit(number: int) -> Screen:
        rows = ([button("Again", Open(number=number))], [], [button("Home", Open(number=999))])
        shows = Shows(number, status[number])
        return Screen(f"Visit {number} is <b>{status[number]}</b>", keyboard(*rows), shows)

    @router.message(Command("visit"))
    async def command(message: Message) -> None:
        await send(message, visit(int((message.text or "").split()[1])))

    @router.message(Command("later"))
    async def later(message: Message, turn: Turn) -> None:
        _, number, becomes = (message.text or "").split()
        status[int(number)] = becomes
        turn.set_timer("turned", timedelta(minutes=1), number)

    @router.message(Command("picture"))
    async def pictured(message: Message, bot: Bot) -> None:
        rows = keyboard([button("Picture", Open(number=500)), button("No picture", Open(number=1))])
        await send(message, Screen("Look", rows))

    @router.message(Command("ways"))
    async def ways(message: Message) -> None:
        row = [link("Read", "https://x.example"), app("Page", "https://y.example"), copying("Copy", "17")]
        await send(message, Screen("Ways", keyboard(row)).noting("Note"))

    @router.callback_query(Open.filter(F.number == 999))
    async def home(callback: CallbackQuery) -> None:
        await show(callback, Screen("Home", keyboard([button("Visit", Open(number=1))])), "There")

    @router.callback_query(Open.filter(F.number == 998))
    async def below(callback: CallbackQuery) -> None:
        await send_below(callback, Screen("Below"), "Look below", alert=True)

    @router.callback_query(Open.filter(F.number == 997))
    async def dressed(callback: CallbackQuery) -> None:
        await redress(callback, keyboard([button("Only this", Open(number=1))]))
        await popup(callback, "x" * 300)

    @router.callback_query(Open.filter(F.number.in_({500, 501})))
    async def shown(callback: CallbackQuery, callback_data: Open) -> None:
        rows = keyboard([button("No picture", Open(number=1)), button("Picture", Open(number=500))])
        gone = Drawn(gone=True) if callback_data.number == 501 else picture
        await show(callback, Screen("A <i>picture</i>", rows, picture=gone))

    @router.callback_query(Open.filter())
    async def opened(callback: CallbackQuery, callback_data: Open) -> None:
        await show(callback, visit(callback_data.number))

    @router.callback_query()
    async def unknown(callback: CallbackQuery) -> None:
        await popup(callback, "No such button", alert=True)

    @chat_event(router, "turned")
    async def turned(event: ChatEvent, bot: Bot, state: FSMContext) -> None:
        number = int(event.data)

        async def page() -> Screen:
            return visit(number)

        await turn_shown(bot, event.chat_id, state, Shows(number, status[number]), STEPS, page)

    return router
