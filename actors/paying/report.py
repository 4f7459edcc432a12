"""What is told of payments: one line in the log for each notice and each refund, and two metrics."""

import logging
from typing import Literal

from prometheus_client import Counter
from structlog import get_logger

from mailroom.actors.metrics import child

log = get_logger("mailroom.payment")

NOTICES = Counter(
    "mailroom_payment_notices_total",
    "Notices for payment accounts: what the webhook did with each, and what had become of its payment",
    ["account", "verdict"],
)
REFUNDS = Counter(
    "mailroom_refunds_total", "Attempts to give money back, by how they ended", ["account", "outcome"]
)

NoticeVerdict = Literal[
    "accepted", "repeated", "forged", "irrelevant", "malformed", "unverified", "not_stored", "too_often"
]  # fmt: skip
"""`repeated`: the same is being worked on. `irrelevant`: genuine, and about no payment. `malformed`: about
one that cannot be. The last three were answered with 503: the provider could not be asked, Postgres not
reached, or another notice that anybody may have sent is being looked into.
"""
Verdict = Literal[
    "paid",
    "late",
    "twice",
    "mismatched",
    "pending",
    "canceled",
    "refunded",
    "partly_refunded",
    "duplicate",
    "unknown",
    "unclaimed",
    "lost",
    "disputed",
    "refund_lost",
    "back_twice",
    "chargeback",
    "chargeback_over",
]
"""`late`: what was paid for is gone. `twice`: it was paid for already. `duplicate`: we knew. `unknown`: of no
payment that anybody knows. `unclaimed`: really paid, and not for anything of ours. `lost`: made by us, and
this database is older. `disputed`: the provider's answer contradicts what we know; it becomes a dead letter.
`refund_lost`: a refund came back, days after it had gone. `back_twice`: more has gone back than was paid.
`chargeback`: the payer's bank takes the money, or means to; `chargeback_over` when that is decided.
"""
RefundOutcome = Literal[
    "done", "pending", "needless", "disputed", "refused", "impossible", "unavailable", "dead"
]
"""`needless`: the money had gone back by other hands. `disputed`: it waits for the payer's bank to decide.
`refused`: tried again later, by another name. `impossible`: the provider cannot, and the bot owes the money.
`unavailable`: tried again; `dead` after the last time.
"""

WARNED = frozenset(
    {
        "forged",
        "malformed",
        "unverified",
        "not_stored",
        "late",
        "twice",
        "mismatched",
        "partly_refunded",
        "unknown",
        "unclaimed",
        "refused",
        "chargeback_over",
    }
)
WRONG = frozenset({"lost", "disputed", "impossible", "dead", "refund_lost", "back_twice", "chargeback"})
"""What a person has to look at."""


def notice(account: str, provider_id: str | None, verdict: NoticeVerdict | Verdict, **facts: object) -> None:
    """Tell what became of a notice, or of the payment that it is about."""
    child(NOTICES, account, verdict).inc()
    if verdict in ("accepted", "too_often"):
        return  # its line comes when the provider has been asked; and a flood has none
    log.log(
        _level(verdict),
        "payment_notice",
        account=account,
        provider_id=provider_id,
        verdict=verdict,
        **facts,
    )


def refund(account: str, outcome: RefundOutcome, *, payment: int, **facts: object) -> None:
    """Tell how an attempt to give money back has ended."""
    child(REFUNDS, account, outcome).inc()
    log.log(_level(outcome), "payment_refund", account=account, payment=payment, outcome=outcome, **facts)


def _level(word: str) -> int:
    return logging.ERROR if word in WRONG else logging.WARNING if word in WARNED else logging.INFO
