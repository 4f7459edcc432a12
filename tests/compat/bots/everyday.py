"""What everyday bots use: routers, filters, FSM, middlewares, hooks, keyboards, errors, uploads, tasks."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiogram import BaseMiddleware, Bot, Dispatcher, F, Router, flags
from aiogram.client.default import DefaultBotProperties
from aiogram.dispatcher.event.bases import CancelHandler, SkipHandler
from aiogram.dispatcher.flags import get_flag
from aiogram.enums import ParseMode
from aiogram.filters import Command, CommandObject, CommandStart, StateFilter, or_f
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.base import StorageKey
from aiogram.handlers import MessageHandler
from aiogram.methods import SendMessage
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    ErrorEvent,
    FSInputFile,
    InlineKeyboardButton,
    InlineQuery,
    InlineQueryResultArticle,
    InputMediaPhoto,
    InputTextMessageContent,
    Message,
    TelegramObject,
)
from aiogram.utils.chat_action import ChatActionSender
from aiogram.utils.keyboard import InlineKeyboardBuilder

first, second, nested, group = Router(name="first"), Router(name="second"), Router(), Router()


class Form(StatesGroup):
    name = State()
    age = State()


class Buy(CallbackData, prefix="buy"):
    item: int
    count: int = 1


class Counting(BaseMiddleware):
    """Puts a number into the handler's arguments."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        data.setdefault("passed", []).append(self.name)
        return await handler(event, data)


@first.message(CommandStart(deep_link=True))
async def deep(message: Message, command: CommandObject) -> None:
    await message.answer(f"came by {command.args}")


@first.message(CommandStart())
async def start(
    message: Message, greeting: str, passed: list[str], bot: Bot, dispatcher: Dispatcher, bots: Any
) -> None:
    me = await bot.me()
    await message.answer(f"<b>{greeting}</b> {me.username} {passed} {len(bots)} {dispatcher['greeting']}")


@first.message(Command("form"))
async def form(message: Message, state: FSMContext) -> None:
    await state.set_state(Form.name)
    await message.answer("name?")


@first.message(Form.name)
async def name(message: Message, state: FSMContext) -> None:
    await state.update_data(name=message.text, seen={1: "one"}, tags={"a"})
    await state.set_state(Form.age)
    await message.answer("age?")


@first.message(Form.age, F.text.isdigit(), F.text.cast(int).as_("years"))
async def age(message: Message, state: FSMContext, years: int, raw_state: str) -> None:
    data = await state.update_data(age=years)
    await message.answer(
        f"{data['name']} {data['age'] + 1} {data['seen'][1]} {sorted(data['tags'])} {raw_state}"
    )
    await state.clear()


@first.message(StateFilter(Form))
async def other(message: Message) -> None:
    await message.reply("a number, please")


@first.message(Command("buttons"))
async def buttons(message: Message) -> None:
    builder = InlineKeyboardBuilder()
    for item in range(3):
        builder.button(text=f"item {item}", callback_data=Buy(item=item))
    builder.row(InlineKeyboardButton(text="close", callback_data="close"))
    await message.answer("what?", reply_markup=builder.as_markup())


@first.callback_query(Buy.filter(F.item > 0))
async def buy(query: CallbackQuery, callback_data: Buy) -> None:
    await query.message.edit_text(f"bought {callback_data.item}", reply_markup=query.message.reply_markup)
    await query.answer("done", show_alert=True)


@first.callback_query(Buy.filter())
async def sold_out(query: CallbackQuery) -> Any:
    return query.answer("sold out")


@first.callback_query(F.data == "close")
async def close(query: CallbackQuery) -> None:
    await query.message.delete()
    await query.answer()


@first.message(Command("progress"))
async def progress(message: Message) -> None:
    shown = await message.answer("10 %")
    await asyncio.sleep(0.05)
    await shown.edit_text("50 %")
    last = await shown.edit_text("100 %")
    await last.reply(f"of {last.message_id - shown.message_id}")


@first.message(Command("returns"))
async def returns(message: Message) -> SendMessage:
    return SendMessage(chat_id=message.chat.id, text="a returned method")


@first.message(Command("sync"))
def sync(message: Message) -> Any:
    return message.answer("from a thread")


@first.message(Command("long"))
async def long(message: Message) -> None:
    async with ChatActionSender.typing(bot=message.bot, chat_id=message.chat.id):
        await asyncio.sleep(0.1)
    await message.answer("thought about it")


@first.message(Command("files"))
async def files(message: Message) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "notes.txt"
        path.write_text("some notes")
        sent = await message.answer_document(FSInputFile(path), caption="from disk")
    await message.answer_photo(
        BufferedInputFile(b"\xff\xd8 not really", "p.jpg"), caption="<i>from memory</i>"
    )
    await message.answer_media_group(
        [
            InputMediaPhoto(media=BufferedInputFile(b"\xff\xd8 %d" % n, f"{n}.jpg"), caption=str(n))
            for n in range(3)
        ]
    )
    content = await message.bot.download(sent.document)
    await message.answer(content.read().decode())


@first.message(Command("gather"))
async def gather(message: Message) -> None:
    await message.answer("several")
    sent = await asyncio.gather(
        *(message.bot.send_message(message.chat.id, "one of several") for _ in range(5))
    )
    await message.answer(f"{len({one.message_id for one in sent})} sent")


