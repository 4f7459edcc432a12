"""Queues and flow keys: how many go at once, in which order, and that no place is lost."""

import asyncio
import random

import pytest

from mailroom.storage.postgres.qstash import lanes
from mailroom.storage.postgres.qstash.cancel import cancel
from mailroom.storage.postgres.qstash.ending import State
from tests.storage.postgres.qstash.messages import limited, message


def test_of_a_key_only_so_many_go_at_once(messages):
    async def scenario(box):
        ids = await box.publish(*(limited("k", str(n), parallelism=2) for n in range(5)))
        first = await box.claim()
        assert [job.id for job in first] == ids[:2]
        assert await box.claim(worker="two") == []
        await box.end(first[:1])
        assert await box.ids() == ids[2:3]
        assert await box.running("f:k") == 2

    messages(scenario)


def test_of_a_key_only_so_many_start_in_a_period(messages):
    async def scenario(box):
        ids = await box.publish(*(limited("k", str(n), rate=3, period_seconds=3600) for n in range(5)))
        jobs = await box.claim()
        assert [job.id for job in jobs] == ids[:3]
        await box.end(jobs)
        assert await box.ids() == []
        await box.pool.execute(
            "UPDATE mailroom.qstash_lane"
            " SET window_at = window_at - interval '1 hour', next_at = next_at - interval '1 hour'"
        )
        assert await box.ids() == ids[3:]

    messages(scenario)


def test_keys_do_not_wait_for_each_other(messages):
    async def scenario(box):
        ids = await box.publish(*(limited(str(n % 10), parallelism=1) for n in range(30)), message())
        assert sorted(await box.ids()) == sorted([*ids[:10], ids[-1]])

    messages(scenario)


def test_the_newest_messages_limits_are_the_keys(messages):
    async def scenario(box):
        ids = await box.publish(limited("k", parallelism=1), limited("k", parallelism=1))
        assert await box.ids() == ids[:1]
        ids += await box.publish(limited("k", parallelism=3))
        assert await box.ids() == ids[1:]

    messages(scenario)


def test_a_message_that_is_tried_again_waits_for_its_key_again(messages):
    async def scenario(box):
        first, second = await box.publish(limited("k", parallelism=1), limited("k", parallelism=1))
        await box.end(await box.claim(), State.WAITING, after_seconds=3600)
        assert await box.running("f:k") == 0
        jobs = await box.claim()
        assert [job.id for job in jobs] == [second]
        await box.pool.execute("UPDATE mailroom.outbox_job SET run_at = now() WHERE id = $1", first)
        assert await box.claim(worker="two") == []
        await box.end(jobs)
        assert await box.ids() == [first]
        assert await box.value("SELECT retried FROM mailroom.qstash_message WHERE id = $1", first) == 1

    messages(scenario)


def test_a_worker_that_dies_takes_no_place_with_it(messages):
    async def scenario(box):
        ids = await box.publish(*(limited("k", str(n), parallelism=2) for n in range(3)))
        dead = await box.claim(worker="dead")
        assert await lanes.recover(box.pool) == 0
        await box.run_out()
        assert await lanes.recover(box.pool) == 2
        assert await box.running("f:k") == 0
        jobs = await box.claim()
        assert [job.id for job in jobs] == ids[:2]
        assert await box.end(dead, worker="dead") == set(), "it is back, and nobody listens to it any more"
        assert await box.running("f:k") == 2
        assert await box.end(jobs) == set(ids[:2])

    messages(scenario)


def test_a_queue_goes_in_order_and_its_head_holds_up_the_rest_while_it_is_retried(messages):
    async def scenario(box):
        first, second, third = await box.publish(*(message(str(n), queue="q") for n in range(3)))
        for _ in range(2):
            jobs = await box.claim()
            assert [job.id for job in jobs] == [first]
            await box.end(jobs, State.WAITING)
        await box.end(await box.claim(), State.WAITING, after_seconds=3600)
        assert await box.claim() == []
        await box.pool.execute(
            "UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now() WHERE id = $1", first
        )
        await box.end(await box.claim(), State.FAILED)
        assert await box.ids() == [second]
        assert await box.value("SELECT message_id FROM mailroom.qstash_dead") == first
        assert third

    messages(scenario)


def test_the_next_of_a_queue_waits_for_the_callback_of_the_last(messages):
    async def scenario(box):
        first, second = await box.publish(message(queue="q"), message(queue="q"))
        jobs = await box.claim()
        await box.end(jobs, callbacks={first: [message("told", parent=first)]})
        told = await box.claim()
        assert len(told) == 1
        assert told[0].id not in (first, second)
        await box.end(told, State.WAITING)
        told = await box.claim()
        assert second not in [job.id for job in told]
        await box.end(told, State.FAILED)
        assert await box.ids() == [second]

    messages(scenario)


def test_a_worker_that_dies_with_the_head_of_a_queue_leaves_it_the_head(messages):
    async def scenario(box):
        first, _ = await box.publish(message(queue="q"), message(queue="q"))
        await box.claim(worker="dead")
        await box.run_out()
        assert await box.ids() == [first]

    messages(scenario)


