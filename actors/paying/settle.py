"""What a provider's answer means for a payment: written down once, with what follows from it.

our row          the provider says                         then
pending,         paid, as asked                            paid; what follows is enqueued
or canceled      paid, something else                      mismatched; it goes back
pending          canceled                                  canceled
any              refunded, or something has changed        `changed.py`
any other        paid, canceled                            nothing: an old notice, or the same again
paid             canceled                                  a person has to look
"""

from dataclasses import dataclass

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.paying import report
from mailroom.actors.paying.changed import note_changes
from mailroom.actors.paying.kinds import Noticed
from mailroom.actors.paying.noticed import confirm_job
from mailroom.actors.paying.purpose import NotPayableError, Purpose, of_payment
from mailroom.actors.paying.refund import begin_giving_back
from mailroom.actors.providers.payments import FetchedPayment, Money, PaymentProvider
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected, Retry
from mailroom.storage.postgres.payments import (
    Payment,
    mark_asked,
    mark_canceled,
    mark_mismatched,
    mark_paid,
)

VERDICTS: dict[str, report.Verdict] = {"too_late": "late", "twice": "twice"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A payment of ours, and what its provider says about it."""

    payment: Payment
    provider: PaymentProvider
    fetched: FetchedPayment
    purpose: Purpose | None
    """None if no bot here says what follows."""
    noticed: bool = False
    """Whether we ask because of a notice: that one has its line in the log, whatever comes out."""
    said_paid: bool = False
    """Whether that notice says that it was paid: then "pending" means that the provider is not there yet."""
    changed: bool = False
    """Whether it only says that something is new, such as a part given back, or a dispute."""

    @property
    def money(self) -> Money:
        """What was asked for."""
        return Money(self.payment.amount_minor, self.payment.currency)

    def tell(self, verdict: report.Verdict, **facts: object) -> None:
        """The line of this payment in the log."""
        payment = self.payment
        report.notice(
            payment.provider,
            self.fetched.provider_id,
            verdict,
            payment=payment.id,
            purpose=payment.purpose,
            reference=payment.reference,
            money=str(self.fetched.money),
            **facts,
        )


async def settle(asked: Asked, context: JobContext) -> Outcome:
    """Write down what the provider says, together with what follows from it and the end of the job."""
    if wrong := _contradicts(asked):
        asked.tell("disputed", why=wrong)
        return Rejected(f"payment {asked.payment.id}: {wrong}")
    was_paid = asked.payment.status not in ("pending", "canceled")
    match asked.fetched.state:
        case "paid" if was_paid and asked.changed:
            return await _changed(asked, context)
        case "paid":
            return await _paid(asked, context)
        case "refunded":
            return await _changed(asked, context)
        case "canceled":
            # An answer that was asked for before ours may have come later: only the row decides.
            new = await mark_canceled(context.database, asked.payment.id)
            if new or asked.noticed:
                asked.tell("canceled" if new else "duplicate")
            return Done()
        case "pending":
            return await _pending(asked, context)


async def _paid(asked: Asked, context: JobContext) -> Outcome:
    payment, purpose = asked.payment, asked.purpose
    if purpose is None:
        why = f"nobody says what follows from {payment.purpose} of {payment.bot!r}"
        asked.tell("disputed", why=why)
        return Rejected(f"payment {payment.id}: {why}")
    try:
        async with context.ending() as tx:
            # Two notices may be worked on at once: the row's lock lets one of them pass.
            as_asked = asked.fetched.money == asked.money
            verdict = await (_as_asked if as_asked else _otherwise)(tx, asked, purpose)
    except NotPayableError as error:
        asked.tell("disputed", why=str(error))
        return Rejected(str(error))
    if verdict == "mismatched":
        asked.tell(verdict, asked_for=str(asked.money))
    elif verdict != "duplicate" or asked.noticed:
        asked.tell(verdict)
    return Done()


async def _as_asked(tx: Transaction, asked: Asked, purpose: Purpose) -> report.Verdict:
    payment = asked.payment
    if not await mark_paid(tx.connection, payment.id):
        return "duplicate"
    follows = await purpose.paid(of_payment(tx, purpose, payment), payment)
    await tx.enqueue(*_look_again(asked))
    if follows.give_back is None:
        return "paid"
    await begin_giving_back(tx, payment.id, follows.give_back)
    return VERDICTS[follows.give_back]


def _look_again(asked: Asked) -> list[NewJob]:
    """More had happened to a payment than that it was paid, before we heard of it."""
    fetched = asked.fetched
    if not fetched.refunded_minor and not fetched.disputes:
        return []
    wanted = Noticed(provider=asked.payment.provider, provider_id=fetched.provider_id)
    return [confirm_job(asked.payment, wanted, signed=True)]


async def _otherwise(tx: Transaction, asked: Asked, purpose: Purpose) -> report.Verdict:
    payment, money = asked.payment, asked.fetched.money
    if not await mark_mismatched(tx.connection, payment.id, money.amount_minor, money.currency):
        return "duplicate"
    await purpose.mismatched(of_payment(tx, purpose, payment), payment, money)
    await begin_giving_back(tx, payment.id, "mismatch")
    return "mismatched"


async def _changed(asked: Asked, context: JobContext) -> Outcome:
    """Money has gone back, or come back, or a bank has taken it."""
    verdicts = await note_changes(asked.payment, asked.provider, asked.fetched, asked.purpose, context)
    for verdict in verdicts:
        asked.tell(verdict, refunded_minor=asked.fetched.refunded_minor)
    if not verdicts and asked.noticed:
        asked.tell("duplicate")
    return Done()


async def _pending(asked: Asked, context: JobContext) -> Outcome:
    payment = asked.payment
    if payment.status == "pending" and asked.said_paid and not context.is_last_attempt:
        return Retry(f"payment {payment.id} is pending at {payment.provider}, against its own notice")
    # Nothing is lost when a notice was too early, or a payer has made it up: pending payments are asked for
    # from time to time.
    await mark_asked(context.database, payment.id)
    if asked.noticed:
        asked.tell("pending" if payment.status == "pending" else "duplicate", said_paid=asked.said_paid)
    return Done()


def _contradicts(asked: Asked) -> str | None:
    """What speaks against that this answer is about the payment that we asked for."""
    payment, fetched, name = asked.payment, asked.fetched, asked.payment.provider
    if fetched.provider_id != payment.provider_id:
        return f"{name} answered for {fetched.provider_id} instead of {payment.provider_id}"
    if fetched.reference is not None and fetched.reference != payment.ref:
        return f"{name} says that it pays for {fetched.reference}"
    if fetched.state == "canceled" and payment.status == "paid":
        return f"{name} says that it was canceled, and it was paid"
    if fetched.state != "paid":
        return None
    if fetched.test != asked.provider.test:
        return "a test payment at a real account" if fetched.test else "a real payment at a test account"
    if fetched.money.amount_minor <= 0:
        return f"{name} says that {fetched.money} were paid"
    return None
