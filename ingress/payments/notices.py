"""The webhook of payment accounts: a notice in, verified, durably in line, an answer out.

Read in the order of the checks: whose may it be, is it genuine. Only then something is written, and only
what is written is answered with 200. What a notice claims is not believed here or anywhere: the job that it
becomes asks the provider.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from asyncpg import Pool

from mailroom.actors.paying import report
from mailroom.actors.paying.accounts import Accounts
from mailroom.actors.paying.kinds import Noticed
from mailroom.actors.paying.noticed import LOOK_SECONDS, UNKNOWN_LOOK_SECONDS, hinted_job, noticed_job
from mailroom.actors.providers.payments import (
    Notice,
    NoticedPayment,
    NoticeRefusedError,
    PaymentProvider,
    ProviderUnavailableError,
)
from mailroom.ingress.http.fit import is_fit
from mailroom.ingress.payments.accounts import problem
from mailroom.ingress.telegram.webhook import Answer
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.coalesce import Enqueuer
from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.payments import is_known_at

NAME_CHARS_MAX = 255
"""Of a payment, at any provider; Stripe's are the longest."""
STORE_RETRY_SECONDS = 1
PROVIDER_RETRY_SECONDS = 30
"""When the provider itself had to be asked to understand its notice, and did not answer."""
TAKEN = Answer(200, [("content-type", "text/plain")], b"OK")
"""AAIO wants to read OK; to the others the status says all."""


class PaymentWebhook:
    """Takes the notices of all payment accounts. A name is an account's, or one that it had, or a kind's: the
    notice then says which account of the kind it is for, by its signature or by what stands in it.
    """

    def __init__(
        self, accounts: Mapping[str, PaymentProvider], enqueuer: Enqueuer, *, database: Pool
    ) -> None:
        """`enqueuer` must write through connections that wait for the disk: a provider may send its notice
        once. `database` tells which payments are ours.
        """
        self._accounts = Accounts(accounts.values())
        self._enqueuer = enqueuer
        self._database = database

    def names(self, account: str) -> Sequence[str]:
        """The accounts whose notice it may be."""
        return [one.name for one in self._accounts.at_webhook(account)]

    def known(self) -> Sequence[str]:
        """All accounts."""
        return list(self._accounts)

    async def take(self, account: str, notice: Notice) -> Answer:
        """Verify a notice by each account that it may be for, and put it in line."""
        genuine: list[tuple[PaymentProvider, list[NoticedPayment]]] = []
        refused: list[str] = []
        for one in self._accounts.at_webhook(account):
            try:
                genuine.append((one, await one.verify_notice(notice)))
            except NoticeRefusedError as error:
                refused.append(str(error))
            except ProviderUnavailableError as error:
                report.notice(one.name, None, "unverified", why=str(error), peer=notice.peer)
                return problem(503, "the notice could not be verified; try again", PROVIDER_RETRY_SECONDS)
        if not genuine:
            report.notice(account, None, "forged", why="; ".join(refused), peer=notice.peer)
            return problem(401, "not a genuine notice")  # not a word of what gave it away
        for one, noticed in genuine:
            if not noticed:
                report.notice(one.name, None, "irrelevant")
            if not all(_is_name(payment.provider_id) for payment in noticed):
                report.notice(one.name, None, "malformed", peer=notice.peer)
                return problem(400, "a notice of a payment whose name cannot be one")
        digest = sha256(notice.body).hexdigest()[:16]
        try:
            return await self._in_line(genuine, digest)
        except StoreUnavailable as error:
            return _not_stored(account, None, error)

    async def _in_line(
        self, genuine: Sequence[tuple[PaymentProvider, list[NoticedPayment]]], digest: str
    ) -> Answer:
        for one, payment, ours in await self._whose(genuine):
            wanted = Noticed(provider=one.name, provider_id=payment.provider_id, state=payment.state)
            job = noticed_job(wanted, digest=digest) if one.signs_notices else hinted_job(wanted, ours=ours)
            try:
                enqueued = await self._enqueuer.enqueue(job)
            except StoreUnavailable as error:
                return _not_stored(one.name, payment.provider_id, error)
            if enqueued.duplicate and not one.signs_notices:
                # Not taken in: it may tell more than the look under way has seen. A gateway sends it again,
                # and payments are asked for from time to time without any notice.
                report.notice(one.name, payment.provider_id, "too_often")
                seconds = LOOK_SECONDS if ours else UNKNOWN_LOOK_SECONDS
                return problem(503, "another notice is being looked into; try again", round(seconds))
            verdict: report.NoticeVerdict = "repeated" if enqueued.duplicate else "accepted"
            report.notice(one.name, payment.provider_id, verdict, job=enqueued.id)
        return TAKEN

    async def _whose(
        self, genuine: Sequence[tuple[PaymentProvider, list[NoticedPayment]]]
    ) -> list[tuple[PaymentProvider, NoticedPayment, bool]]:
        """Which account is to look into which payment, and whether it is one of ours. Where a notice does not
        say whose it is, as YooKassa's of refunds, the account is the one that knows the payment; where none
        does, each has to ask. Raises `StoreUnavailable`.
        """
        found = []
        for one, noticed in genuine:
            for payment in noticed:
                ours = one.signs_notices or await self._is_known(one, payment)
                found.append((one, payment, ours))
        known = {payment.provider_id for _, payment, ours in found if ours}
        return [whose for whose in found if whose[2] or whose[1].provider_id not in known]

    async def _is_known(self, one: PaymentProvider, payment: NoticedPayment) -> bool:
        with answering():
            return await is_known_at(self._database, one.names, payment.provider_id)


def _not_stored(account: str, provider_id: str | None, error: StoreUnavailable) -> Answer:
    report.notice(account, provider_id, "not_stored", why=str(error))
    return problem(503, "the notice could not be stored; try again", STORE_RETRY_SECONDS)


def _is_name(provider_id: str) -> bool:
    """Whether a payment can be called so: even who signs a notice may pass on what somebody made up."""
    return 0 < len(provider_id) <= NAME_CHARS_MAX and is_fit(provider_id)
