"""The jobs that follow from a notice: of one that is signed, and of one that anybody may have sent.

The first waits in the queue of the accounts, and finds out which payment it is about. The second asks for
that payment, in the queue of its bot.
"""

from dataclasses import replace

from mailroom.actors.paying.kinds import ASKING, CONFIRM, NOTICED, Confirm, Noticed
from mailroom.storage.postgres.outbox.job import Backoff, NewJob
from mailroom.storage.postgres.payments import Payment

SAME_NOTICE_SECONDS = 30.0
"""Providers repeat a notice after minutes; what comes sooner is the same one sent by a broken hand."""
LOOK_SECONDS = 5.0
"""Between two looks at one payment for the sake of notices that anybody may have sent."""
UNKNOWN_LOOK_SECONDS = 10.0
"""Between two looks at payments that nobody knows: ours is known a second after it was asked for."""
UNKNOWN_LOOK_ATTEMPTS_MAX = 3
"""Half a minute: no other payment that nobody knows is looked at meanwhile."""

LOOKING = replace(ASKING, backoff=Backoff(first_seconds=LOOK_SECONDS, jitter=0.0))
LOOK = NOTICED.with_patience(LOOKING)
UNKNOWN_LOOK = NOTICED.with_patience(
    replace(
        ASKING,
        attempts_max=UNKNOWN_LOOK_ATTEMPTS_MAX,
        backoff=Backoff(first_seconds=UNKNOWN_LOOK_SECONDS, jitter=0.0),
    )
)


def noticed_job(wanted: Noticed, *, digest: str) -> NewJob:
    """The job of a signed notice; `digest` is that of its text. The same claim is not looked into twice
    at once.
    """
    # A notice that claims nothing may be followed by another one that claims nothing, after a second part of
    # the money has gone back.
    return NOTICED(
        wanted,
        dedup_key=f"notice:{_about(wanted)}:{wanted.state or digest}",
        dedup_seconds=SAME_NOTICE_SECONDS,
        trace=_about(wanted),
    )


def hinted_job(wanted: Noticed, *, ours: bool) -> NewJob:
    """The job of a notice that anybody may have sent, about a payment of `ours` or one that nobody knows.

    Whatever it claims, while one look is under way and some seconds after it there is no other: of the same
    payment, or of all that nobody knows. Who pays knows the name of his own payment alone, so that he delays
    nobody else. The allowance is the job's deduplication key: a row in Postgres, and so one for all processes
    that take notices, and it outlives them.
    """
    if ours:
        return LOOK(
            wanted, dedup_key=f"look:{_about(wanted)}", dedup_seconds=LOOK_SECONDS, trace=_about(wanted)
        )
    return UNKNOWN_LOOK(
        wanted,
        dedup_key=f"look:{wanted.provider}",
        dedup_seconds=UNKNOWN_LOOK_SECONDS,
        trace=_about(wanted),
    )


def confirm_job(payment: Payment, wanted: Noticed, *, signed: bool) -> NewJob:
    """The job that asks for the payment that a notice is about. Of the same claim there is one at a time, and
    of all that anybody may have sent about one payment as well.
    """
    kind = CONFIRM if signed else CONFIRM.with_patience(LOOKING)
    once = f"notice:{payment.id}:{wanted.state}" if signed else f"look:{payment.id}"
    return kind(
        Confirm(payment_id=payment.id, notified=True, claims=wanted.state),
        bot=payment.bot,
        # What claims nothing may be about a second part that has gone back: it is always looked into.
        dedup_key=None if signed and wanted.state is None else once,
        dedup_seconds=0.0,
        trace=_about(wanted),
    )


def _about(wanted: Noticed) -> str:
    return f"{wanted.provider}:{wanted.provider_id}"
