"""What is back already, whoever gave it: nothing is left to give that is not the payer's."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.paying.back import standing_of
from mailroom.actors.providers.payments import Dispute, FetchedPayment, ListedRefund, Money
from mailroom.storage.postgres.payments import Payment
from mailroom.storage.postgres.refunds import PaymentRefund

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
PAID = 1_000
STATES = st.sampled_from(["pending", "done", "canceled"])
AMOUNTS = st.integers(1, PAID)


def payment():
    return Payment(
        id=1, ref="1", bot="shop", provider="p", provider_id="p-1", purpose="shop.order", reference="1042",
        amount_minor=PAID, currency="RUB", status="refunding", created_at=NOW,
    )  # fmt: skip


def row(number, status, amount_minor=PAID, *, unnamed=False, provider_id=None):
    return PaymentRefund(
        number, 1, "1" if unnamed else f"m-{number}", unnamed, amount_minor, "RUB", "owner", status,
        provider_id, by_gateway=False, words=None, created_at=NOW, tried_at=NOW, over_at=None,
    )  # fmt: skip


def listed(name, state="done", amount_minor=PAID, reference=None, *, reason="", at=NOW):
    return ListedRefund(name, state, Money(amount_minor, "RUB"), at, reference, reason)


def fetched(refunded_minor=0, *disputes):
    money = Money(PAID, "RUB")
    return FetchedPayment("p-1", "paid", money, refunded_minor=refunded_minor, disputes=disputes)


@given(
    st.lists(st.tuples(AMOUNTS, STATES), max_size=4),
    st.lists(st.tuples(AMOUNTS, STATES), max_size=4),
    st.one_of(st.none(), st.tuples(AMOUNTS, st.booleans())),
)
def test_what_is_left_and_what_is_back_is_never_more_than_was_paid(by_hand, ours, dispute):
    """Unless it is too much already: then nothing is left."""
    rows = [row(number, "failed", amount) for number, (amount, _) in enumerate(ours)]
    rows.append(row(99, "pending"))
    found = [listed(f"c-{n}", state, amount) for n, (amount, state) in enumerate(by_hand)]
    found += [listed(f"o-{n}", state, amount, f"m-{n}") for n, (amount, state) in enumerate(ours)]
    disputes = [] if dispute is None else [
        Dispute("dp", "lost", Money(dispute[0], "RUB"), dispute[1])
    ]  # fmt: skip
    standing = standing_of(payment(), rows, fetched(0, *disputes), found)
    back_minor = sum(one.money.amount_minor for one in found if one.state != "canceled")
    back_minor += sum(one.money.amount_minor for one in disputes if one.withdrawn)
    assert standing.left_minor == max(PAID - back_minor, 0)
    assert standing.of(rows[-1]) is None


def test_a_refund_that_we_held_for_refused_and_that_went_through_counts():
    rows = [row(1, "failed"), row(2, "pending")]
    assert standing_of(payment(), rows, fetched(PAID), [listed("r-1", reference="m-1")]).left_minor == 0


def test_a_second_refund_of_one_name_is_one_that_we_have_not_asked_for():
    rows = [row(1, "pending", 400)]
    found = [listed(f"r-{n}", amount_minor=400, reference="m-1") for n in (1, 2)]
    standing = standing_of(payment(), rows, fetched(800), found)
    assert (standing.of(rows[0]), standing.others) == (found[0], (found[1],))


def test_what_is_owed_in_another_way_counts_as_back():
    rows = [row(1, "impossible", 400), row(2, "pending")]
    assert standing_of(payment(), rows, fetched(), []).left_minor == PAID - 400


def test_a_refund_of_the_version_before_is_known_by_sum_reason_and_time():
    old = row(1, "pending", unnamed=True)
    ours = listed("r-1", reason="owner")
    assert standing_of(payment(), [old], fetched(PAID), [ours]).of(old) == ours
    for other in (
        listed("r-1", reason=""),
        listed("r-1", reason="owner", amount_minor=999),
        listed("r-1", reason="owner", at=NOW - timedelta(minutes=11)),
        listed("r-1", reason="owner", reference="m-of-somebody"),
    ):
        assert standing_of(payment(), [old], fetched(PAID), [other]).of(old) is None


def test_without_a_list_others_gave_what_is_more_than_ours():
    rows = [row(1, "done", 300), row(2, "pending")]
    standing = standing_of(payment(), rows, fetched(450), None)
    assert (standing.others_minor, standing.left_minor) == (150, 550)