def test_a_message_of_a_queue_with_a_key_waits_for_both(messages):
    async def scenario(box):
        (other,) = await box.publish(limited("k", parallelism=1))
        held = await box.claim()
        first, second = await box.publish(
            limited("k", "1", parallelism=1, queue="q"), limited("k", "2", parallelism=1, queue="q")
        )
        assert await box.claim() == []
        assert await box.running("q:q") == 1
        await box.end(held)
        jobs = await box.claim()
        assert [job.id for job in jobs] == [first]
        await box.end(jobs)
        assert await box.ids() == [second]
        assert other

    messages(scenario)


def test_a_delayed_message_blocks_no_queue_until_it_is_due(messages):
    async def scenario(box):
        _, second = await box.publish(message(queue="q", delay_seconds=3600), message(queue="q"))
        assert await box.ids() == [second]

    messages(scenario)


@pytest.mark.parametrize("in_hand", [False, True])
def test_what_is_canceled_leaves_its_place(messages, in_hand):
    async def scenario(box):
        first, second = await box.publish(limited("k", parallelism=1, queue="q"), message(queue="q"))
        jobs = await box.claim() if in_hand else []
        assert await cancel(box.pool, [first]) == [first]
        assert await cancel(box.pool, [first]) == []
        if in_hand:
            assert await box.claim() == []
            await box.end(jobs, State.WAITING)
        assert await box.state(first) is State.CANCELED
        assert await box.ids() == [second]
        assert await box.running("f:k") == 0

    messages(scenario)


def test_what_was_canceled_in_hand_and_is_taken_all_the_same_was_delivered(messages):
    async def scenario(box):
        ids = await box.publish(message(), message())
        jobs = await box.claim()
        await cancel(box.pool, ids)
        await box.end(jobs[:1])
        await box.end(jobs[1:], State.FAILED)
        assert [await box.state(id_) for id_ in ids] == [State.DELIVERED, State.CANCELED]
        assert await box.value("SELECT count(*) FROM mailroom.qstash_dead") == 0
        assert await box.value("SELECT count(*) FROM mailroom.outbox_dead") == 0

    messages(scenario)


def test_whatever_happens_to_workers_the_limits_hold_and_nothing_is_left_behind(messages):
    """Three workers that claim, end, try again, die and come back, in an order that chance decides."""

    async def scenario(box):
        chance = random.Random(7)
        every = [
            *(limited(f"k{n % 3}", parallelism=2, queue="q" if n % 5 == 0 else None) for n in range(60)),
            *(message(queue="q") for _ in range(6)),
            *(message() for _ in range(6)),
        ]
        for start in range(0, len(every), 9):
            await box.publish(*every[start : start + 9])
        claimed = {name: [] for name in ("one", "two", "three")}
        for _ in range(2_000):
            name = chance.choice(list(claimed))
            act = chance.random()
            if act < 0.45:
                claimed[name] += await box.claim(worker=name, most=chance.choice((1, 3, 20)))
            elif act < 0.9 and claimed[name]:
                jobs = [claimed[name].pop(chance.randrange(len(claimed[name])))]
                await box.end(
                    jobs, chance.choice([State.DELIVERED, State.DELIVERED, State.WAITING]), worker=name
                )
            elif act > 0.97:
                await box.run_out()
                await lanes.recover(box.pool)
            alive = await box.pool.fetch(
                "SELECT lane, count(*) AS number FROM mailroom.outbox_job WHERE lane LIKE 'r:%' GROUP BY lane"
            )
            assert all(row["number"] <= 2 for row in alive)
            assert await box.value("SELECT count(*) FROM mailroom.qstash_place") <= 1
            if not await box.value("SELECT count(*) FROM mailroom.outbox_job"):
                break
        assert await box.value("SELECT count(*) FROM mailroom.outbox_job") == 0
        assert await box.value("SELECT count(*) FROM mailroom.qstash_message WHERE state = 1") == len(every)
        assert await box.value("SELECT sum(running) FROM mailroom.qstash_lane") == 0
        assert await box.value("SELECT count(*) FROM mailroom.qstash_place") == 0

    messages(scenario)


def test_workers_side_by_side_hold_the_limits(messages):
    async def scenario(box):
        await box.publish(*(limited(f"k{n % 4}", parallelism=2) for n in range(80)))
        running, worst = dict.fromkeys("0123", 0), 0

        async def work(name):
            nonlocal worst
            chance = random.Random(name)
            while await box.value("SELECT count(*) FROM mailroom.outbox_job"):
                jobs = await box.claim(worker=name, most=5)
                keys = [
                    await box.value("SELECT flow FROM mailroom.qstash_message WHERE id = $1", job.id)
                    for job in jobs
                ]
                for key in keys:
                    running[key[1]] += 1
                worst = max(worst, *running.values())
                await asyncio.sleep(chance.random() / 100)
                for key in keys:
                    running[key[1]] -= 1
                await box.end(jobs, worker=name)

        await asyncio.gather(*(work(name) for name in ("one", "two", "three")))
        assert worst <= 2
        assert await box.value("SELECT sum(running) FROM mailroom.qstash_lane") == 0

    messages(scenario)
