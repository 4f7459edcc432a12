"""Something about a payment that was paid has changed: money went back by other hands or came back to the
merchant, or the payer's bank has taken it, or means to.

our row              the provider says                            then
paid, mismatched     a part went back                             noted
paid, mismatched     all of it went back                          refunded; the bot takes back what it must
refunding            our refund is done                           refunded
refunding            all went back by other hands                 refunded, and ours was needless
refunded             a refund came back, and always will          the bot owes it
refunded             a refund came back, and may work later       refunding; another one takes its place
paid                 a dispute is open                            disputed
disputed             it is won                                    paid
paid, disputed       it is lost, and all of the money with it     charged_back; the bot takes back

Where more is back than was paid, the owner is told: only a person can get it again.
"""

from typing import cast

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.paying import report
from mailroom.actors.paying.back import Standing, standing_of, sum_of
from mailroom.actors.paying.ending import How, end_refund, refund_job, replace_refund, tell
from mailroom.actors.paying.kinds import Why
from mailroom.actors.paying.others import note_others
from mailroom.actors.paying.purpose import GivenBack, Purpose, Trouble, What, of_payment
from mailroom.actors.providers.payments import (
    Dispute,
    DisputeState,
    FetchedPayment,
    ListedRefund,
    Money,
    PaymentProvider,
    ProviderUnavailableError,
)
from mailroom.storage.postgres.payments import Payment, find_payment, mark_asked, mark_refunded
from mailroom.storage.postgres.refunds import (
    PaymentRefund,
    RefundStatus,
    begin_again,
    mark_charged_back,
    mark_dispute_over,
    mark_disputed,
    note_by_gateway,
    note_dispute,
    refund_came_back,
    refunds_of,
)

TOLD: dict[DisputeState, What] = {
    "inquiry": "inquiry",
    "open": "dispute",
    "won": "dispute_won",
    "lost": "dispute_lost",
}
VERDICTS: dict[DisputeState, report.Verdict] = {
    "inquiry": "chargeback",
    "open": "chargeback",
    "won": "chargeback_over",
    "lost": "chargeback_over",
}


async def note_changes(
    payment: Payment,
    provider: PaymentProvider,
    fetched: FetchedPayment,
    purpose: Purpose | None,
    context: JobContext,
) -> list[report.Verdict]:
    """Write down all that is new together with what follows from it and the end of the job; what it was, for
    the log. Raises `PaymentProviderError`.
    """
    listed = None
    if payment.status not in ("pending", "canceled") and provider.can_list_refunds:
        listed = await provider.refunds(fetched.provider_id)
        if fetched.refunded_minor > sum_of(listed) and not context.is_last_attempt:
            raise ProviderUnavailableError(
                f"{provider.name} says that more went back of {fetched.provider_id} than it lists"
            )
    async with context.ending() as tx:
        await mark_asked(tx.connection, payment.id)  # locks the row: nobody changes it meanwhile
        payment = await find_payment(tx.connection, payment.id) or payment
        if payment.status in ("pending", "canceled"):
            # Nothing was sold for it: it was paid and given back before we heard of it.
            new = fetched.state == "refunded" and await mark_refunded(tx.connection, payment.id)
            return ["refunded"] if new else []
        change = _Change(tx, payment, fetched, listed, purpose)
        await change.note()
    return change.verdicts


