"""What the outages of the test kit are for: each finds a bug that a test without it does not see.

The bugs are planted in the bots of `add-a-bot.md`; what is left as the page has it comes through.
"""

import sys

import pytest

from mailroom.ops.testing.chat import Chat
from mailroom.ops.testing.outages import Outages, TelegramOutages
from mailroom.ops.testing.payments import Payments
from mailroom.ops.testing.rooms import Tested
from mailroom.ops.testing.subject import RouterSubject, forget_modules

ADD = """    total = (await state.get_data()).get("total", 0) + int(message.text or 0)
    await state.update_data(total=total)
    await message.answer(f"That makes {total}.")
"""
IN_A_VARIABLE = """    TOTALS[0] = total = TOTALS.get(0, 0) + int(message.text or 0)
    await state.update_data(total=total)
    await message.answer(f"That makes {total}.")


TOTALS: dict[int, int] = {}
"""
NOT_IDEMPOTENT = """    with open("ledger.txt", "a") as ledger:
        ledger.write(f"{message.text}\\n")
    total = sum(map(int, open("ledger.txt").read().split()))
    await message.answer(f"That makes {total}.")
"""
SWALLOWED = """    total = (await state.get_data()).get("total", 0) + int(message.text or 0)
    await state.update_data(total=total)
    try:
        await message.answer(f"That makes {total}.")
    except Exception:
        pass
"""
TAKEN_FOR_NOT_SENT = """    total = (await state.get_data()).get("total", 0) + int(message.text or 0)
    try:
        await message.answer(f"That makes {total}.")
    except Exception:
        return
    await state.update_data(total=total)
"""
STARS = """

@router.message(F.text == "stars")
async def stars(message: Message) -> None:
    await message.answer_invoice("Stars", "Five", "5", "XTR", [{"label": "Five", "amount": 5}])


@router.pre_checkout_query()
async def agree(query) -> None:
    await query.answer(ok=True)


@router.message(F.successful_payment)
async def paid(message: Message, state: FSMContext) -> None:
    charge = message.successful_payment.telegram_payment_charge_id
    known = (await state.get_data()).get("paid", {})
    await state.update_data(paid={**known, charge: 5})
    await message.answer(f"Paid: {sum(known.values()) + 5 * (charge not in known)}.")
"""
EACH_NOTICE_COUNTS = ("{**known, charge: 5}", "{**known, str(len(known)): 5}")
SAYS_NOTHING_OF_IT = ("{sum(known.values()) + 5 * (charge not in known)}", "{sum(known.values()) + 5}")

ROUTER_BUGS = {
    "Redis before the commit": (
        lambda outage, telegram: outage.redis_before_commit(),
        [(ADD, IN_A_VARIABLE)],
    ),
    "Redis after the commit": (
        lambda outage, telegram: outage.redis_after_commit(),
        [(ADD, IN_A_VARIABLE)],
    ),
    "killed before the commit": (
        lambda outage, telegram: outage.killed_before_commit(),
        [(ADD, NOT_IDEMPOTENT)],
    ),
    "429": (lambda outage, telegram: telegram.answers_429(), [(ADD, NOT_IDEMPOTENT)]),
    "502": (lambda outage, telegram: telegram.answers_502(), [(ADD, SWALLOWED)]),
    "no connection": (lambda outage, telegram: telegram.times_out(), [(ADD, IN_A_VARIABLE)]),
}


@pytest.fixture
def play(walk, monkeypatch, mailroom_session):
    """Have people do something with a bot of the page, in which some text was replaced."""
    monkeypatch.chdir(walk)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def play(name, replaced, scenario):
        file = walk / name
        text = file.read_text(encoding="utf-8")
        for old, new in replaced:
            assert old in text
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
        forget_modules(name.partition("/")[0].removesuffix(".py"))
        is_room = "/" in name
        subject = Tested("tips") if is_room else RouterSubject(name.removesuffix(".py") + ":router")
        with mailroom_session.service(subject) as service:
            ann = {"id": 101, "is_bot": False, "first_name": "Ann", "language_code": "en"}
            scenario(service, Chat(service, 101, {**ann, "username": "ann"}))

    return play


