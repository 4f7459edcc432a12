"""A group that became a supergroup keeps its state and its timers, whichever way Telegram says so first."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
import trio
import trio.lowlevel
from aiogram import F, Router
from aiogram.exceptions import TelegramMigrateToChat
from aiogram.fsm.context import FSMContext
from aiogram.fsm.strategy import FSMStrategy
from aiogram.types import Message
from pydantic_core import to_json

from mailroom.actors.hosting.moved import MOVED
from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.actors.jobs.notify import Notify
from mailroom.actors.notification import notify
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.turn import Turn
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.outcome import Done
from mailroom.storage.redis.dead_letters import DeadLetters, Wanted
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Changes
from mailroom.supervisors.moving import MARK, follow_moves
from tests.actors.bot_process import BotProcess

OLD, NEW = -5, -1_000_000_000_005
ANN = {"id": 7, "is_bot": False, "first_name": "Ann"}
DESCRIPTION = "Bad Request: group chat was upgraded to a supergroup chat"
HOUR_MS = 3_600_000


def refusal() -> tuple[int, bytes]:
    """What Telegram answers to a call for the old id."""
    parameters = {"migrate_to_chat_id": NEW}
    body = {"ok": False, "error_code": 400, "description": DESCRIPTION, "parameters": parameters}
    return 400, to_json(body)


def says(update_id: int, chat_id: int, **content: Any) -> dict[str, Any]:
    chat = {"id": chat_id, "type": "group" if chat_id == OLD else "supergroup", "title": "Friends"}
    message = {"message_id": update_id, "date": 1, "chat": chat, "from": ANN, **content}
    return {"update_id": update_id, "message": message}


@pytest.fixture
def router() -> Router:
    """A bot that counts what a person says, and sets a timer when told to."""
    router = Router()
    router.errors_seen = []  # type: ignore[attr-defined]

    @router.message(F.text == "remind")
    async def remind(message: Message, turn: Turn) -> None:
        turn.changes.timers.append(("reminder", 2**45, "buy milk"))

    @router.message(F.text == "caught")
    async def caught(message: Message, state: FSMContext) -> None:
        await state.update_data(written="with the error")
        try:
            await message.answer("hello")
        except TelegramMigrateToChat as error:
            router.errors_seen.append(error.migrate_to_chat_id)  # type: ignore[attr-defined]

    @router.message(F.text)
    async def count(message: Message, state: FSMContext) -> None:
        number = (await state.get_data()).get("n", 0) + 1
        await state.update_data(n=number)
        await message.answer(f"{number} {message.text}")

    return router


def follow(process: BotProcess) -> ChatSender:
    """As a service does with each of its bots."""
    chats = process.chats
    sender = ChatSender(
        process.mailboxes,
        lambda chat, receipt: chats.arrived(chat, receipt.entry, receipt.begun),
        chats.look_again,
    )
    place = SimpleNamespace(write=chats.write, run_in_line=chats.run_in_line)
    follow_moves(process.bot, process.mailboxes.moves, sender, place)
    return sender


async def timers(process: BotProcess, chat_id: int) -> list[tuple[str, str]]:
    found = await aio(process.mailboxes.moves.timers, Chat("shop", str(chat_id)))
    return [(one.name, one.data) for one in found]


async def dead(process: BotProcess) -> int:
    return int(await aio(DeadLetters(process.mailboxes._work).count, Wanted()))


async def counted_to_two(process: BotProcess, *, reminded: bool = True) -> None:
    """The group has a state, and a timer."""
    for text in ("a", "b", "remind")[: 3 if reminded else 2]:
        await process.offer(says(next(process._ids), OLD, text=text))
    await process.settled()
    assert process.telegram.texts(OLD) == ["1 a", "2 b"]


async def goes_on_in_the_new_chat(process: BotProcess) -> None:
    await process.offer(says(next(process._ids), NEW, text="c"))
    await process.settled()
    assert process.telegram.texts(NEW) == ["3 c"]
    assert (await process.state(NEW))[MARK] == str(OLD)
    assert await timers(process, NEW) == [("reminder", "buy milk")]
    assert await timers(process, OLD) == []
    assert await dead(process) == 0


def test_the_refusal_of_a_call_is_final_and_the_state_follows(play, telegram, router) -> None:
    """The accident: the bot wrote to the old id three times, apologised to it, and left a dead letter; in the
    new chat it knew nobody.
    """

    async def scenario(process: BotProcess) -> None:
        follow(process)
        await counted_to_two(process)
        telegram.tell(refusal(), chat_id=OLD)
        await process.offer(says(next(process._ids), OLD, text="caught"))
        await process.settled()
        assert router.errors_seen == [NEW], "the handler hears of it as on stock aiogram"
        assert "with the error" in "".join((await process.state(NEW)).values()), (
            "what that turn wrote is there"
        )
        tried = len(telegram.tried)
        telegram.tell(refusal(), chat_id=OLD)
        await process.offer(says(next(process._ids), OLD, text="not caught"))
        await process.settled()
        assert len(telegram.tried) == tried + 1, "no retry, no apology"
        await goes_on_in_the_new_chat(process)

    play(router, scenario)


def test_the_service_message_in_the_old_chat_moves_the_state(play, telegram, router) -> None:
    async def scenario(process: BotProcess) -> None:
        follow(process)
        await counted_to_two(process)
        await process.offer(says(next(process._ids), OLD, migrate_to_chat_id=NEW))
        await process.settled()
        await goes_on_in_the_new_chat(process)

    play(router, scenario)


def test_the_service_message_in_the_new_chat_moves_the_state_before_anything_else_is_handled(
    play, telegram, router
) -> None:
    async def scenario(process: BotProcess) -> None:
        follow(process)
        await counted_to_two(process)
        first, second = next(process._ids), next(process._ids)
        await process.offer(says(second, NEW, text="c"))
        await process.offer(says(first, NEW, migrate_from_chat_id=OLD))
        await process.settled()
        assert telegram.texts(NEW) == ["3 c"]

    play(router, scenario)


@pytest.mark.parametrize("order", list(itertools.permutations(("call", "old", "new"))))
def test_it_goes_along_once_however_often_and_in_whatever_order_telegram_says_so(
    play, telegram, router, order
) -> None:
    async def scenario(process: BotProcess) -> None:
        follow(process)
        await counted_to_two(process)
        for what in (*order, *order):
            match what:
                case "call":
                    telegram.tell(refusal(), chat_id=OLD)
                    await process.offer(says(next(process._ids), OLD, text="lost"))
                case "old":
                    await process.offer(says(next(process._ids), OLD, migrate_to_chat_id=NEW))
                case "new":
                    await process.offer(says(next(process._ids), NEW, migrate_from_chat_id=OLD))
            await process.settled()
            if what == order[0]:
                n = len(telegram.texts(NEW))
                await process.offer(says(next(process._ids), NEW, text="c"))
                await process.settled()
                assert len(telegram.texts(NEW)) == n + 1
        said = telegram.texts(NEW)
        assert said == [f"{3 + (order[0] == 'call') + number} c" for number in range(len(said))]
        assert await dead(process) == 0

    play(router, scenario)


def test_what_the_new_chat_has_written_itself_wins(play, telegram, router) -> None:
    async def scenario(process: BotProcess) -> None:
        follow(process)
        await counted_to_two(process)
        chat = Chat("shop", str(NEW))
        await process.offer(says(next(process._ids), NEW, text="first here"))
        await process.settled()
        await aio(process.chats.write, chat, Changes(timers=[("reminder", 2**45, "ours")]))
        await process.offer(says(next(process._ids), NEW, migrate_from_chat_id=OLD))
        await process.offer(says(next(process._ids), NEW, text="second here"))
        await process.settled()
        assert telegram.texts(NEW) == ["1 first here", "2 second here"]
        assert await timers(process, NEW) == [("reminder", "ours")]

    play(router, scenario)


def test_a_store_that_fails_between_reading_and_writing_loses_nothing(play, telegram, router) -> None:
    async def scenario(process: BotProcess) -> None:
        follow(process)
        await counted_to_two(process)
        moving = process.bot.moving
        place, failures = moving._place, [1]

        async def write(chat: Chat, changes: Changes) -> None:
            if failures:
                failures.pop()
                raise StoreUnavailable("the process ends here")
            await place.write(chat, changes)

        moving._place = SimpleNamespace(write=write, run_in_line=place.run_in_line)
        await process.offer(says(next(process._ids), OLD, migrate_to_chat_id=NEW))
        await process.until(lambda: not failures, "the failure")
        await process.settled()
        await goes_on_in_the_new_chat(process)

    play(router, scenario)


def test_a_timer_that_a_crash_left_in_both_chats_fires_in_one(play, telegram, router) -> None:
    async def scenario(process: BotProcess) -> None:
        follow(process)
        await counted_to_two(process)
        # What a process leaves that ends after the new chat's commit: a mark, and the timer in both.
        chat = Chat("shop", str(NEW))
        marked = Changes(set={MARK: str(OLD)}, timers=[("reminder", 2**45, "buy milk")])
        await aio(process.chats.write, chat, marked)
        await process.offer(says(next(process._ids), NEW, migrate_from_chat_id=OLD))
        await process.settled()
        assert await timers(process, NEW) == [("reminder", "buy milk")]
        assert await timers(process, OLD) == []

    play(router, scenario)


def test_a_whole_chats_state_is_kept_under_the_new_id(play, telegram, router) -> None:
    async def scenario(process: BotProcess) -> None:
        follow(process)
        process.bot.dispatcher.fsm.strategy = FSMStrategy.CHAT
        await counted_to_two(process, reminded=False)
        await process.offer(says(next(process._ids), NEW, migrate_from_chat_id=OLD))
        await process.offer(says(next(process._ids), NEW, text="c"))
        await process.settled()
        assert telegram.texts(NEW) == ["3 c"]

    play(router, scenario)


def test_jobs_that_address_the_old_id_reach_the_new_chat(play, telegram, router) -> None:
    async def scenario(process: BotProcess) -> None:
        sender = follow(process)
        telegram.tell(refusal(), chat_id=OLD)
        services = SimpleNamespace(bots={"shop": process.bot}, chats=sender)
        context = SimpleNamespace(services=services, bot=lambda _name: process.bot)
        wanted = Notify(bot="shop", chat=OLD, as_="notice", text="your order")
        for _ in range(2):
            assert isinstance(await aio(notify, wanted, context), Done)
        assert telegram.texts(NEW) == ["your order", "your order"]
        assert [args["chat_id"] for _, args, _ in telegram.tried] == [OLD, NEW, NEW], "asked once"
        put = await aio(lambda: sender.put(Chat("shop", str(OLD)), "paid", "", dedupe_id="job-1", trace="t"))
        assert put
        await process.settled()
        assert (await aio(process.mailboxes.load, Chat("shop", str(OLD)), 1, 1)).seq == 0, (
            "nothing came there"
        )

    play(router, scenario)


@pytest.mark.parametrize("new_id", [0, 5, -6, OLD, "x", None, True])
def test_an_answer_that_names_no_supergroup_moves_nothing(play, telegram, router, new_id) -> None:
    async def scenario(process: BotProcess) -> None:
        follow(process)
        await counted_to_two(process)
        await process.offer(says(next(process._ids), OLD, migrate_to_chat_id=new_id, text="d"))
        await process.settled()
        assert await aio(process.mailboxes.moves.now, Chat("shop", str(OLD))) == Chat("shop", str(OLD))
        assert MOVED not in str(await process.state(OLD))
        await trio.lowlevel.checkpoint()

    play(router, scenario)
