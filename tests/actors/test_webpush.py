"""Web pushes as jobs: each comes to its end in one of the ways there are."""

from functools import partial

import httpx
import pytest
from pydantic import ValidationError

from mailroom.actors.providers.webpush import WebPush
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.webpush import WEBPUSH, PushNotice, webpush_handlers
from tests.actors.jobs.conftest import jobs_url, play  # noqa: F401 - fixtures
from tests.actors.push_service import new_private_key, open_push_service


@pytest.fixture
def service(tmp_path):
    with open_push_service(tmp_path) as service:
        yield service


@pytest.fixture
def send(play, service):  # noqa: F811
    """A push for each browser: the jobs' stories, what on-call sees of them, who was forgotten."""

    def send(*browsers):
        async def scenario(queues):
            client, forgotten = await aio(new_client), []

            async def forget(endpoint):
                forgotten.append(endpoint)

            push = WebPush(new_private_key(), "mailto:ops@shop.example", client, hosts=["127.0.0.1"])
            handlers = webpush_handlers("shop", push, forget)
            notices = [PushNotice(subscription=one.subscription, payload="ready") for one in browsers]
            await queues.start(handlers)
            ids = await queues.enqueue(*(WEBPUSH(notice, bot="shop") for notice in notices))
            await queues.until_true(partial(over, queues, ids))
            await aio(client.aclose)
            return (
                [await queues.story(id_) for id_ in ids],
                [await queues.seen(id_) for id_ in ids],
                forgotten,
            )

        async def new_client():
            return httpx.AsyncClient(verify=service.context)

        async def over(queues, ids):
            return all([await queues.story(id_) for id_ in ids])

        return play(scenario)

    return send


def test_a_push_is_sent(send, service):
    ann = service.browser()
    assert send(ann)[0] == [["done"]]
    assert ann.read(service.requests[0]["body"]) == b"ready"


def test_a_subscription_that_is_gone_is_forgotten_and_is_no_dead_letter(send, service):
    service.answers.append((410, {}))
    ann = service.browser()
    stories, _, forgotten = send(ann)
    assert (stories, forgotten) == ([["done"]], [ann.subscription.endpoint])


def test_too_many_is_tried_again_when_the_service_said(send, service):
    service.answers.append((429, {"Retry-After": "600"}))
    stories, (seen,), forgotten = send(service.browser())
    assert (stories, forgotten) == ([["retry"]], [])
    assert 590 < (seen.run_at - seen.created_at).total_seconds() < 630


def test_an_outage_is_tried_again(send, service):
    service.answers.append((503, {}))
    assert send(service.browser())[0] == [["retry"]]


def test_a_refusal_is_a_dead_letter_and_the_subscription_is_kept(send, service):
    service.answers.append((403, {}))
    stories, (seen,), forgotten = send(service.browser())
    assert (stories, seen.state, forgotten) == ([["dead"]], "dead", [])
    assert "answered 403" in seen.last_error


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"payload": "ы" * 1501}, "at most 3000 bytes"),
        ({"payload": ""}, "at least 1"),
        ({"topic": "two words"}, "pattern"),
        ({"topic": "x" * 33}, "pattern"),
        ({"ttl_seconds": -1}, "greater"),
        ({"urgency": "now"}, "very-low"),
    ],
)
def test_a_push_that_no_service_takes_is_refused_where_it_is_made(service, wrong, why):
    with pytest.raises(ValidationError, match=why):
        PushNotice(**{"subscription": service.browser().subscription, "payload": "x", **wrong})
