from hypothesis import given
from hypothesis import strategies as st

from mailroom.storage.postgres.division import (
    ALONE,
    CONNECTIONS_DEFAULT,
    CONNECTIONS_MAX,
    CONNECTIONS_MIN,
    Division,
    divided,
)


@given(st.integers(CONNECTIONS_MIN, CONNECTIONS_MAX), st.booleans())
def test_everybody_has_one_and_all_together_never_more_than_there_are(connections, working):
    found = divided(connections, working=working)
    shares = [found.general, found.claims, found.completions, found.handlers]
    assert min(shares) >= 1
    assert sum(shares) + ALONE == connections


def test_by_default_each_of_three_queues_has_one_of_its_own():
    assert divided(CONNECTIONS_DEFAULT) == Division(general=4, claims=2, completions=4, handlers=3)
