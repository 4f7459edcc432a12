"""Messages as whoever asks after them reads them, and as clients are shown them."""

import base64
from datetime import UTC, datetime, timedelta

from mailroom.actors.qstash import shown
from mailroom.actors.qstash.config import Config, config_from
from mailroom.actors.qstash.options import Callback
from mailroom.actors.qstash.redaction import redaction
from mailroom.storage.postgres.qstash.cancel import cancel
from mailroom.storage.postgres.qstash.ending import State
from mailroom.storage.postgres.qstash.reading import Wanted, attempts, dead, find
from tests.storage.postgres.qstash.messages import limited, message

CONFIG = Config(
    retries=2,
    retry_delay="1000",
    callback=Callback("https://cb.example", headers=(("X-Key", "k"),)),
    redaction=redaction("header[Authorization]"),
    limits=(2, None, 1),
)


def test_a_config_comes_back_as_it_was_kept():
    assert config_from(CONFIG.plain()) == CONFIG
    assert Config().plain() == {}


def test_messages_are_found_by_what_they_are(messages):
    async def scenario(box):
        first, second, third = await box.publish(
            message(labels=("a", "b"), queue="q", caller="10.0.0.1"),
            limited("k", url="https://other.example:8443/x?y", parallelism=1),
            message(labels=("c",), schedule="s", url_group="g"),
        )
        by = {
            "ids": [second], "labels": ["b", "z"], "queues": ["q"], "flows": ["k"], "schedules": ["s"],
            "groups": ["g"], "callers": ["10.0.0.1"], "urls": ["https://other.example:8443/x?y"],
            "hosts": ["other.example:8443"],
        }  # fmt: skip
        found = {
            name: [one.id for one in await find(box.pool, Wanted(**{name: value}), 9)]
            for name, value in by.items()
        }
        assert found == {
            "ids": [second], "labels": [first], "queues": [first], "flows": [second], "schedules": [third],
            "groups": [third], "callers": [first], "urls": [second], "hosts": [second],
        }  # fmt: skip
        everything = await find(box.pool, Wanted(), 2)
        assert [one.id for one in everything] == [third, second]
        last = everything[-1]
        assert [one.id for one in await find(box.pool, Wanted(), 2, after=(last.born, last.id))] == [first]
        assert await find(box.pool, Wanted(until=datetime(2020, 1, 1, tzinfo=UTC)), 9) == []
        await cancel(box.pool, [first])
        assert [one.id for one in await find(box.pool, Wanted(), 9, only_open=True)] == [third, second]

    messages(scenario)


def test_a_message_is_shown_as_clients_index_it_and_without_its_secrets(messages):
    async def scenario(box):
        secret = [("Authorization", "Bearer theirs"), ("Test-Header", "v")]
        await box.publish(
            limited(
                "k",
                parallelism=2,
                headers=secret,
                config=CONFIG.plain(),
                labels=("a", "b"),
                body="я".encode(),
            )
        )
        (read,) = await find(box.pool, Wanted(), 1)
        found = shown.message(read)
        assert found["messageId"].startswith("msg_")
        assert (found["body"], found["method"], found["maxRetries"]) == ("я", "POST", 2)
        assert (found["label"], found["labels"]) == ("a", ["a", "b"])
        assert (found["flowControlKey"], found["parallelism"], found["period"]) == ("k", 2, 1)
        assert "rate" not in found
        assert found["header"]["Test-Header"] == ["v"]
        assert found["header"]["Authorization"][0].startswith("REDACTED:")
        assert (found["callback"], found["callbackHeader"]) == ("https://cb.example", {"X-Key": ["k"]})
        assert isinstance(found["createdAt"], int)
        assert found["retryDelayExpression"] == "1000"

    messages(scenario)


def test_what_happened_is_told_in_order_and_delivered_once(messages):
    async def scenario(box):
        (id_,) = await box.publish(message(config=CONFIG.plain(), body=b"\xff"))
        await box.end(await box.claim(), State.WAITING)
        await box.end(await box.claim(), State.DELIVERED)
        (read,) = await find(box.pool, Wanted(), 1)
        told = shown.events(read, (await attempts(box.pool, [id_]))[id_])
        assert [one["state"] for one in told] == [
            "CREATED",
            "ACTIVE",
            "ERROR",
            "RETRY",
            "ACTIVE",
            "DELIVERED",
        ]
        assert {one["retryDelayExpr"] for one in told} == {"1000"}
        assert told[3]["nextDeliveryTime"] >= told[0]["time"]
        assert base64.b64decode(told[0]["body"]) == b"\xff"
        assert shown.message(read)["bodyBase64"] == "/w=="

    messages(scenario)


def test_a_dead_letter_has_the_answer_that_it_got_last(messages):
    async def scenario(box):
        ids = await box.publish(message(queue="q"), message())
        for _ in range(2):
            await box.end(await box.claim(), State.FAILED)
        letters = await dead(box.pool, Wanted(), 9)
        assert {one.message.id for one in letters} == set(ids)
        (letter,) = await dead(box.pool, Wanted(queues=["q"]), 9, dlq_ids=[f"1-{ids[0]}"], statuses=[200])
        found = shown.dead_letter(letter)
        assert (found["dlqId"], found["responseStatus"], found["responseBody"]) == (f"1-{ids[0]}", 200, "ok")
        assert await dead(box.pool, Wanted(since=datetime.now(UTC) + timedelta(hours=1)), 9) == []
        first = letters[0]
        assert len(await dead(box.pool, Wanted(), 9, after=(first.died_at, first.dlq_id))) == 1

    messages(scenario)
