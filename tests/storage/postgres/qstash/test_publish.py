"""Writing messages: each with its job, and once for each deduplication key."""

import asyncio

from mailroom.storage.postgres.qstash.ending import State
from tests.storage.postgres.qstash.messages import limited, message


def test_what_was_published_is_claimed_in_its_order(messages):
    async def scenario(box):
        ids = await box.publish(*(message(str(n)) for n in range(20)))
        assert await box.ids() == ids
        assert await box.ids(worker="two") == []

    messages(scenario)


def test_a_body_is_kept_byte_for_byte(messages):
    async def scenario(box):
        body = bytes(range(256)) * 40
        (id_,) = await box.publish(message(body=body, headers=[("X", "ключ")], labels=("a", "b")))
        row = await box.pool.fetchrow("SELECT * FROM mailroom.qstash_message WHERE id = $1", id_)
        assert (row["body"], row["labels"]) == (body, ["a", "b"])

    messages(scenario)


def test_a_delayed_message_waits_for_its_time(messages):
    async def scenario(box):
        later, now = await box.publish(message(delay_seconds=3600), message())
        assert await box.ids() == [now]
        await box.pool.execute(
            "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() WHERE id = $1", later
        )
        assert await box.ids(worker="two") == [later]

    messages(scenario)


def test_a_second_message_with_a_key_is_the_first_until_its_window_is_over(messages):
    async def scenario(box):
        first, again = await box.publish(message(dedup_key=b"k"), message(dedup_key=b"k"))
        (later,) = await box.publish(message(dedup_key=b"k"))
        assert first == again == later
        assert await box.ids() == [first]
        await box.pool.execute("UPDATE mailroom.qstash_dedup SET expires_at = now() - interval '1 s'")
        (other,) = await box.publish(message(dedup_key=b"k"))
        assert other != first
        assert await box.publish(message(dedup_key=b"k")) == [other]

    messages(scenario)


def test_of_many_who_publish_one_key_at_once_one_is_delivered(messages):
    async def scenario(box):
        batches = [[message(dedup_key=b"%d" % n) for n in order] for order in ((1, 2, 3), (3, 2, 1))] * 8
        found = await asyncio.gather(*(box.publish(*batch) for batch in batches))
        one, two, three = found[0]
        assert all(sorted(ids) == sorted([one, two, three]) for ids in found)
        assert sorted(await box.ids()) == sorted([one, two, three])

    messages(scenario)


def test_a_duplicate_takes_no_place_in_a_lane(messages):
    async def scenario(box):
        first = await box.publish(limited("k", parallelism=1, dedup_key=b"k"))
        assert await box.publish(limited("k", parallelism=1, dedup_key=b"k")) == first
        await box.end(await box.claim())
        assert await box.ids() == []
        assert await box.state(first[0]) is State.DELIVERED

    messages(scenario)
