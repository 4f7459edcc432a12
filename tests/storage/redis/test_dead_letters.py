"""What on-call does to messages: skip, requeue, edit, drop, and finding them (conformance B, X3)."""

import pytest

from mailroom.storage.errors import StoreError, StoreUnavailable
from mailroom.storage.redis import dead_letters
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.dead_letters import OTHER_REASONS, DeadLetters, Wanted
from mailroom.storage.redis.entry import Chat
from tests.storage.redis.box import dead_letter

ALL = Wanted()
OTHERS = [Chat("shop", "77"), Chat("astral", "7"), Chat("astral", "-100")]


def skip(box, seq=None):
    ids = box.call(box.letters.skip(box.chat, seq, "skipped by on-call: it blocks the chat", "ann"))
    assert len(ids) <= 1
    return ids[0] if ids else None


def test_mbx_x3_the_head_is_skipped_to_the_dead_letters_and_the_next_is_first(box):
    first = box.accept(10, payload='{"text":"\\"ё\\"\\n"}'.encode()).entry
    box.accept(11)
    box.begin(first)
    id_ = skip(box)
    assert id_ == f"shop:7:{first.seq}"
    letter = box.call(box.letters.get(id_))
    assert (letter.id, letter.chat, letter.seq, letter.order) == (id_, box.chat, first.seq, 10)
    assert (letter.kind, letter.queue, letter.trace) == (first.kind, first.queue, first.trace)
    assert (letter.accepted_ms, letter.attempts, letter.epoch) == (first.accepted_ms, 1, 5)
    assert letter.payload == first.payload.decode()
    assert (letter.error, letter.skipped_by) == ("skipped by on-call: it blocks the chat", "ann")
    assert letter.died_ms >= first.accepted_ms
    assert not letter.expedited
    assert box.orders() == [11]
    assert not box.raw.exists(box.key("tries:shop:7"))


def test_mbx_x3_a_skipped_message_has_the_fields_of_one_that_died(box):
    first, second = box.accept(10).entry, box.accept(None).entry
    died, skipped = box.die(first), skip(box)
    letters = {id_: box.call(box.letters.get(id_)) for id_ in (died, skipped)}
    raw = box.raw.hgetall(box.key("dead"))
    assert set(dead_letters.form.read(raw[died.encode()])) == set(
        dead_letters.form.read(raw[skipped.encode()])
    ) - {"skipped_by"}
    assert (letters[skipped].order, letters[skipped].seq) == (None, second.seq)


def test_mbx_x3_any_message_in_line_can_be_skipped_by_its_number(box):
    entries = [box.accept(order).entry for order in range(10, 80)]
    fast = box.accept(90, expedited=True).entry
    for entry in (entries[40], entries[69], fast):
        assert skip(box, entry.seq) == f"shop:7:{entry.seq}"
    assert box.orders() == [order for order in range(10, 79) if order != 50]
    assert box.call(box.letters.get(f"shop:7:{fast.seq}")).expedited


def test_mbx_x3_what_does_not_wait_cannot_be_skipped(box):
    entry = box.accept(10).entry
    assert skip(box, entry.seq + 1) is None
    box.commit(entry)
    assert skip(box, entry.seq) is None
    assert skip(box) is None
    assert box.left_behind() == set()


def test_mbx_x3_a_chat_whose_last_message_is_skipped_is_not_ready_any_more(box):
    box.accept(10)
    box.call(box.letters.drop(skip(box)))
    assert box.left_behind() == set()


def test_mbx_x3_a_skip_works_while_nobody_owns_the_chat(box):
    box.accept(10)
    box.raw.delete(box.key("fence"))
    id_ = skip(box)
    assert box.call(box.letters.get(id_)).epoch == 0
    assert box.call(box.letters.requeue(id_)) == "requeued"


def test_mbx_x3_a_skip_ends_the_wait_of_its_message_and_of_no_other(box):
    first, second = box.accept(10).entry, box.accept(11).entry
    box.park(first, 77)
    skip(box, second.seq)
    assert box.call(box.mailboxes.load(box.chat, 5, 1)).parked_until_ms == 77
    skip(box, first.seq)
    assert box.call(box.mailboxes.load(box.chat, 5, 1)).parked_until_ms == 0