def adds_up(breaks=None):
    def scenario(service, chat):
        chat.send("2")
        if breaks is None:
            chat.send("3")
        else:
            with breaks(Outages(service), TelegramOutages(service)):
                chat.send("3")
        assert chat.texts == ["That makes 2.", "That makes 5."]
        assert chat.send("4").text == "That makes 9."

    return scenario


@pytest.mark.parametrize("what", ROUTER_BUGS)
def test_a_bug_of_a_router_is_found_by_the_line_that_stands_for_its_outage(play, what):
    breaks, bug = ROUTER_BUGS[what]
    play("hello_bot.py", [], adds_up(breaks))
    with pytest.raises(AssertionError):
        play("hello_bot.py", bug, adds_up(breaks))


@pytest.mark.parametrize("what", ROUTER_BUGS)
def test_and_not_without_it(play, what):
    play("hello_bot.py", ROUTER_BUGS[what][1], adds_up())


def told_and_kept(breaks):
    def scenario(service, chat):
        with breaks(TelegramOutages(service)):
            chat.send("3")
        assert set(chat.texts) == {"That makes 3."}
        assert chat.data == {"total": 3}

    return scenario


def test_a_time_out_after_sending_finds_what_takes_it_for_not_sent(play):
    line = told_and_kept(lambda telegram: telegram.times_out_after_sending())
    play("hello_bot.py", [], line)
    with pytest.raises(AssertionError):
        play("hello_bot.py", [(ADD, TAKEN_FOR_NOT_SENT)], line)


def test_a_notice_that_comes_twice_finds_what_counts_notices_and_not_payments(play):
    def scenario(service, chat):
        chat.send("stars")
        with TelegramOutages(service).delivers_twice():
            chat.pay()
        assert set(chat.texts[1:]) == {"Paid: 5."}

    with_stars = [
        ("from aiogram.types import Message", "from aiogram.types import Message"),
        (ADD, ADD + STARS),
    ]
    play("hello_bot.py", with_stars, scenario)
    with pytest.raises(AssertionError):
        play("hello_bot.py", [EACH_NOTICE_COUNTS, SAYS_NOTHING_OF_IT], scenario)


TOTAL = "total=written(await total(room.database, room.bot))"
NO_TOTAL = "total=written(await total_or_nothing(room))"
OR_NOTHING = """

async def total_or_nothing(room: Room[Options]) -> Money:
    try:
        return await total(room.database, room.bot)
    except Exception:
        return Money(0, "RUB")
"""


def test_an_outage_of_postgres_finds_what_takes_it_for_an_empty_table(play):
    def scenario(service, chat):
        chat.send("/start")
        chat.tap("300 ₽")
        Payments(service).pay(notices=2)
        with Outages(service).postgres_away():
            chat.send("/start")
        assert "with 300 ₽ in it" in chat.last.text

    play("tips/router.py", [], scenario)
    bug = [
        (TOTAL, NO_TOTAL),
        ("from mailroom import ChatEvent, Room", "from mailroom import ChatEvent, Money, Room"),
        ("\n\ndef build()", f"{OR_NOTHING}\n\ndef build()"),
    ]
    with pytest.raises(AssertionError):
        play("tips/router.py", bug, scenario)


ASKS = """

async def joke(message: Message, room: Room[Options]) -> None:
    try:
        said = await room.models.ask("joke", [{"role": "user", "content": "A joke!"}], [], ["m"], 5.0)
    except ModelUnavailableError:
        await message.answer("No joke today.")
        return
    await message.answer(said.text)


def build()"""


def test_a_model_that_is_down_finds_what_cannot_do_without(play):
    def scenario(service, chat):
        service.scripted.says("Ha.")
        assert chat.send("/joke").text == "Ha."
        with Outages(service).model_down():
            assert chat.send("/joke").text == "No joke today."

    jokes = [
        ("\n\ndef build()", ASKS),
        (
            "from tips.jobs import",
            "from mailroom.actors.providers.openai import ModelUnavailableError\nfrom tips.jobs import",
        ),
        (
            "    chat_event(router, THANKS",
            '    router.message.register(joke, F.text == "/joke")\n    chat_event(router, THANKS',
        ),
        ("from aiogram import Bot, Router", "from aiogram import Bot, F, Router"),
    ]
    play("tips/router.py", jokes, scenario)
    with pytest.raises(AssertionError):
        play("tips/router.py", [("except ModelUnavailableError", "except ZeroDivisionError")], scenario)
