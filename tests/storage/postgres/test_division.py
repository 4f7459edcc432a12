from hypothesis import given
from hypothesis import strategies as st

from mailroom.storage.postgres.division import (
    ALONE,
    CONNECTIONS_DEFAULT,
    CONNECTIONS_MAX,
    CONNECTIONS_MIN,
    Division,
    divided,
    least,
    wanted,
)


@given(st.integers(0, CONNECTIONS_MAX), st.integers(0, 60), st.booleans())
def test_everybody_has_one_and_all_together_never_more_than_there_are(more, queues, working):
    connections = least(queues) + more
    found = divided(connections, queues, working=working)
    shares = [found.general, found.claims, found.outcomes, found.work]
    assert min(shares if working else shares[:2]) >= 1
    assert sum(shares) + ALONE == connections


def test_what_is_written_in_small_plans_goes_on_being_enough():
    assert [least(queues) for queues in (1, 4)] == [CONNECTIONS_MIN, CONNECTIONS_MIN]
    assert least(12) == 10


def test_by_default_each_of_six_queues_has_one_of_its_own_for_its_handlers():
    assert wanted(6) == wanted(12) == CONNECTIONS_DEFAULT
    assert divided(wanted(6), 6) == Division(general=3, claims=2, outcomes=2, work=6)


def test_a_process_with_very_many_queues_has_more_without_being_told():
    assert wanted(60) == least(60) == 22
