"""Messages, dead letters and what happened to them, as JSON that the official clients index.

Names are those of the OpenAPI document; where it and the clients disagree, the clients': `CANCELED`,
`retryDelayExpr` beside `retryDelayExpression` in events, times as numbers of milliseconds.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mailroom.actors.qstash.callback import microseconds, milliseconds
from mailroom.actors.qstash.config import Config, config_from
from mailroom.actors.qstash.ids import message_id
from mailroom.actors.qstash.options import Callback, several
from mailroom.storage.postgres.qstash.ending import State
from mailroom.storage.postgres.qstash.reading import Dead, Tried
from mailroom.storage.postgres.qstash.stored import Stored

Shown = dict[str, Any]


def message(read: Stored) -> Shown:
    """One message, without what its publisher has redacted."""
    config = config_from(read.config)
    return _without_nothing(
        {
            **_common(read, config),
            **_body("body", config.redaction.body_of(read.body)),
            "header": several(config.redaction.headers_of(read.headers)),
            "callbackHeader": _callback_headers(config.callback),
            "failureCallbackHeader": _callback_headers(config.failure_callback),
            "notBefore": milliseconds(read.not_before),
            "createdAt": milliseconds(read.born),
            "callerIP": read.caller,
            "retryDelayExpression": config.retry_delay,
        }
    )


def dead_letter(dead: Dead) -> Shown:
    """A message that failed for good, and the answer it got last."""
    return {
        **message(dead.message),
        "dlqId": dead.dlq_id,
        "responseStatus": dead.status or 0,
        "responseHeader": several(dead.headers),
        **_body("responseBody", dead.body),
        **_without_nothing({"error": dead.error}),
    }


def events(read: Stored, attempts: Sequence[Tried]) -> list[Shown]:
    """What happened to a message, in order: its birth, and of each attempt the beginning and the end."""
    config = config_from(read.config)
    common = {
        **_common(read, config),
        "messageId": _name(read),
        "header": several(config.redaction.headers_of(read.headers)),
        "body": b64encode(config.redaction.body_of(read.body)).decode() if read.body else None,
        "timeout": config.timeout_seconds,
        "retryDelayExpr": config.retry_delay,
        "retryDelayExpression": config.retry_delay,
        "callbackHeaders": _callback_headers(config.callback),
        "failureCallbackHeaders": _callback_headers(config.failure_callback),
    }
    happened: list[tuple[datetime, str, Shown]] = [(read.born, "CREATED", {})]
    for attempt in attempts:
        if attempt.seconds or attempt.status is not None or attempt.error is not None:
            happened.append((attempt.at, "ACTIVE", {}))
        happened += _end_of(attempt)
    return [
        _without_nothing({"time": milliseconds(at), "state": state, **common, **more})
        for at, state, more in happened
    ]


def _end_of(attempt: Tried) -> list[tuple[datetime, str, Shown]]:
    answer = {
        "responseStatus": attempt.status,
        "responseHeader": several(attempt.headers) or None,
        "responseBody": attempt.body.decode("utf-8", "replace") if attempt.body else None,
        "error": attempt.error,
    }
    match attempt.ended:
        case State.DELIVERED:
            return [(attempt.ended_at, "DELIVERED", answer)]
        case State.FAILED:
            return [(attempt.ended_at, "ERROR", answer), (attempt.ended_at, "FAILED", answer)]
        case State.CANCELED:
            return [(attempt.ended_at, "CANCELED", {})]
    due = None if attempt.next_at is None else milliseconds(attempt.next_at)
    again = {"nextDeliveryTime": due}
    return [(attempt.ended_at, "ERROR", {**answer, **again}), (attempt.ended_at, "RETRY", again)]


def _name(read: Stored) -> str:
    return message_id(read.id, microseconds(read.born))


def _common(read: Stored, config: Config) -> Shown:
    parallelism, rate, period_seconds = config.limits or (None, None, None)
    return {
        "messageId": _name(read),
        "url": read.url,
        "topicName": read.url_group,
        "endpointName": read.endpoint,
        "queueName": read.queue,
        "scheduleId": read.schedule,
        "method": read.method,
        "maxRetries": config.retries,
        "callback": config.callback and config.callback.url,
        "failureCallback": config.failure_callback and config.failure_callback.url,
        "label": read.labels[0] if read.labels else None,
        "labels": list(read.labels) or None,
        "flowControlKey": read.flow,
        "parallelism": parallelism,
        "rate": rate,
        "period": period_seconds,
    }


def _body(name: str, body: bytes) -> Shown:
    """As text where it is text."""
    if not body:
        return {}
    try:
        return {name: body.decode()}
    except UnicodeDecodeError:
        return {f"{name}Base64": b64encode(body).decode()}


def _callback_headers(callback: Callback | None) -> Mapping[str, list[str]] | None:
    return several(callback.headers) if callback is not None and callback.headers else None


def _without_nothing(shown: Shown) -> Shown:
    return {name: value for name, value in shown.items() if value is not None}