def test_mbx_p1_a_message_that_was_skipped_is_not_begun_and_its_owner_is_told(box):
    first, second = box.accept(10).entry, box.accept(11).entry
    skip(box, second.seq)
    assert box.commit(first, following=second).next is None
    assert box.begin(second) == "gone"
    assert not box.raw.exists(box.key("tries:shop:7"))


def test_mbx_p1_nothing_is_begun_before_it_stands_first_in_its_line(box):
    entries = [box.accept(order).entry for order in range(10, 80)]
    fast = [box.accept(order, expedited=True).entry for order in (90, 91)]
    for entry in (entries[1], entries[33], entries[69]):
        assert box.begin(entry) == "behind"
    assert not box.raw.exists(box.key("tries:shop:7"))
    for entry in (entries[0], *fast):
        assert box.begin(entry).attempt == 1


def test_mbx_x3_the_owner_that_is_at_work_on_a_skipped_message_finds_it_gone(box):
    entry = box.accept(10).entry
    box.begin(entry)
    id_ = skip(box)
    # Its handler meets a 429, and then goes on to the end.
    box.park(entry, 99, take_back=True)
    box.journal(entry, 0, b"sent after the skip")
    assert box.commit(entry).gone
    assert box.state() == {}
    assert {box.kind_of(key) for key in box.left_behind()} == {"dead", "deadlog"}
    assert box.call(box.letters.requeue(id_)) == "requeued"
    (again,) = box.waiting()
    begun = box.begin(again)
    assert begun.journal == {0: b"sent after the skip"}


def test_mbx_x3_a_requeued_message_stands_where_it_stood_and_is_as_it_was(box):
    entries = [box.accept(order, payload=b'{"n":%d}' % order).entry for order in (10, 11, 12)]
    id_ = box.die(entries[1])
    assert box.call(box.letters.requeue(id_)) == "requeued"
    assert box.orders() == [10, 11, 12]
    again = box.waiting()[1]
    assert again.seq > entries[2].seq
    assert again.accepted_ms >= entries[1].accepted_ms
    assert (again.order, again.kind, again.queue, again.trace, again.payload) == (
        11, entries[1].kind, entries[1].queue, entries[1].trace, b'{"n":11}',
    )  # fmt: skip
    assert box.call(box.letters.count(ALL)) == 0
    box.commit(entries[0])
    assert box.begin(again).attempt == 1


def test_mbx_x3_an_order_of_many_digits_survives_skip_edit_and_requeue(box):
    order = 9_007_199_254_740_991
    box.accept(order)
    id_ = skip(box)
    assert box.call(box.letters.edit(id_, "{}"))
    assert box.call(box.letters.get(id_)).order == order
    box.call(box.letters.requeue(id_))
    assert box.orders() == [order]


def test_mbx_x3_a_requeued_query_is_expedited_again(box):
    box.accept(10)
    fast = box.accept(11, expedited=True).entry
    assert box.call(box.letters.requeue(box.die(fast))) == "requeued"
    loaded = box.call(box.mailboxes.load(box.chat, 5, 9))
    assert [len(loaded.box), [entry.order for entry in loaded.expedited]] == [1, [11]]


def test_mbx_x3_a_requeued_message_does_not_repeat_what_it_sent(box):
    entry = box.accept(10).entry
    box.begin(entry)
    box.journal(entry, 0, b"\x00sent\xff")
    box.call(box.letters.requeue(box.die(entry)))
    (again,) = box.waiting()
    begun = box.begin(again)
    assert (begun.attempt, begun.journal) == (1, {0: b"\x00sent\xff"})
    box.commit(again)
    assert box.left_behind() == set()


def test_mbx_x3_a_requeue_into_a_full_mailbox_leaves_the_letter_where_it_is(box, monkeypatch):
    monkeypatch.setattr(dead_letters, "MAILBOX_CAP", 1)
    id_ = box.die(box.accept(10).entry)
    blocking = box.accept(11).entry
    assert box.call(box.letters.requeue(id_)) == "full"
    assert box.call(box.letters.get(id_)).order == 10
    box.commit(blocking)
    assert box.call(box.letters.requeue(id_)) == "requeued"


