"""Who may do what: filters as classes that ask Telegram or a list, and give what they found to handlers."""

import asyncio
import os

from aiogram import Bot, Dispatcher, F, Router
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.filters import JOIN_TRANSITION, BaseFilter, ChatMemberUpdatedFilter, Command, Filter, MagicData
from aiogram.types import ChatMemberUpdated, Message

private, groups, rest = Router(name="private"), Router(name="groups"), Router(name="rest")
private.message.filter(F.chat.type == ChatType.PRIVATE, MagicData(F.event_from_user.id.in_(F.admins)))
groups.message.filter(F.chat.type.in_({ChatType.GROUP, ChatType.SUPERGROUP}))


class IsAdministrator(BaseFilter):
    def __init__(self, *statuses):
        self.statuses = statuses

    async def __call__(self, message: Message, bot: Bot):
        member = await bot.get_chat_member(message.chat.id, message.from_user.id)
        return {"status": member.status.upper()} if member.status in self.statuses else False


class HasText(Filter):
    def __init__(self, text):
        self.text = text

    async def __call__(self, message: Message):
        return bool(message.text) and self.text in message.text


@private.message(Command("stats"))
async def stats(message: Message, admins):
    await message.answer(f"{len(admins)} administrators")


@groups.message(Command("ban"), IsAdministrator(ChatMemberStatus.CREATOR))
async def owner(message: Message, status):
    await message.answer(f"banned by the {status}")


@groups.message(Command("ban"), IsAdministrator("administrator", "member"))
async def member(message: Message, status):
    await message.reply(f"a {status} may not")


@groups.message(~HasText("/"), HasText("spam"))
async def spam(message: Message):
    await message.delete()
    await message.answer(f"{message.from_user.first_name}, no spam")


@groups.message(F.new_chat_members)
async def welcome(message: Message):
    await message.answer("welcome " + ", ".join(user.first_name for user in message.new_chat_members))


@rest.my_chat_member(ChatMemberUpdatedFilter(JOIN_TRANSITION))
async def added(event: ChatMemberUpdated):
    await event.answer(f"thanks for adding me to {event.chat.title}")


@rest.message(Command("stats"))
async def refused(message: Message):
    await message.answer("not for you")


async def main():
    dp = Dispatcher(admins=[7])
    dp.include_routers(private, groups, rest)
    await dp.start_polling(Bot(os.environ["BOT_TOKEN"]))


asyncio.run(main())