class _Change:
    """What is new about one payment, in one transaction."""

    def __init__(
        self,
        tx: Transaction,
        payment: Payment,
        fetched: FetchedPayment,
        listed: list[ListedRefund] | None,
        purpose: Purpose | None,
    ) -> None:
        self._tx = tx
        self._connection = tx.connection
        self._payment = payment
        self._fetched = fetched
        self._listed = listed
        self._purpose = purpose
        self._withdrawn_before_minor = 0
        self.verdicts: list[report.Verdict] = []

    async def note(self) -> None:
        """Write it down."""
        standing, rows = await self._standing()
        excess_before_minor = _back_minor(rows) - standing.paid_minor
        await self._refunds(standing, rows)
        for dispute in self._fetched.disputes:
            await self._dispute(dispute)
        await self._all_back()
        standing, rows = await self._standing()
        excess_minor = _back_minor(rows) + standing.withdrawn_minor - standing.paid_minor
        if excess_minor > max(excess_before_minor + self._withdrawn_before_minor, 0):
            self.verdicts.append("back_twice")
            await self._tell(Trouble("back_twice", self._money(excess_minor)))

    async def _standing(self) -> tuple[Standing, list[PaymentRefund]]:
        rows = await refunds_of(self._connection, self._payment.id)
        return standing_of(self._payment, rows, self._fetched, self._listed), rows

    async def _refunds(self, standing: Standing, rows: list[PaymentRefund]) -> None:
        noted = await note_others(
            self._connection, self._payment, standing, rows, listed=self._listed is not None
        )
        if noted.any_new:
            self.verdicts.append("partly_refunded")
        for one in noted.came_back:
            await self._others_came_back(one)
        for row, said in standing.matched:
            if row.status == "pending" and said.state == "done":
                await self._end(row, "done", said.money, said.refund_id)
            elif row.status == "done" and said.state == "canceled":
                await self._ours_came_back(row, said, standing, rows)

    async def _end(self, row: PaymentRefund, how: How, money: Money, refund_id: str = "") -> None:
        if await end_refund(self._tx, self._purpose, self._payment, row, how, money, refund_id=refund_id):
            self.verdicts.append("refunded")

    async def _ours_came_back(
        self, row: PaymentRefund, said: ListedRefund, standing: Standing, rows: list[PaymentRefund]
    ) -> None:
        """A refund that had arrived, as it seemed, is at the merchant again: the payer has nothing."""
        owed = self._money(min(row.amount_minor, standing.left_minor))
        is_final = said.refusal in ("final", "person") and owed.amount_minor > 0
        status: RefundStatus = "impossible" if is_final else "failed"
        amount_minor = owed.amount_minor if is_final else row.amount_minor
        if not await refund_came_back(self._connection, row.id, status, said.words, amount_minor):
            return
        self.verdicts.append("refund_lost")
        if not is_final and owed.amount_minor:
            await replace_refund(
                self._tx,
                self._purpose,
                self._payment,
                row,
                rows,
                words=said.words,
                what="refund_lost",
            )
        elif is_final and self._purpose is not None:
            await self._given_back(
                self._purpose, GivenBack(cast(Why, row.why), owed, to_payer=False, words=said.words)
            )
        else:
            await self._tell(Trouble("refund_lost", said.money, said.words))

    async def _others_came_back(self, said: ListedRefund) -> None:
        """The same for one that was made by other hands: where all is over because of it, we owe it now."""
        self.verdicts.append("refund_lost")
        await self._tell(Trouble("refund_lost", said.money, said.words))
        wanted = (said.money.amount_minor, said.money.currency, "owner")
        if self._payment.status == "refunded" and await begin_again(
            self._connection, self._payment.id, *wanted
        ):
            await self._tx.enqueue(refund_job(self._payment, "owner"))

    async def _dispute(self, dispute: Dispute) -> None:
        before = await note_dispute(
            self._connection,
            self._payment.id,
            dispute.dispute_id,
            dispute.money.amount_minor,
            dispute.money.currency,
            state=dispute.state,
            withdrawn=dispute.withdrawn,
            reason=dispute.reason,
        )
        if before is not None and before.withdrawn:
            self._withdrawn_before_minor += dispute.money.amount_minor
        if before is not None and before.state == dispute.state:
            return  # whether money was withdrawn or brought back meanwhile is in its row
        over, id_ = False, self._payment.id
        if dispute.state == "open":
            await mark_disputed(self._connection, id_)
        elif dispute.state == "lost" and not (await self._standing())[0].left_minor:
            over = await mark_charged_back(self._connection, id_)
        decided = dispute.state in ("won", "lost") and not over
        if decided and not any(one.state == "open" for one in self._fetched.disputes):
            await mark_dispute_over(self._connection, id_)
        self.verdicts.append(VERDICTS[dispute.state])
        await self._tell(
            Trouble(TOLD[dispute.state], dispute.money, dispute.reason, dispute.answer_until, all_gone=over)
        )

    async def _all_back(self) -> None:
        """Is all of it back by now, with nothing left for us to do?"""
        standing, rows = await self._standing()
        ours = next((row for row in rows if row.status == "pending" and not row.by_gateway), None)
        paid = self._money(standing.paid_minor)
        now = await find_payment(self._connection, self._payment.id) or self._payment
        if ours is not None:
            if self._listed is None and self._fetched.state == "refunded":
                await self._end(ours, "done", self._money(ours.amount_minor))  # by us, as far as can be told
            elif standing.of(ours) is None and standing.others_minor and not standing.left_minor:
                await self._end(ours, "needless", paid)
        elif now.status in ("paid", "mismatched", "disputed") and (
            self._fetched.state == "refunded" or (standing.others_minor and not standing.left_minor)
        ):
            if not standing.others_minor:  # the provider does not tell how much
                await note_by_gateway(
                    self._connection, self._payment.id, None, paid.amount_minor, paid.currency, "done"
                )
            if await mark_refunded(self._connection, self._payment.id):
                self.verdicts = ["refunded" if one == "partly_refunded" else one for one in self.verdicts]
                if "refunded" not in self.verdicts:
                    self.verdicts.append("refunded")
                if self._purpose is not None:
                    await self._given_back(self._purpose, GivenBack("owner", paid, to_payer=True))

    def _money(self, amount_minor: int) -> Money:
        return Money(amount_minor, self._payment.paid_currency or self._payment.currency)

    async def _given_back(self, purpose: Purpose, back: GivenBack) -> None:
        tx = of_payment(self._tx, purpose, self._payment, once=False)
        await purpose.given_back(tx, self._payment, back)

    async def _tell(self, trouble: Trouble) -> None:
        await tell(self._tx, self._purpose, self._payment, trouble)


def _back_minor(rows: list[PaymentRefund]) -> int:
    """What is back by what we have written down."""
    gone = [
        row
        for row in rows
        if row.status in ("done", "impossible") or (row.by_gateway and row.status == "pending")
    ]
    return sum(row.amount_minor for row in gone)
