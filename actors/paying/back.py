"""What of a payment's money is back already: judged from what the provider says and what we have noted.

A refund of the provider's is ours if it bears the name that we gave one. Those of the version before bear
none: they are known by their sum, their reason and their time. All others were made by other hands; they
count, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mailroom.actors.paying.whose import CLOCKS_DIFFER
from mailroom.actors.providers.payments import FetchedPayment, ListedRefund
from mailroom.storage.postgres.payments import Payment
from mailroom.storage.postgres.refunds import PaymentRefund


@dataclass(frozen=True, slots=True)
class Standing:
    """What has become of a payment's money."""

    paid_minor: int
    matched: tuple[tuple[PaymentRefund, ListedRefund], ...]
    """Refunds that we have written down, and what the provider says of each."""
    others: tuple[ListedRefund, ...]
    """Refunds that we have not asked for."""
    others_minor: int
    """What others have given back, or are about to."""
    ours_minor: int
    """What we have given back, or owe in another way, by refunds that are over."""
    withdrawn_minor: int
    """What banks have taken back."""

    @property
    def left_minor(self) -> int:
        """What can still be given back, but for the refund that we are at."""
        return max(self.paid_minor - self.others_minor - self.ours_minor - self.withdrawn_minor, 0)

    @property
    def excess_minor(self) -> int:
        """By how much more is back than was paid."""
        back_minor = self.others_minor + self.ours_minor + self.withdrawn_minor
        return max(back_minor - self.paid_minor, 0)

    def of(self, refund: PaymentRefund) -> ListedRefund | None:
        """What the provider says of a refund of ours."""
        return next((listed for row, listed in self.matched if row.id == refund.id), None)


def standing_of(
    payment: Payment,
    rows: Sequence[PaymentRefund],
    fetched: FetchedPayment,
    listed: Sequence[ListedRefund] | None,
) -> Standing:
    """Judge. Without a list what others gave back is the provider's sum less what we know to be ours."""
    ours = [row for row in rows if not row.by_gateway]
    matched, others = _match(ours, listed or ())
    said = {row.id: found for row, found in matched}
    ours_minor = sum(_back_minor(row, said.get(row.id)) for row in ours if row.status != "pending")
    if listed is None:
        done_minor = sum(row.amount_minor for row in ours if row.status == "done")
        others_minor = max(fetched.refunded_minor - done_minor, 0)
    else:
        others_minor = sum_of(others)
    paid_minor = payment.amount_minor if payment.paid_minor is None else payment.paid_minor
    return Standing(
        paid_minor=paid_minor,
        matched=tuple(matched),
        others=tuple(others),
        others_minor=others_minor,
        ours_minor=ours_minor,
        withdrawn_minor=sum(one.money.amount_minor for one in fetched.disputes if one.withdrawn),
    )


def sum_of(listed: Sequence[ListedRefund]) -> int:
    """What has gone back by these refunds, or is about to."""
    return sum(one.money.amount_minor for one in listed if one.state != "canceled")


def _back_minor(row: PaymentRefund, said: ListedRefund | None) -> int:
    """What has gone back by a refund of ours that is over for us. The provider's word counts before ours: one
    that we hold for refused may have gone through, and one that we hold for done may have come back.
    """
    owed_minor = row.amount_minor if row.status == "impossible" else 0
    if said is None:
        return owed_minor + (row.amount_minor if row.status == "done" else 0)
    return owed_minor + (said.money.amount_minor if said.state != "canceled" else 0)


def _match(
    ours: Sequence[PaymentRefund], listed: Sequence[ListedRefund]
) -> tuple[list[tuple[PaymentRefund, ListedRefund]], list[ListedRefund]]:
    matched: list[tuple[PaymentRefund, ListedRefund]] = []
    left = list(listed)
    for fits in (_is_called_so, _bears_our_name, _looks_like_it):
        for row in ours:
            if any(row.id == known.id for known, _ in matched):
                continue
            # A second one of the same name is one too many, whoever made it.
            found = next((one for one in left if fits(row, one)), None)
            if found is not None:
                matched.append((row, found))
                left.remove(found)
    return matched, left


def _is_called_so(row: PaymentRefund, listed: ListedRefund) -> bool:
    return bool(row.provider_id) and row.provider_id == listed.refund_id


def _bears_our_name(row: PaymentRefund, listed: ListedRefund) -> bool:
    return not row.unnamed and row.ref == listed.reference


def _looks_like_it(row: PaymentRefund, listed: ListedRefund) -> bool:
    return (
        row.unnamed
        and row.status in ("pending", "done")  # done: a notice told of its end before its answer came
        and row.provider_id is None
        and listed.reference is None
        and listed.reason == row.why
        and (listed.money.amount_minor, listed.money.currency) == (row.amount_minor, row.currency)
        and listed.created_at >= row.created_at - CLOCKS_DIFFER
    )
