"""What owners do is written down with what it does, and done once."""

import asyncio
from enum import StrEnum

import pytest

from mailroom.actors.kit.owners.deeds import By, once, read_log
from mailroom.actors.kit.owners.refusals import OwnerError, refuse


class Fault(StrEnum):
    TAKEN = "taken"


def olga(effect_id, bot="hall"):
    return By(bot, "Olga\x00 (telegram 7)", effect_id, "the old one broke")


def add_seat(number):
    async def act(tx):
        await tx.connection.execute("INSERT INTO {schema}.seats VALUES ($1)", number)
        return {"seat": number, "many": [number] * 5_000}

    return act


async def seats(room):
    return [row["number"] for row in await room.database.fetch("SELECT number FROM {schema}.seats")]


def test_what_was_done_is_done_once_and_answered_as_it_was(in_the_hall):
    async def twice(room):
        first = await once(room, olga("a"), "seat", "1", add_seat(1))
        second = await once(room, olga("a"), "seat", "1", add_seat(2))
        return first, second, await seats(room)

    first, second, there = in_the_hall(twice)
    assert first == second == {"seat": 1, "many": [1] * 5_000}
    assert there == [1]


def test_two_at_once_are_one(in_the_hall):
    async def at_once(room):
        doing = [once(room, olga("a"), "seat", "1", add_seat(number)) for number in (1, 2)]
        return await asyncio.gather(*doing), await seats(room)

    (first, second), there = in_the_hall(at_once)
    assert first == second
    assert there == [first["seat"]]


def test_what_is_refused_leaves_nothing_and_may_be_done_after_all(in_the_hall):
    async def refused_then_done(room):
        async def act(tx):
            await add_seat(1)(tx)
            raise refuse(Fault.TAKEN)

        with pytest.raises(OwnerError):
            await once(room, olga("a"), "seat", "1", act)
        before = await seats(room), await read_log(room.database, "hall")
        await once(room, olga("a"), "seat", "1", add_seat(1))
        return before, await seats(room)

    before, after = in_the_hall(refused_then_done)
    assert before == ([], [])
    assert after == [1]


def test_the_log_says_who_did_what_and_why_newest_first_and_of_this_bot_alone(in_the_hall):
    async def done(room):
        await once(room, olga("a"), "seat", "1", add_seat(1))
        await once(room, olga("b"), "seat", "2", add_seat(2))
        await once(room, olga("c", bot="other"), "seat", "3", add_seat(3))
        return await read_log(room.database, "hall")

    log = in_the_hall(done)
    assert [deed.target for deed in log] == ["2", "1"]
    assert (log[0].who, log[0].action, log[0].why) == ("Olga (telegram 7)", "seat", "the old one broke")
