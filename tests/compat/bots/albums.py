"""The ways in which public bots handle an album, by name. As a script it is the one that `IDIOM` names."""

import asyncio
import os
import random

from aiogram import BaseMiddleware, Bot, Dispatcher, F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import InputMediaPhoto, Message


class FirstGoesOn(BaseMiddleware):
    """Dict and sleep: the first part waits for the others and goes on with all of them."""

    def __init__(self, latency=0.05):
        self.latency, self.albums = latency, {}

    async def __call__(self, handler, event, data):
        if not event.media_group_id:
            return await handler(event, data)
        try:
            self.albums[event.media_group_id].append(event)
            return None
        except KeyError:
            self.albums[event.media_group_id] = [event]
        await asyncio.sleep(self.latency)
        data["album"] = self.albums.pop(event.media_group_id)
        return await handler(event, data)


class LastGoesOn(BaseMiddleware):
    """Everybody sleeps, and the last to have come goes on, as in aiogram_album."""

    def __init__(self, latency=0.1):
        self.latency, self.albums = latency, {}

    async def __call__(self, handler, event, data):
        if not event.media_group_id:
            return await handler(event, data)
        album = self.albums.setdefault(event.media_group_id, [])
        album.append(event)
        before = len(album)
        await asyncio.sleep(self.latency)
        if before != len(album):
            return None
        data["album"] = self.albums.pop(event.media_group_id)
        return await handler(event, data)


class Subscribed(BaseMiddleware):
    """Asks Telegram who it is before anything else."""

    async def __call__(self, handler, event, data):
        await data["bot"].get_chat_member(event.chat.id, event.from_user.id)
        return await handler(event, data)


class Session(BaseMiddleware):
    """Opens a session of a database for each update."""

    async def __call__(self, handler, event, data):
        await asyncio.sleep(random.uniform(0, 0.02))
        return await handler(event, data)


def collected(*middlewares):
    def make():
        router = Router()
        for one in middlewares:
            router.message.middleware(one())

        @router.message(F.photo)
        async def handle(message: Message, state: FSMContext, album: list):
            seen = (await state.get_data()).get("albums", 0)
            await message.answer(f"album of {len(album)}")
            await state.update_data(albums=seen + 1, photos=len(album))

        return router

    return make


def a_collector_in_the_handler():
    router, albums = Router(), {}

    @router.message(F.media_group_id)
    async def handle(message: Message):
        album = albums.setdefault(message.media_group_id, [])
        album.append(message)
        if len(album) > 1:
            return
        await asyncio.sleep(0.05)
        photos = sorted(albums.pop(message.media_group_id), key=lambda one: one.message_id)
        await message.answer(f"a copy of {len(photos)}")
        await message.answer_media_group([InputMediaPhoto(media=one.photo[-1].file_id) for one in photos])

    return router


def each_with_an_answer_between():
    router = Router()

    @router.message(F.photo)
    async def handle(message: Message, state: FSMContext):
        data = await state.get_data()
        await message.answer(f"saved {message.message_id}")
        data["photos"] = [*data.get("photos", []), message.message_id]
        await state.set_data(data)

    return router


def each_with_a_download_between():
    router = Router()

    @router.message(F.photo)
    async def handle(message: Message, state: FSMContext, bot: Bot):
        data = await state.get_data()
        await bot.get_chat(message.chat.id)
        data["photos"] = [*data.get("photos", []), message.message_id]
        await state.set_data(data)
        await message.answer(f"have {len(data['photos'])}")

    return router


def each_a_step_of_a_form():
    router = Router()

    @router.message(F.photo, StateFilter(None))
    async def first(message: Message, state: FSMContext):
        await message.answer("first step")
        await state.set_state("text")

    @router.message(StateFilter("text"))
    async def second(message: Message):
        await message.answer("text please")

    return router


def kept_in_the_data():
    router = Router()

    @router.message(F.photo)
    async def handle(message: Message, state: FSMContext):
        data = await state.get_data()
        await state.update_data(photos=[*data.get("photos", []), message.message_id])
        await asyncio.sleep(0.05)
        photos = (await state.get_data()).get("photos", [])
        if photos[:1] == [message.message_id]:
            await message.answer(f"album of {len(photos)}")

    return router


def a_task_left_behind():
    """As aiogram_media_group: who collects has returned long before the album is handled."""
    router, albums, tasks = Router(), {}, set()

    async def later(message):
        await asyncio.sleep(0.1)
        await message.answer(f"album of {len(albums.pop(message.media_group_id))}")

    @router.message(F.media_group_id)
    async def handle(message: Message):
        album = albums.setdefault(message.media_group_id, [])
        album.append(message)
        if len(album) == 1:
            tasks.add(asyncio.create_task(later(message)))

    return router


IDIOMS = {
    "the first goes on": collected(FirstGoesOn),
    "the first goes on after a while": collected(lambda: FirstGoesOn(0.2)),
    "the last goes on": collected(LastGoesOn),
    "asks Telegram, then collects": collected(Subscribed, lambda: FirstGoesOn(0.1)),
    "opens a session, then collects": collected(Session, lambda: FirstGoesOn(0.1)),
    "collects in the handler": a_collector_in_the_handler,
    "keeps the album in the data": kept_in_the_data,
    "leaves a task behind": a_task_left_behind,
    "each, with an answer between": each_with_an_answer_between,
    "each, with a download between": each_with_a_download_between,
    "each, a step of a form": each_a_step_of_a_form,
}

if __name__ == "__main__":
    dispatcher = Dispatcher()
    dispatcher.include_router(IDIOMS[os.environ["IDIOM"]]())
    asyncio.run(dispatcher.start_polling(Bot(os.environ["BOT_TOKEN"])))