@first.message(Command("later"))
async def later(message: Message, state: FSMContext) -> None:
    await state.set_data({"order": ["handler"]})

    async def afterwards() -> None:
        data = await state.get_data()
        await asyncio.sleep(0.05)
        await state.update_data(order=[*data["order"], "task"])
        await message.answer("the task is done")

    task = asyncio.create_task(afterwards())
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    await message.answer("the handler is done")


@first.message(Command("race"))
async def race(message: Message, state: FSMContext) -> None:
    await message.answer("the handler is done")
    await state.set_data({"order": ["handler"]})

    async def at_once() -> None:
        for number in range(3):
            data = await state.get_data()
            await state.set_data({"order": [*data["order"], number]})
        await message.answer("the task is done")

    # It begins when the handler has returned, while what the handler wrote is on its way to the store.
    task = asyncio.create_task(at_once())
    tasks.add(task)
    task.add_done_callback(tasks.discard)


tasks: set[asyncio.Task[None]] = set()


@first.message(Command("order"))
async def order(message: Message, state: FSMContext) -> None:
    await message.answer(str(await state.get_value("order")))
    await state.clear()


@first.message(Command("raise"))
async def raises(message: Message, state: FSMContext) -> None:
    await state.update_data(kept=True)
    raise ValueError("on purpose")


@first.message(Command("skip"))
async def skip(message: Message) -> None:
    await message.answer("skipped on")
    raise SkipHandler


@second.message(Command("skip"))
async def skipped(message: Message) -> None:
    await message.answer("taken up")


@first.message(Command("cancel"))
async def cancel(message: Message) -> None:
    await message.answer("and no further")
    raise CancelHandler


@first.message(Command("flags"))
@flags.rate({"per": "minute"})
async def flagged(message: Message, flag: Any) -> None:
    await message.answer(f"{flag}")


class Flags(BaseMiddleware):
    async def __call__(self, handler: Any, event: Any, data: dict[str, Any]) -> Any:
        return await handler(event, {**data, "flag": get_flag(data, "rate")})


@first.message(Command("class"))
class ByClass(MessageHandler):
    async def handle(self) -> Any:
        return await self.event.answer(f"class-based, {self.from_user.first_name}, {self.data['greeting']}")


@first.message(Command("admin"))
async def admin(message: Message, command: CommandObject, state: FSMContext, bot: Bot) -> None:
    who = int(command.args)
    key = StorageKey(bot_id=bot.id, chat_id=who, user_id=who)
    other = FSMContext(storage=state.storage, key=key)
    await other.set_state(Form.age)
    await other.set_data({"name": "set by admin", "seen": {1: "x"}, "tags": set()})
    await bot.send_message(who, f"your turn {await other.get_state()}")
    await message.answer("set")


@first.message(Command("raw"))
async def raw(message: Message) -> None:
    async with Bot(message.bot.token) as another:
        sent = await another.send_message(message.chat.id, "<b>from a bot of its own</b>")
        await another.send_message(message.chat.id, sent.text)


@first.inline_query()
async def inline(query: InlineQuery) -> None:
    article = InlineQueryResultArticle(
        id="1", title=query.query, input_message_content=InputTextMessageContent(message_text="x")
    )
    await query.answer([article], cache_time=1)


@group.message(F.chat.type.in_({"group", "supergroup"}), F.text == "count")
async def count(message: Message, state: FSMContext) -> None:
    data = await state.get_data()
    times = data.get("times", 0) + 1
    await state.update_data(times=times)
    await message.answer(f"{message.from_user.first_name} {times}")


@nested.message(or_f(F.photo, F.contact))
async def contact(message: Message) -> None:
    await message.answer("nested " + message.content_type)


@nested.edited_message()
async def edited(message: Message) -> None:
    await message.answer(f"edited to {message.text}")


@second.message()
async def anything(message: Message, passed: list[str]) -> None:
    await message.copy_to(message.chat.id)


async def main() -> None:
    dp = Dispatcher(greeting="hello")
    bot = Bot(os.environ["BOT_TOKEN"], default=DefaultBotProperties(parse_mode=ParseMode.HTML))

    @dp.startup()
    async def on_startup(bot: Bot, greeting: str, extra: str) -> None:
        await bot.set_my_description(f"{greeting} {extra}")

    @second.startup()
    async def second_startup(bot: Bot, router: Router) -> None:
        await bot.set_my_short_description(router.name)

    @dp.shutdown()
    async def on_shutdown(bot: Bot, bots: Any) -> None:
        await bot.set_my_description(f"stopped {len(bots)}")

    @dp.errors(F.exception.as_("error"))
    async def on_error(event: ErrorEvent, error: Exception, state: FSMContext) -> bool:
        await event.update.message.answer(f"{error!r} {await state.get_data()}")
        return True

    dp.update.outer_middleware(Counting("update outer"))
    dp.message.outer_middleware(Counting("outer"))
    first.message.middleware(Counting("inner"))
    first.message.middleware(Flags())
    second.include_router(nested)
    # The routers are asked in this order, the last one takes what is left.
    last = Router()
    last.include_router(second)
    dp.include_routers(first, group, last)
    await bot.set_my_name("before polling")
    await dp.start_polling(
        bot, extra="world", allowed_updates=["message", "callback_query", "inline_query", "edited_message"]
    )
    await bot.send_message(7, "after polling")
    await bot.session.close()


if __name__ == "__main__":
    asyncio.run(main())
