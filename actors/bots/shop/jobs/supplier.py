"""Suppliers are told of sales, of sales that were taken back, and of goods that did not work and were
replaced: in a Telegram chat, or by a signed call.

    POST callback_url
    Content-Type: application/json
    X-Mailroom-Signature: t=1763632800,v1=<hex HMAC-SHA256(secret, "1763632800." + body)>
    X-Mailroom-Idempotency-Key: job-m2k7q0xw9a-1234-1796079000000000

The key is the same however often we call, and never used again.
Any 2xx means that the supplier has it; 5xx, 429 and silence are tried again for a day, anything else is for
the owner to see. A supplier's outage holds up nobody but that supplier: its jobs have a key of their own.
"""

import asyncio
import json
from collections.abc import Callable

import httpx
from asyncpg import Record
from structlog import get_logger

from mailroom.actors.bots.shop.customers import find_customer
from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.jobs.kinds import About, TellSupplier
from mailroom.actors.bots.shop.jobs.sql import SQL
from mailroom.actors.bots.shop.jobs.tell import notice_job
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.order import find_order
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.bots.shop.texts.notices import NoticeTexts
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.context import JobContext
from mailroom.actors.uses.http import ForbiddenAddressError, Http
from mailroom.actors.uses.signature import sign
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected, Retry

log = get_logger("mailroom.shop")

CALL_SECONDS = 10.0
"""A supplier need only write it down."""
RETRY_AFTER_SECONDS_MAX = 3600.0
"""However long a supplier asks us to wait."""
AGAIN = frozenset({408, 425, 429})
"""The answers below 500 that ask to be called again."""

EVENTS = {"sold": "order.paid", "returned": "order.refunded", "replaced": "order.item_replaced"}


async def tell_supplier(room: Room[Options], wanted: TellSupplier, context: JobContext) -> Outcome:
    """Call the supplier, then write into their chat, whichever of the two they have."""
    database = context.database
    order = await find_order(database, wanted.order)
    supplier = await database.fetchrow(SQL["supplier"], wanted.supplier)
    if order is None or supplier is None:
        return Rejected(f"there is no order {wanted.order}, or no supplier {wanted.supplier}")
    if wanted.about == "sold" and order.status not in ("paid", "delivered"):
        log.info("supplier not told", order=order.number, supplier=supplier["slug"], why=order.status)
        return Done()
    if wanted.about == "replaced":
        lines = await database.fetch(SQL["replaced"], wanted.order, wanted.item)
    else:
        lines = await database.fetch(SQL["supplied"], wanted.order, wanted.supplier)
    if supplier["callback_url"] is not None:
        secret = room.vault.decrypt(supplier["callback_secret"])
        body = _body(wanted.about, order, supplier, lines)
        trouble = await _call(room.http, supplier["callback_url"], secret, body, context)
        if trouble is not None:
            return trouble
    async with context.ending() as tx:
        if supplier["chat_id"] is not None:
            text = await _text(tx.connection, wanted.about, order, supplier["chat_id"], lines)
            await tx.enqueue(notice_job(order.bot, supplier["chat_id"], text))
    log.info("supplier told", order=order.number, supplier=supplier["slug"], about=wanted.about)
    return Done()


async def _call(http: Http, url: str, secret: bytes, body: bytes, context: JobContext) -> Outcome | None:
    """None if the supplier has it."""
    headers = {
        "Content-Type": "application/json",
        "X-Mailroom-Signature": sign(secret, body),
        "X-Mailroom-Idempotency-Key": context.idempotency_key,
    }
    try:
        async with asyncio.timeout(CALL_SECONDS):
            # The status says all: the rest of the answer is not read, however long it is.
            async with http.stream(
                "POST", url, content=body, headers=headers, timeout=CALL_SECONDS, follow_redirects=False
            ) as answer:
                status, retry_after = answer.status_code, answer.headers.get("Retry-After", "")
    except TimeoutError:
        return Retry(f"the supplier at {url} has not answered within {CALL_SECONDS:g} s")
    except httpx.InvalidURL as error:
        return Rejected(f"the supplier's address {url} is none: {error}")
    except ForbiddenAddressError as error:
        return Rejected(
            f"the supplier's address {url} is not called: {error}. Give it a public address, or name that "
            "network in private_networks, then retry the job"
        )
    except httpx.HTTPError as error:
        return Retry(f"the supplier at {url} does not answer: {type(error).__name__} {error}".rstrip())
    if 200 <= status < 300:
        return None
    words = f"the supplier at {url} answered {status}"
    if status >= 500 or status in AGAIN:
        numeric = retry_after.isascii() and retry_after.isdigit()
        after = min(float(retry_after), RETRY_AFTER_SECONDS_MAX) if numeric else None
        return Retry(words, after_seconds=after)
    return Rejected(f"{words}: ask them why, mend the address or the secret, then retry the job")


def _body(about: About, order: Order, supplier: Record, lines: list[Record]) -> bytes:
    """What they need to settle with us, and nothing of the buyer."""
    told = {
        "event": EVENTS[about],
        "order": order.number,
        "supplier": supplier["slug"],
        "paid_at": order.paid_at.isoformat() if order.paid_at else None,
        "currency": order.currency,
        "total_minor": sum(line["quantity"] * line["price_minor"] for line in lines),
        "lines": [dict(line) for line in lines],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


async def _text(connection: Connection, about: About, order: Order, chat_id: int, lines: list[Record]) -> str:
    """In the language that they use with this bot; in all where they have not used it."""
    known = await find_customer(connection, order.bot, chat_id)
    written = "\n".join(f"• {line['title']} × {line['quantity']}" for line in lines)
    languages = (known.language,) if known else TEXTS.languages
    return "\n\n".join(
        _said(TEXTS[language].notices, about)(number=order.number, lines=written) for language in languages
    )


def _said(own: NoticeTexts, about: About) -> Callable[..., str]:
    said = {"sold": own.supplier_sold, "returned": own.supplier_returned, "replaced": own.supplier_replaced}
    return said[about]
