"""A bot that does a bit of everything, for the tests of the test kit."""

import asyncio
from datetime import timedelta

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LabeledPrice,
    Message,
    PreCheckoutQuery,
    ReplyKeyboardMarkup,
)

from mailroom import ChatEvent, Turn, chat_event

router = Router()
MEMORY: list[str] = []


class Form(StatesGroup):
    name = State()


def row(*buttons: InlineKeyboardButton) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[list(buttons)])


@router.message(CommandStart())
async def start(message: Message) -> None:
    who = message.from_user
    assert who is not None
    buttons = row(
        InlineKeyboardButton(text="Buy a cup", callback_data="buy"),
        InlineKeyboardButton(text="Buy a pot", callback_data="pot"),
        InlineKeyboardButton(text="Read", url="https://tea.example"),
    )
    await message.answer(f"<b>Hello</b>, {who.first_name}!", parse_mode="HTML", reply_markup=buttons)


@router.callback_query(F.data == "buy")
async def buy(tap: CallbackQuery) -> None:
    assert isinstance(tap.message, Message)
    await tap.message.edit_text("A cup is bought.")
    await tap.answer("Enjoy!")


@router.message(Command("form"))
async def form(message: Message, state: FSMContext) -> None:
    await state.set_state(Form.name)
    await message.answer("Your name?")


@router.message(Form.name)
async def name(message: Message, state: FSMContext) -> None:
    await state.set_state(None)
    await state.update_data(name=message.text)
    await message.answer(f"Thank you, {message.text}.")


@router.message(Command("tea"))
async def brew(message: Message, turn: Turn) -> None:
    turn.set_timer("tea", timedelta(minutes=3), "The tea is ready.")
    await message.answer("In three minutes.")


@chat_event(router, "tea")
async def ready(event: ChatEvent, bot: Bot, turn: Turn) -> None:
    await bot.send_message(event.chat_id, event.data)
    if event.data.startswith("Again"):
        turn.set_timer("tea", timedelta(hours=1), event.data)


@router.message(Command("again"))
async def again(message: Message, turn: Turn) -> None:
    turn.set_timer("tea", timedelta(hours=1), "Again, tea.")


@router.message(Command("pay"))
async def pay(message: Message) -> None:
    await message.answer_invoice("Tea", "A pot of it", "pot", "XTR", [LabeledPrice(label="Tea", amount=3)])


@router.message(Command("card"))
async def card(message: Message) -> None:
    prices = [LabeledPrice(label="Tea", amount=30_000)]
    await message.answer_invoice("Tea", "A pot of it", "pot", "RUB", prices, provider_token="1:TEST:2")


@router.pre_checkout_query()
async def agree(query: PreCheckoutQuery) -> None:
    await query.answer(ok=True)


@router.message(F.successful_payment)
async def paid(message: Message) -> None:
    assert message.successful_payment is not None
    was = message.successful_payment
    await message.answer(f"Paid: {was.total_amount} {was.currency} for {was.invoice_payload}.")


@router.message(F.photo | F.document)
async def files(message: Message, bot: Bot) -> None:
    found = message.photo[-1] if message.photo else message.document
    assert found is not None
    content = await bot.download(found)
    assert content is not None
    said = content.read().decode()
    await message.answer_document(
        BufferedInputFile(said.upper().encode(), "loud.txt"), caption=message.caption
    )


@router.message(F.contact)
async def contact(message: Message) -> None:
    assert message.contact is not None
    await message.answer(f"I call {message.contact.phone_number}.")


@router.message(F.location)
async def location(message: Message) -> None:
    assert message.location is not None
    await message.answer(f"I come to {message.location.latitude}.")


@router.edited_message()
async def edited(message: Message) -> None:
    await message.answer(f"You mean {message.text}.")


@router.message(Command("keyboard"))
async def keyboard(message: Message) -> None:
    keys = [[KeyboardButton(text="My number", request_contact=True), KeyboardButton(text="/tea")]]
    await message.answer("Here.", reply_markup=ReplyKeyboardMarkup(keyboard=keys))


@router.message(Command("fail"))
async def fail(message: Message) -> None:
    raise ValueError("the kettle is broken")


@router.message(Command("wrong"))
async def wrong(message: Message) -> None:
    await message.answer("<b>never closed", parse_mode="HTML")


@router.message(Command("slow"))
async def slow(message: Message) -> None:
    await asyncio.sleep(20)
    await message.answer("That took a while.")


@router.message(Command("remember"))
async def remember(message: Message) -> None:
    MEMORY.append("one more")
    await message.answer(f"{len(MEMORY)} in memory.")


@router.message(F.text)
async def echo(message: Message) -> None:
    assert message.from_user is not None
    await message.answer(f"{message.from_user.first_name}: {message.text}")
