"""aiogram_dialog: windows, getters, buttons, input, and a dialog updated from a task in the background."""

import asyncio
import os
from typing import Any

from aiogram import Bot, Dispatcher, F
from aiogram.filters import CommandStart
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import BaseDialogManager, Dialog, DialogManager, StartMode, Window, setup_dialogs
from aiogram_dialog.widgets.input import MessageInput, TextInput
from aiogram_dialog.widgets.kbd import Back, Button, Cancel, Next, Radio, Row, Start, SwitchTo
from aiogram_dialog.widgets.text import Const, Format


class Main(StatesGroup):
    greeting = State()
    name = State()
    done = State()


class Sub(StatesGroup):
    only = State()


tasks: set[asyncio.Task[None]] = set()


async def getter(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    return {
        "name": dialog_manager.current_context().widget_data.get("name_input", "nobody"),
        "clicks": dialog_manager.dialog_data.get("clicks", 0),
        "progress": dialog_manager.dialog_data.get("progress", 0),
        "sizes": [("S", 1), ("L", 2)],
    }


async def clicked(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["clicks"] = manager.dialog_data.get("clicks", 0) + 1


async def work(background: BaseDialogManager) -> None:
    for progress in (50, 100):
        await background.update({"progress": progress})
        await asyncio.sleep(0.3)


async def start_work(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    task = asyncio.create_task(work(manager.bg()))
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def unexpected(message: Message, widget: MessageInput, manager: DialogManager) -> None:
    await message.answer("text, please")


dialog = Dialog(
    Window(
        Format("Hello, {name}! {clicks} clicks, {progress} %"),
        Row(
            Button(Const("click"), id="click", on_click=clicked),
            Button(Const("work"), id="work", on_click=start_work),
        ),
        Radio(
            Format("✓ {item[0]}"),
            Format("{item[0]}"),
            id="size",
            item_id_getter=lambda item: item[1],
            items="sizes",
        ),
        Next(Const("next")),
        Start(Const("sub"), id="sub", state=Sub.only),
        state=Main.greeting,
        getter=getter,
    ),
    Window(
        Const("Your name?"),
        TextInput(id="name_input", on_success=Next()),
        MessageInput(unexpected),
        Back(Const("back")),
        state=Main.name,
    ),
    Window(
        Format("Thanks, {name}"),
        SwitchTo(Const("again"), id="again", state=Main.greeting),
        Cancel(Const("close")),
        state=Main.done,
        getter=getter,
    ),
)
sub = Dialog(Window(Const("A dialog over the other"), Cancel(Const("return")), state=Sub.only))


async def start(message: Message, dialog_manager: DialogManager) -> None:
    await dialog_manager.start(Main.greeting, mode=StartMode.RESET_STACK)


async def main() -> None:
    dp = Dispatcher()
    dp.message.register(start, CommandStart())
    dp.message.register(lambda message: message.answer("not in a dialog"), F.text == "outside")
    dp.include_routers(dialog, sub)
    setup_dialogs(dp)
    await dp.start_polling(Bot(os.environ["BOT_TOKEN"]))


asyncio.run(main())
