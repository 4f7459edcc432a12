"""Payments: an invoice from a deep link, the check before the money, what follows from it, and a refund."""

import os

from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.default import DefaultBotProperties
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.types import LabeledPrice, Message, PreCheckoutQuery
from aiogram.utils.deep_linking import create_start_link, decode_payload
from aiogram.utils.payload import encode_payload

router = Router()
STOCK = {"tea": 2}


@router.message(CommandStart(deep_link=True, deep_link_encoded=True))
async def invited(message: Message, command: CommandObject, state: FSMContext):
    kind, _, who = command.args.partition(":")
    await state.update_data({kind: who})
    await message.answer(f"{kind} {who}", parse_mode=None)


@router.message(CommandStart())
async def start(message: Message, bot: Bot):
    link = await create_start_link(bot, f"friend:{message.from_user.id}", encode=True)
    await message.answer(f"<b>share</b> {link} {decode_payload(link.partition('=')[2])}")


@router.message(Command("buy"))
async def buy(message: Message, command: CommandObject, state: FSMContext):
    prices = [LabeledPrice(label="tea", amount=30), LabeledPrice(label="cup", amount=12)]
    sent = await message.answer_invoice(
        title="Tea",
        description="A cup",
        payload=f"tea:{command.args or 1}",
        currency="XTR",
        prices=prices[:1],
    )
    await state.update_data(invoice=sent.message_id)


@router.pre_checkout_query(F.invoice_payload.split(":")[1].cast(int) <= STOCK["tea"])
async def check(query: PreCheckoutQuery):
    await query.answer(ok=True)


@router.pre_checkout_query()
async def sold_out(query: PreCheckoutQuery):
    await query.answer(ok=False, error_message="sold out")


@router.message(F.successful_payment.as_("paid"))
async def paid(message: Message, paid, state: FSMContext, bot: Bot):
    data = await state.get_data()
    STOCK["tea"] -= 1
    await message.answer(f"<i>{paid.total_amount} {paid.currency}</i>, thanks to {data.get('friend')}")
    await state.update_data(charge=paid.telegram_payment_charge_id)


@router.message(Command("refund"))
async def refund(message: Message, bot: Bot, state: FSMContext):
    await bot.refund_star_payment(message.from_user.id, await state.get_value("charge"))
    await message.answer("given back")


@router.message(F.text.startswith("encode "))
async def encode(message: Message):
    await message.answer(encode_payload(message.text.removeprefix("encode ")))


dp = Dispatcher()
dp.include_router(router)
dp.run_polling(Bot(os.environ["BOT_TOKEN"], default=DefaultBotProperties(parse_mode="HTML")))
