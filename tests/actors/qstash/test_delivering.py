"""Messages on their way: from their rows, through the queue's actor, to an endpoint and what it answers."""

import asyncio
import json
import time
from base64 import b64decode, urlsafe_b64decode
from contextlib import asynccontextmanager

import pytest
import trio

from mailroom.actors.qstash.client.client import Client
from mailroom.actors.qstash.config import config_of
from mailroom.actors.qstash.options import options_of
from mailroom.actors.qstash.queue import message_handlers
from mailroom.actors.qstash.signature import Signer
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.addresses import Reach
from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.qstash.ending import State
from mailroom.storage.postgres.qstash.publish import Limits, NewMessage, publish
from tests.actors.jobs.queue_harness import open_queues
from tests.actors.qstash.endpoint import OK, answer, headers_of, open_server

SCENARIO_SECONDS = 60.0
SOON = {"Upstash-Retry-Delay": "1"}


class Deliveries:
    """A worker of the queue, an endpoint, and what publishers say."""

    def __init__(self, queues, endpoint, life):
        self.queues, self.endpoint, self.life = queues, endpoint, life

    async def publish(self, body=b"x", path="/hook", queue=None, **headers):
        """Publish with such headers; the message's id."""
        options = options_of([(name.replace("_", "-"), value) for name, value in headers.items()])
        flow = options.flow
        message = NewMessage(
            url=self.endpoint.url(path),
            method=options.method,
            headers=options.headers,
            body=body,
            config=config_of(options).plain(),
            retries=options.retries,
            timeout_seconds=options.timeout_seconds,
            queue=queue,
            flow=flow and flow.key,
            limits=flow
            and Limits(parallelism=flow.parallelism, rate=flow.rate, period_seconds=flow.period_seconds),
        )
        (one,) = await aio(publish, self.queues.pool, [message])
        self.queues.listener.wake("qstash")
        return one.id

    async def state(self, id_):
        return State(await self.queues.fetch("SELECT state FROM mailroom.qstash_message WHERE id = $1", id_))

    async def over(self):
        """All that was published is over."""

        async def is_over():
            return not await self.queues.fetch("SELECT count(*) FROM mailroom.outbox_job")

        await self.queues.until_true(is_over, "messages to come to their end")

    def asked(self, path="/hook"):
        """What the endpoint was asked, as headers and bodies."""
        return [
            (headers_of(head), body)
            for _, head, body in self.endpoint.asked
            if head.startswith(f"POST {path} ".encode())
        ]


@pytest.fixture
def deliver(clean_postgres_url):
    """Play a scenario with a worker at work."""

    def play(scenario):
        async def main():
            async with open_queues(clean_postgres_url) as queues, serving() as endpoint:
                client = Client(Reach(["127.0.0.0/8"]))
                life = await queues.start(message_handlers(client, lambda: Signer("sig_1")))
                with trio.fail_after(SCENARIO_SECONDS):
                    await scenario(Deliveries(queues, endpoint, life))
                await aio(client.close)

        asyncio.run(apply_migrations(clean_postgres_url))
        host.run(main)

    return play


@asynccontextmanager
async def serving():
    """The endpoint lives on the asyncio side."""
    opened = open_server()
    endpoint = await aio(opened.__aenter__)
    try:
        yield endpoint
    finally:
        await aio(opened.__aexit__, None, None, None)


def test_a_message_arrives_signed_with_what_its_publisher_gave_it(deliver):
    async def scenario(deliveries):
        id_ = await deliveries.publish(b"\0\xff", Content_Type="text/x", Upstash_Forward_X_Key="k")
        await deliveries.over()
        assert await deliveries.state(id_) is State.DELIVERED
        ((headers, body),) = deliveries.asked()
        assert body == b"\0\xff"
        assert (headers["content-type"], headers["x-key"], headers["user-agent"]) == (
            "text/x",
            "k",
            "Upstash-QStash",
        )
        assert headers["upstash-retried"] == "0"
        assert headers["upstash-message-id"].startswith("msg_")
        claims = headers["upstash-signature"].split(".")[1]
        said = json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
        assert said["sub"] == deliveries.endpoint.url("/hook")

    deliver(scenario)


def test_what_is_not_taken_comes_again_under_the_same_name_until_it_is(deliver):
    async def scenario(deliveries):
        deliveries.endpoint.answers = [answer(503), answer(500), OK]
        id_ = await deliveries.publish(**SOON)
        await deliveries.over()
        assert await deliveries.state(id_) is State.DELIVERED
        asked = [headers for headers, _ in deliveries.asked()]
        assert [headers["upstash-retried"] for headers in asked] == ["0", "1", "2"]
        assert len({headers["upstash-message-id"] for headers in asked}) == 1

    deliver(scenario)