def test_mbx_x3_a_requeue_that_came_through_is_not_made_twice(box):
    id_ = box.die(box.accept(10).entry)
    results = [box.call(box.letters.requeue(id_)) for _ in range(2)]
    assert (results, box.orders()) == (["requeued", "gone"], [10])
    assert not box.call(box.letters.drop(id_))
    assert not box.call(box.letters.edit(id_, "{}"))
    assert box.call(box.letters.get(id_)) is None


@pytest.mark.parametrize("id_", ["", "shop", "shop:7", "shop:7:", "shop:7:x", "shop:7:1", ":", "::", "::1"])
def test_mbx_x3_an_id_of_nothing_finds_nothing(box, id_):
    assert box.call(box.letters.requeue(id_)) == "gone"
    assert not box.call(box.letters.drop(id_))
    assert not box.call(box.letters.edit(id_, "{}"))
    assert box.call(box.letters.get(id_)) is None


def test_mbx_x3_a_letter_that_cannot_be_requeued_is_not_lost(box):
    for broken in (b"{", b'{"bot":"shop"}'):
        box.raw.hset(box.key("dead"), "shop:7:1", broken)
        with pytest.raises(StoreError):
            box.call(box.letters.requeue("shop:7:1"))
        assert box.raw.hget(box.key("dead"), "shop:7:1") == broken
        assert box.call(box.letters.find(ALL, 9))[0].chat == box.chat
        assert box.orders() == []
    assert box.call(box.letters.drop("shop:7:1"))


def test_mbx_x3_a_dropped_letter_leaves_nothing_behind(box):
    entry = box.accept(10).entry
    box.begin(entry)
    box.journal(entry, 0, b"sent")
    assert box.call(box.letters.drop(box.die(entry)))
    assert box.left_behind() == set()


def test_mbx_x3_an_edited_letter_is_requeued_with_its_new_payload_and_is_otherwise_the_same(box):
    entry = box.accept(10).entry
    id_ = box.die(entry)
    before = box.call(box.letters.get(id_))
    assert box.call(box.letters.edit(id_, '{"text":"ё"}'))
    after = box.call(box.letters.get(id_))
    assert (after.payload, after.error, after.died_ms) == ('{"text":"ё"}', before.error, before.died_ms)
    box.call(box.letters.requeue(id_))
    assert box.waiting()[0].payload == '{"text":"ё"}'.encode()


def test_mbx_x3_an_edit_does_not_bring_back_what_was_requeued_meanwhile(box):
    id_ = box.die(box.accept(10).entry)

    class Meddler(Line):
        async def command(self, *args):
            answer = await super().command(*args)
            if args[0] == "HGET":
                await box.letters.requeue(id_)
            return answer

    line = Meddler(box.url)
    assert not box.call(DeadLetters(line).edit(id_, "{}"))
    box.call(line.close())
    assert (box.call(box.letters.count(ALL)), box.orders()) == (0, [10])


def test_mbx_x3_a_letter_that_never_stands_still_is_not_edited_for_ever(box):
    id_ = box.die(box.accept(10).entry)

    class Meddler(Line):
        edits = 0

        async def command(self, *args):
            answer = await super().command(*args)
            if args[0] == "HGET":
                self.edits += 1
                await box.letters.edit(id_, str(self.edits))
            return answer

    line = Meddler(box.url)
    with pytest.raises(StoreUnavailable, match="changes all the time"):
        box.call(DeadLetters(line).edit(id_, "{}"))
    box.call(line.close())


@pytest.fixture
def graveyard(box):
    """Letters of four chats and three bots' worth of errors; letter n died at n seconds."""
    deaths = [
        (box.chat, "ValueError: bad price\nin the cart"),
        (OTHERS[0], "ValueError: bad price"),
        (OTHERS[1], "TimeoutError: 300 s"),
        (OTHERS[2], "timeouterror: 5 s"),
        (box.chat, "KeyError: 'ё'"),
    ]
    for n, (chat, error) in enumerate(deaths):
        box.own(chat=chat)
        entry = box.accept(100 + n, chat=chat).entry
        box.die(entry, error, chat=chat, letter={"died_ms": n * 1000, "accepted_ms": 9000 - n})
    return box


