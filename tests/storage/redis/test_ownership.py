"""Only the owner writes, and only the latest owner is one (conformance B, Own)."""

import asyncio

import pytest

from mailroom.storage.errors import Fenced
from mailroom.storage.postgres.lease import Leases
from mailroom.storage.postgres.migrate import migrate
from mailroom.storage.redis.entry import PARTITIONS
from mailroom.storage.redis.mailbox import Changes


@pytest.fixture
def writes(box):
    """Everything an owner can ask for, as calls that take the epoch to ask with."""
    entry = box.accept(10).entry
    boxes, chat = box.mailboxes, box.chat
    return {
        "load": lambda epoch: boxes.load(chat, epoch, 10),
        "begin": lambda epoch: boxes.begin(chat, epoch, entry.seq, "a"),
        "journal": lambda epoch: boxes.journal(chat, epoch, entry.seq, "another", 0, b"x"),
        "park": lambda epoch: boxes.park(chat, epoch, entry.seq, 1),
        "fire": lambda epoch: boxes.fire(chat.partition, epoch),
        "commit": lambda epoch: boxes.commit(chat, epoch, entry, Changes(set={"a": "1"})),
    }


CALLS = ("load", "begin", "journal", "park", "fire", "commit")


@pytest.mark.parametrize("name", CALLS)
def test_mbx_o1_after_a_takeover_the_old_owner_is_refused_and_changes_nothing(box, writes, name):
    box.own(6)
    before = {key: box.raw.dump(key) for key in box.raw.keys("*")}
    with pytest.raises(Fenced):
        box.call(writes[name](5))
    assert {key: box.raw.dump(key) for key in box.raw.keys("*")} == before


@pytest.mark.parametrize("name", CALLS)
def test_mbx_o1_the_owner_itself_is_not_refused(box, writes, name):
    box.call(writes[name](5))


@pytest.mark.parametrize("name", CALLS)
def test_mbx_o3_a_store_that_lost_its_fence_refuses_everybody(box, writes, name):
    box.raw.delete(box.key("fence"))
    with pytest.raises(Fenced):
        box.call(writes[name](5))


def test_mbx_o1_an_epoch_that_nobody_was_given_is_refused_as_well(box, writes):
    with pytest.raises(Fenced):
        box.call(writes["commit"](6))


def test_mbx_o1_a_fence_never_goes_down(box):
    box.own(9)
    with pytest.raises(Fenced) as refused:
        box.own(8)
    assert refused.value.standing == 9
    assert box.raw.get(box.key("fence")) == b"9 -"


def test_mbx_o1_raising_the_fence_again_with_the_same_epoch_is_allowed(box):
    box.own(9)
    box.own(9)


@pytest.mark.parametrize("name", CALLS)
def test_epochs_run_again_after_postgres_was_restored_and_the_other_taker_is_refused(box, writes, name):
    box.mailboxes.taker = "another"
    with pytest.raises(Fenced) as refused:
        box.call(writes[name](5))
    assert refused.value.epoch == 5


def test_an_equal_epoch_of_another_taker_does_not_raise_the_fence_and_learns_what_stands(box):
    box.mailboxes.taker = "another"
    with pytest.raises(Fenced) as refused:
        box.own(5)
    assert refused.value.standing == 5
    assert box.call(box.mailboxes.stands(box.chat, 5)) is False
    box.own(6)
    assert box.call(box.mailboxes.stands(box.chat, 6)) is True


def test_a_fence_of_the_version_before_is_one_of_nobody(box):
    box.raw.set(box.key("fence"), "7")
    with pytest.raises(Fenced):
        box.own(7)
    box.own(8)
    assert box.call(box.mailboxes.stands(box.chat, 8))


def test_a_record_of_a_past_owner_is_kept_and_does_not_replace_another(box):
    """Its call went out: whoever handles the message now must not make it again."""
    entry = box.accept(10).entry
    box.begin(entry)
    box.own(6)
    for record in (b"of the past owner", b"too late"):
        with pytest.raises(Fenced):
            box.journal(entry, 0, record)
    assert box.begin(entry, epoch=6).journal == {0: b"of the past owner"}


def test_a_record_of_a_message_that_is_finished_leaves_nothing_behind(box):
    entry = box.accept(10).entry
    box.begin(entry)
    box.commit(entry)
    box.journal(entry, 0, b"too late")
    assert box.left_behind() == set()


def test_mbx_o1_epochs_are_compared_as_numbers_not_as_text(box):
    box.own(9)
    box.own(10)
    with pytest.raises(Fenced):
        box.own(9)


@pytest.fixture
def leases(clean_postgres_url):
    migrate(clean_postgres_url)

    async def run(work):
        leases = Leases(clean_postgres_url)
        try:
            return await work(leases)
        finally:
            await leases.close()

    return lambda work: asyncio.run(run(work))


def test_mbx_o3_every_acquisition_brings_a_larger_epoch(leases):
    async def work(leases):
        epochs = []
        for owner in ("a", "b", "a"):
            epochs.append((await leases.acquire(owner, range(PARTITIONS), 60)).epoch)
            await leases.release(owner, epochs[-1])
        return epochs

    epochs = leases(work)
    assert epochs == sorted(set(epochs))


def test_mbx_o3_an_epoch_exceeds_the_one_found_in_redis_after_postgres_lost_its_data(leases):
    async def work(leases):
        return await leases.acquire("a", range(PARTITIONS), 60, floor=41)

    assert leases(work).epoch >= 41


def test_mbx_o1_of_two_who_acquire_at_the_same_moment_one_gets_everything(leases):
    async def work(leases):
        five = [leases.another() for _ in range(5)]
        calls = (one.acquire(f"owner {n}", range(PARTITIONS), 60) for n, one in enumerate(five))
        held = await asyncio.gather(*calls)
        for one in five:
            await one.close()
        return held

    held = leases(work)
    assert sorted(len(one.partitions) for one in held) == [0, 0, 0, 0, PARTITIONS]


def test_mbx_o2_a_lease_that_ran_out_is_taken_and_its_old_owner_cannot_renew_it(leases):
    async def work(leases):
        old = await leases.acquire("old", range(PARTITIONS), 0.05)
        held = ()
        while not held:
            new = await leases.acquire("new", range(PARTITIONS), 60)
            held = new.partitions
        return old, new, await leases.renew("old", old.epoch, 60), await leases.renew("new", new.epoch, 60)

    old, new, kept_by_old, kept_by_new = leases(work)
    assert new.epoch > old.epoch
    assert (len(kept_by_old), len(kept_by_new)) == (0, PARTITIONS)
