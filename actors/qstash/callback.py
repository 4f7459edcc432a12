"""What a callback tells of an attempt: a message of its own, to the address that the publisher gave."""

import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

from mailroom.actors.qstash.client.answer import Answer
from mailroom.actors.qstash.config import Config
from mailroom.actors.qstash.ids import message_id
from mailroom.actors.qstash.options import Callback, several
from mailroom.storage.postgres.qstash.publish import NewMessage
from mailroom.storage.postgres.qstash.stored import Stored

JSON = ("Content-Type", "application/json")


def callbacks_of(
    message: Stored, config: Config, answer: Answer, *, dlq_id: str | None
) -> Sequence[NewMessage]:
    """Whom to tell of an attempt: the callback after each, the failure callback where it was the last one
    and failed (then `dlq_id` is what the dead letter is called).
    """
    found = []
    if config.callback is not None:
        found.append(_message(message, config, config.callback, _body(message, config, answer, None)))
    if config.failure_callback is not None and dlq_id is not None:
        body = _body(message, config, answer, dlq_id)
        found.append(_message(message, config, config.failure_callback, body))
    return found


def _message(message: Stored, config: Config, callback: Callback, body: bytes) -> NewMessage:
    retries = config.retries if callback.retries is None else callback.retries
    timeout_seconds = callback.timeout_seconds or config.timeout_seconds
    return NewMessage(
        url=callback.url,
        method=callback.method,
        headers=[JSON, *callback.headers],
        body=body,
        config=Config(
            retries=retries, retry_delay=callback.retry_delay, timeout_seconds=timeout_seconds
        ).plain(),
        retries=retries,
        timeout_seconds=timeout_seconds,
        parent=message.id,
        caller=message.caller,
    )


def _body(message: Stored, config: Config, answer: Answer, dlq_id: str | None) -> bytes:
    said = {
        "status": answer.status,
        "header": several(answer.headers),
        "body": b64encode(answer.body).decode(),
        "retried": message.retried,
        "maxRetries": config.retries,
        "sourceMessageId": message_id(message.id, microseconds(message.born)),
        "topicName": message.url_group,
        "endpointName": message.endpoint,
        "url": message.url,
        "method": message.method,
        "sourceHeader": several(message.headers),
        "sourceBody": b64encode(message.body).decode(),
        "notBefore": milliseconds(message.not_before),
        "createdAt": milliseconds(message.born),
        "scheduleId": message.schedule,
        "callerIP": message.caller,
        "dlqId": dlq_id,
    }
    return json.dumps({name: value for name, value in said.items() if value is not None}).encode()


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970."""
    return round(moment.timestamp() * 1_000_000)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return round(moment.timestamp() * 1_000)