@pytest.mark.parametrize(
    ("wanted", "orders"),
    [
        (ALL, [104, 103, 102, 101, 100]),
        (Wanted(bot="shop"), [104, 101, 100]),
        (Wanted(bot="sho"), []),
        (Wanted(bot="*"), []),
        (Wanted(chat=Chat("shop", "7")), [104, 100]),
        (Wanted(chat=Chat("shop", "?")), []),
        (Wanted(bot="astral", chat=Chat("shop", "7")), []),
        (Wanted(error="TIMEOUT"), [103, 102]),
        (Wanted(error="cart"), [100]),
        (Wanted(error="Ё"), [104]),
        (Wanted(since_ms=1000, until_ms=3000), [102, 101]),
        (Wanted(bot="shop", error="price", since_ms=1), [101]),
    ],
)
def test_mbx_x3_dead_letters_are_found_by_what_is_wanted_the_newest_first(graveyard, wanted, orders):
    found = graveyard.call(graveyard.letters.find(wanted, 100))
    assert [letter.order for letter in found] == orders
    assert graveyard.call(graveyard.letters.count(wanted)) == len(orders)
    oldest_first = [letter.id for letter in sorted(found, key=lambda one: one.accepted_ms)]
    assert graveyard.call(graveyard.letters.ids(wanted, 100)) == oldest_first


def test_mbx_x3_only_so_many_are_found_as_were_asked_for(graveyard):
    find, ids = graveyard.letters.find, graveyard.letters.ids
    assert [one.order for one in graveyard.call(find(ALL, 2))] == [104, 103]
    for most in range(5):
        assert graveyard.call(ids(ALL, most)) == graveyard.call(ids(ALL, 9))[:most]
        assert graveyard.call(find(ALL, most)) == graveyard.call(find(ALL, 9))[:most]


def test_mbx_x3_reasons_are_counted_by_bot_and_first_line_the_most_first(graveyard, monkeypatch):
    assert graveyard.call(graveyard.letters.reasons(ALL))[0] == ("shop", "ValueError: bad price", 2)
    assert graveyard.call(graveyard.letters.reasons(Wanted(bot="astral", error="300"))) == [
        ("astral", "TimeoutError: 300 s", 1)
    ]
    monkeypatch.setattr(dead_letters, "REASONS_MAX", 1)
    counted = graveyard.call(graveyard.letters.reasons(ALL))
    assert sum(count for _, _, count in counted) == 5
    assert {error for _, error, _ in counted if error.startswith("(")} == {OTHER_REASONS}


def test_mbx_x3_many_dead_letters_are_read_a_little_at_a_time_and_each_once(box):
    many = 3000
    letters = {}
    entry = box.accept(10).entry
    for seq in range(many):
        letter = dead_letter(box.chat, entry, f"ValueError: {seq % 7}", seq=seq, died_ms=seq)
        letters[f"shop:7:{seq}"] = dead_letters.to_json(letter)
    box.raw.hset(box.key("dead"), mapping=letters)
    box.raw.config_resetstat()
    assert box.call(box.letters.count(Wanted(error="valueerror"))) == many
    assert [one.seq for one in box.call(box.letters.find(ALL, 3))] == [2999, 2998, 2997]
    assert len(box.call(box.letters.reasons(ALL))) == 7
    commands = box.raw.info("commandstats")
    assert commands["cmdstat_hscan"]["calls"] >= 3 * many / dead_letters.SCAN_COUNT / 2
    assert not {"cmdstat_hgetall", "cmdstat_hvals", "cmdstat_hkeys"} & set(commands)


def test_mbx_x3_a_letter_that_redis_shows_twice_counts_once(graveyard):
    # It may, while the hash grows or shrinks.
    class Stutter(Line):
        async def command(self, *args):
            answer = await super().command(*args)
            return [answer[0], answer[1] * 2] if args[0] == "HSCAN" else answer

    line = Stutter(graveyard.url)
    assert graveyard.call(DeadLetters(line).count(Wanted(bot="shop"))) == 3
    graveyard.call(line.close())


def test_mbx_x3_the_letters_of_one_chat_are_looked_for_in_its_partition_alone(graveyard):
    graveyard.raw.config_resetstat()
    assert len(graveyard.call(graveyard.letters.find(Wanted(chat=graveyard.chat), 9))) == 2
    commands = graveyard.raw.info("commandstats")
    assert (commands["cmdstat_hlen"]["calls"], commands["cmdstat_hscan"]["calls"]) == (1, 1)
