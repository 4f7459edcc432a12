"""One loss is a mistake; several within the hour are somebody else."""

from mailroom.ingress.telegram.contest import TRUCE_SECONDS, WINDOW_SECONDS, Contest


def test_one_loss_and_a_second_are_taken_back_at_once() -> None:
    contest = Contest()
    assert [contest.lost(0.0), contest.lost(60.0)] == [0.0, 0.0]


def test_what_is_lost_again_and_again_is_left_alone_also_after_a_truce() -> None:
    contest = Contest()
    contest.lost(0.0)
    contest.lost(60.0)
    at = 120.0
    for _ in range(10):
        assert contest.lost(at) == TRUCE_SECONDS
        at += TRUCE_SECONDS + 120.0


def test_losses_of_yesterday_do_not_count() -> None:
    contest = Contest()
    assert [contest.lost(day * WINDOW_SECONDS) for day in range(10)] == [0.0] * 10
