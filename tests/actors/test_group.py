"""What the parts of a group do to a state that they share (conformance E, G4), under Hypothesis."""

import asyncio
from functools import partial

from aiogram.fsm.storage.base import StorageKey
from hypothesis import given, settings
from hypothesis import strategies as st

from mailroom.actors.group import Group
from mailroom.actors.journal import Journal, Pool
from mailroom.actors.owners import fault_in
from mailroom.actors.state import ActorStorage
from mailroom.actors.turn import Turn, current_turn
from mailroom.storage.redis.entry import Chat, Entry

CHAT = Chat("shop", "7")
KEY = StorageKey(bot_id=1, chat_id=7, user_id=7)
FIELDS = ("a", "b")

# What a handler does: reads the data, waits a while, or adds its name to one of the lists it read last.
step = st.one_of(
    st.just(("read",)),
    st.tuples(st.just("wait"), st.integers(0, 3)),
    st.tuples(st.just("add"), st.sampled_from(FIELDS)),
)
programs = st.lists(st.lists(step, max_size=6), min_size=2, max_size=4)


def turns_of(number):
    pool = Pool({})
    group = Group(pool)
    made = []

    async def record(_number, _record):
        pass

    for seq in range(1, number + 1):
        entry = Entry(seq, seq, 0, "message", "chat", f"t{seq}", b"{}", group="9")
        turn = Turn(CHAT, entry, 1, 1, False, {}, Journal("shop", record, part=seq, pool=pool), group=group)
        turn.changes = group.changes
        made.append(turn)
    return group, made


def play(given_programs):
    """Run them side by side; returns the data at the end, and how often each was begun."""
    storage = ActorStorage("shop", None)
    begun = [0] * len(given_programs)
    group, turns = turns_of(len(given_programs))

    async def handle(turn):
        token = current_turn.set(turn)
        try:
            number = turn.entry.seq
            begun[number - 1] += 1
            data = await storage.get_data(KEY)
            for what, *how in given_programs[number - 1]:
                if what == "read":
                    data = await storage.get_data(KEY)
                elif what == "wait":
                    for _ in range(how[0]):
                        await asyncio.sleep(0)
                else:
                    data[how[0]] = [*data.get(how[0], []), number]
                    await storage.set_data(KEY, data)
            return True
        finally:
            turn.open = False
            current_turn.reset(token)

    async def main():
        await group.run(turns, handle, partial(fault_in, ()))
        reader = Turn(CHAT, None, 1, 1, False, {}, Journal("shop", None), changes=group.changes)
        current_turn.set(reader)
        return await storage.get_data(KEY)

    return asyncio.run(main()), begun


@settings(max_examples=300, deadline=None)
@given(programs)
def test_g4_no_write_of_any_part_is_lost_however_they_interleave(given_programs):
    data, begun = play(given_programs)
    for name in FIELDS:
        expected = sorted(
            number for number, steps in enumerate(given_programs, 1) for one in steps if one == ("add", name)
        )
        assert sorted(data.get(name, [])) == expected
    assert max(begun) <= 2


def test_g4_a_part_that_read_what_was_taken_back_runs_again_too():
    one = [("add", "a"), ("wait", 9), ("wait", 9), ("add", "b")]
    two = [("wait", 3), ("read",), ("add", "a")]
    data, begun = play([one, two])
    assert (data, begun) == ({"a": [1, 2], "b": [1]}, [2, 2])


def test_g4_what_a_part_reads_again_before_it_writes_is_no_conflict():
    one = [("wait", 9), ("read",), ("add", "a")]
    two = [("add", "a")]
    assert play([one, two]) == ({"a": [2, 1]}, [1, 1])
