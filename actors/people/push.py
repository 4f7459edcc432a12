"""Notices that somebody's browsers show, whether the page is open or not."""

import json
from urllib.parse import urljoin

import asyncpg

from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.providers.webpush import Keys, Subscription, Urgency, WebPush
from mailroom.actors.webpush import WEBPUSH, PushNotice
from mailroom.storage.postgres import subscriptions
from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.sessions import Session
from mailroom.storage.postgres.subscriptions import Endpoint
from mailroom.storage.texts import printable

SUBSCRIPTIONS_MAX = 10
"""More browsers than anybody wants to hear from."""
TITLE_CHARS_MAX = 100
BODY_CHARS_MAX = 400
"""Browsers show less; in letters of four bytes it still fits into what push services take."""
PATH_CHARS_MAX = 300
TTL_SECONDS = 86_400


class PathError(ValueError):
    """A notice leads nowhere but to the bot's own page."""


async def push(
    tx: Transaction,
    bot: str,
    person: str,
    title: str,
    body: str,
    path: str = "",
    *,
    topic: str | None = None,
    ttl_seconds: int = TTL_SECONDS,
    urgency: Urgency = "normal",
) -> int:
    """Have a notice shown in all browsers of somebody, once the transaction has committed; in how many.

    `path` is where in the bot's page it leads, such as `?order=17`. Of the same `topic` only the last one is
    shown to whoever was away; after `ttl_seconds` none. Raises `PathError`.
    """
    if not _stays(path):
        raise PathError(f"{path[:80]!r} leads out of the page: say where within it, as ?order=17")
    told = {
        "title": printable(title)[:TITLE_CHARS_MAX],
        "body": printable(body)[:BODY_CHARS_MAX],
        "path": path,
    }
    payload = json.dumps(told, ensure_ascii=False)
    found = await subscriptions.endpoints_of(tx.connection, bot, person)
    for endpoint, p256dh, auth in found:
        notice = PushNotice(
            subscription=Subscription(endpoint=endpoint, keys=Keys(p256dh=p256dh, auth=auth)),
            payload=payload,
            ttl_seconds=ttl_seconds,
            urgency=urgency,
            topic=topic,
        )
        await tx.enqueue(WEBPUSH(notice, bot=bot))
    return len(found)


async def subscribe(
    database: asyncpg.Pool,
    web_push: WebPush,
    bot: str,
    person: str,
    subscription: Subscription,
    session: Session | None,
) -> None:
    """Have a browser show somebody's notices from now on, and no one else's. Raises `EndpointError` for what
    no browser can have made.
    """
    web_push.check(subscription)
    where = Endpoint(subscription.endpoint, subscription.keys.p256dh, subscription.keys.auth)
    with answering():
        async with database.acquire() as connection, connection.transaction():
            await subscriptions.put(
                connection,
                bot,
                person,
                where,
                session=session.id if session is not None else None,
                most=SUBSCRIPTIONS_MAX,
            )


async def unsubscribe(database: asyncpg.Pool, bot: str, person: str, endpoint: str) -> bool:
    """Have a browser show somebody's notices no more. False if it did not."""
    with answering():
        async with database.acquire() as connection:
            return await subscriptions.drop(connection, bot, person, endpoint)


def _stays(path: str) -> bool:
    """Whether a browser finds this within the page."""
    page = "https://host/app/bot/"
    plain = path.isprintable() and "\\" not in path and len(path) <= PATH_CHARS_MAX
    return plain and urljoin(page, path).startswith(page)