def test_what_is_never_taken_is_a_dead_letter_and_everybody_who_asked_is_told(deliver):
    async def scenario(deliveries):
        async def decides(head, _body):
            path = head.split(b" ")[1]
            return answer(500, "X-Why: so", body=b"broken") if path == b"/hook" else OK

        deliveries.endpoint.decides = decides
        id_ = await deliveries.publish(
            b"hello",
            Upstash_Retries="1",
            **SOON,
            Upstash_Callback=deliveries.endpoint.url("/told"),
            Upstash_Failure_Callback=deliveries.endpoint.url("/failed"),
        )
        await deliveries.over()
        assert await deliveries.state(id_) is State.FAILED
        told = [json.loads(body) for _, body in deliveries.asked("/told")]
        assert [(one["status"], one["retried"], one["maxRetries"]) for one in told] == [
            (500, 0, 1),
            (500, 1, 1),
        ]
        assert b64decode(told[0]["body"]) == b"broken"
        assert b64decode(told[0]["sourceBody"]) == b"hello"
        assert told[0]["header"]["X-Why"] == ["so"]
        ((_, body),) = deliveries.asked("/failed")
        failed = json.loads(body)
        assert failed["dlqId"] == await deliveries.queues.fetch("SELECT dlq_id FROM mailroom.qstash_dead")
        assert "dlqId" not in told[1]

    deliver(scenario)


@pytest.mark.parametrize(
    ("said", "attempts"),
    [
        (answer(489, "Upstash-NonRetryable-Error: true"), 1),
        (answer(489), 2),
        (answer(302, "Location: http://127.0.0.1/"), 2),
        (answer(404), 2),
    ],
    ids=["hopeless", "489_alone", "redirect", "not_found"],
)
def test_only_what_is_said_to_be_hopeless_is_not_tried_again(deliver, said, attempts):
    async def scenario(deliveries):
        deliveries.endpoint.answers = [said, said]
        id_ = await deliveries.publish(Upstash_Retries="1", **SOON)
        await deliveries.queues.until_true(lambda: _ended(deliveries, id_))
        assert len(deliveries.asked()) == attempts
        assert await deliveries.state(id_) is State.FAILED

    deliver(scenario)


async def _ended(deliveries, id_):
    return await deliveries.state(id_) is not State.WAITING


def test_an_address_inside_is_a_dead_letter_at_once(deliver):
    async def scenario(deliveries):
        deliveries.endpoint.url = lambda path: f"http://169.254.169.254{path}"
        id_ = await deliveries.publish(Upstash_Retries="5")
        await deliveries.queues.until_true(lambda: _ended(deliveries, id_))
        assert await deliveries.state(id_) is State.FAILED
        assert "private network" in await deliveries.queues.fetch("SELECT error FROM mailroom.qstash_attempt")

    deliver(scenario)


def test_a_queue_is_served_in_order_through_failures_and_callbacks(deliver):
    async def scenario(deliveries):
        seen = []

        async def decides(head, body):
            path, retried = head.split(b" ")[1], headers_of(head)["upstash-retried"]
            seen.append((path.decode(), body.decode() if path == b"/hook" else "", retried))
            return answer(500) if path == b"/hook" and body == b"3" else OK

        deliveries.endpoint.decides = decides
        for n in range(6):
            failed = {"Upstash_Failure_Callback": deliveries.endpoint.url("/failed")} if n == 3 else {}
            await deliveries.publish(b"%d" % n, queue="q", Upstash_Retries="1", **SOON, **failed)
        await deliveries.queues.until_true(lambda: _delivered(deliveries, 6))
        hooks = [(text, retried) for path, text, retried in seen if path == "/hook"]
        assert hooks == [("0", "0"), ("1", "0"), ("2", "0"), ("3", "0"), ("3", "1"), ("4", "0"), ("5", "0")]
        assert seen.index(("/failed", "", "0")) < seen.index(("/hook", "4", "0"))

    deliver(scenario)


async def _delivered(deliveries, number):
    return number <= await deliveries.queues.fetch(
        "SELECT count(*) FROM mailroom.qstash_message WHERE state = 1"
    )


def test_no_more_than_the_key_allows_are_under_way_or_start_in_a_period(deliver):
    async def scenario(deliveries):
        under_way, worst, starts = 0, 0, []

        async def decides(_head, _body):
            nonlocal under_way, worst
            starts.append(time.time())
            under_way += 1
            worst = max(worst, under_way)
            await asyncio.sleep(0.1)
            under_way -= 1
            return OK

        deliveries.endpoint.decides = decides
        for _ in range(12):
            await deliveries.publish(
                Upstash_Flow_Control_Key="k", Upstash_Flow_Control_Value="parallelism=3,rate=4,period=2s"
            )
        await deliveries.over()
        assert worst <= 3
        assert len(starts) == 12
        assert len({int(start // 2) for start in starts}) >= 3

    deliver(scenario)


def test_a_worker_that_is_cut_off_gives_back_the_places_it_had(deliver):
    async def scenario(deliveries):
        async def decides(_head, _body):
            await asyncio.Event().wait()

        deliveries.endpoint.decides = decides
        await deliveries.publish(Upstash_Flow_Control_Key="k", Upstash_Flow_Control_Value="parallelism=1")
        await deliveries.queues.until(lambda: deliveries.endpoint.asked, "the endpoint to be asked")
        assert await deliveries.queues.fetch("SELECT running FROM mailroom.qstash_lane") == 1
        await deliveries.life.cancel()
        assert await deliveries.queues.fetch("SELECT running FROM mailroom.qstash_lane") == 0
        assert await deliveries.queues.fetch("SELECT lane FROM mailroom.outbox_job") == "f:k"
        assert await deliveries.queues.fetch("SELECT retried FROM mailroom.qstash_message") == 0

    deliver(scenario)
