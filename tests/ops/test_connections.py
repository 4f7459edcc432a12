import pytest

from mailroom.ops.connections import connections_of, division_of, most_of
from mailroom.ops.faults import ConfigurationError
from mailroom.ops.settings import Settings


def test_a_setting_that_is_too_small_is_refused_in_one_sentence_that_names_the_least_which_is_enough():
    assert connections_of(Settings(database_connections=10), queues=12) == 10
    with pytest.raises(ConfigurationError) as refused:
        connections_of(Settings(database_connections=9), queues=12)
    (said,) = refused.value.faults
    assert said.startswith("database_connections: 12 queues need at least 10, and it is 9;")


def test_a_process_that_works_no_queue_does_with_the_least_there_is():
    division = division_of(Settings(database_connections=8), queues=12, working=False)
    assert most_of(division) == 8


@pytest.mark.parametrize("queues", [0, 3, 12, 40])
def test_what_was_not_set_is_enough(queues):
    division = division_of(Settings(), queues, working=True)
    assert most_of(division) == connections_of(Settings(), queues) >= 16
