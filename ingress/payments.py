"""The doors of payment providers: a notice in, verified, durably in line, an answer out.

Read in the order of the checks: is the provider known, is the notice short enough, is it genuine. Only then
something is written, and only what is written is answered with 200. What a notice claims is not believed here
or anywhere: the job that it becomes asks the provider.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from asyncpg import Pool
from pydantic_core import to_json
from quart import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from mailroom.actors.paying import report
from mailroom.actors.paying.kinds import Noticed
from mailroom.actors.paying.noticed import LOOK_SECONDS, UNKNOWN_LOOK_SECONDS, hinted_job, noticed_job
from mailroom.actors.providers.payments import (
    Notice,
    NoticeRefusedError,
    PaymentProvider,
    ProviderUnavailableError,
)
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.fit import is_fit
from mailroom.ingress.peer import networks, peer_of
from mailroom.ingress.webhook import Answer
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.coalesce import Enqueuer
from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.payments import is_known_at

PATH = "/webhook/payment/"
NOTICE_BYTES_MAX = 256 * 1024
"""A notice has a few kilobytes; Stripe's, with the whole object in it, some dozens."""
NAME_CHARS_MAX = 255
"""Of a payment, at any provider; Stripe's are the longest."""
STORE_RETRY_SECONDS = 1
PROVIDER_RETRY_SECONDS = 30
"""When the provider itself had to be asked to understand its notice, and did not answer."""
TAKEN = Answer(200, [("content-type", "text/plain")], b"OK")
"""AAIO wants to read OK; to the others the status says all."""


def payment_webhook(
    providers: Mapping[str, PaymentProvider],
    enqueuer: Enqueuer,
    trusted_proxies: Sequence[str] = (),
    *,
    database: Pool,
) -> Blueprint:
    """Build the route. `enqueuer` must write through connections that wait for the disk: a provider may send
    its notice once; `database` tells which payments are ours. `trusted_proxies` are addresses and networks
    whose `X-Forwarded-For` is believed.
    """
    doors = Blueprint("payments", __name__)
    trusted = networks(trusted_proxies)

    @doors.post(f"{PATH}<provider>")
    async def notice(provider: str) -> Response:
        """A provider tells that something has happened to a payment."""
        answer = await read(provider)
        return Response(answer.body, answer.status, dict(answer.headers))

    async def read(provider: str) -> Answer:
        known = providers.get(provider)
        if known is None:
            names = ", ".join(providers) or "none"
            return _problem(404, f"there is no payment provider of this name; there are: {names}")
        body = await _body()
        if body is None:
            return _problem(413, f"a notice has at most {NOTICE_BYTES_MAX} bytes")
        forwarded = ",".join(request.headers.getlist("X-Forwarded-For"))
        peer = peer_of(request.remote_addr or "", forwarded, trusted)
        headers = {name.lower(): value for name, value in request.headers.items()}
        return await aio(_take, provider, known, Notice(headers, body, peer), database, enqueuer)

    return doors


async def _take(
    name: str, provider: PaymentProvider, notice: Notice, database: Pool, enqueuer: Enqueuer
) -> Answer:
    """On the asyncio side, in one crossing."""
    try:
        noticed = await provider.verify_notice(notice)
    except NoticeRefusedError as error:
        report.notice(name, None, "forged", why=str(error), peer=notice.peer)
        return _problem(401, "not a genuine notice")  # not a word of what gave it away
    except ProviderUnavailableError as error:
        report.notice(name, None, "unverified", why=str(error), peer=notice.peer)
        return _problem(503, "the notice could not be verified; try again", PROVIDER_RETRY_SECONDS)
    if not noticed:
        report.notice(name, None, "irrelevant")
    if not all(_is_name(one.provider_id) for one in noticed):
        report.notice(name, None, "malformed", peer=notice.peer)
        return _problem(400, "a notice of a payment whose name cannot be one")
    digest, ours = sha256(notice.body).hexdigest()[:16], False
    for one in noticed:
        wanted = Noticed(provider=name, provider_id=one.provider_id, state=one.state)
        try:
            if provider.signs_notices:
                enqueued = await enqueuer.enqueue(noticed_job(wanted, digest=digest))
            else:
                with answering():
                    ours = await is_known_at(database, name, one.provider_id)
                enqueued = await enqueuer.enqueue(hinted_job(wanted, ours=ours))
        except StoreUnavailable as error:
            report.notice(name, one.provider_id, "not_stored", why=str(error))
            return _problem(503, "the notice could not be stored; try again", STORE_RETRY_SECONDS)
        if enqueued.duplicate and not provider.signs_notices:
            # Not taken in: it may tell more than the look under way has seen. A gateway sends it again,
            # and payments are asked for from time to time without any notice.
            report.notice(name, one.provider_id, "too_often")
            seconds = LOOK_SECONDS if ours else UNKNOWN_LOOK_SECONDS
            return _problem(503, "another notice is being looked into; try again", round(seconds))
        verdict: report.DoorVerdict = "repeated" if enqueued.duplicate else "accepted"
        report.notice(name, one.provider_id, verdict, job=enqueued.id)
    return TAKEN


def _is_name(provider_id: str) -> bool:
    """Whether a payment can be called so: even who signs a notice may pass on what somebody made up."""
    return 0 < len(provider_id) <= NAME_CHARS_MAX and is_fit(provider_id)


async def _body() -> bytes | None:
    """What was sent, byte for byte: signatures are over the bytes. None if it is too long."""
    if (request.content_length or 0) > NOTICE_BYTES_MAX:
        return None
    try:
        body: bytes = await request.get_data(as_text=False)  # type: ignore[assignment]
    except RequestEntityTooLarge:
        return None
    return body if len(body) <= NOTICE_BYTES_MAX else None


def _problem(status: int, words: str, retry_seconds: int | None = None) -> Answer:
    headers = [("content-type", "application/json")]
    if retry_seconds is not None:
        headers.append(("retry-after", str(retry_seconds)))
    return Answer(status, headers, to_json({"ok": False, "error": words}))
