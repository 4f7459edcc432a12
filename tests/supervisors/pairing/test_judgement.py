"""Every row of the table: what is found in both stores, and what is to be done about it."""

from datetime import UTC, datetime, timedelta

import pytest

from mailroom.storage.postgres.pair import InPostgres
from mailroom.storage.redis.pair import InRedis
from mailroom.supervisors.pairing.judgement import BEATS_LOST_MAX, ROWS, Found, judge, seconds_lost

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 29, 3, tzinfo=UTC)
NOON_MS = int(NOON.timestamp() * 1000)


def postgres(mark: int = 100, redis: int = 100, *, of: str = "ours", seen_at: datetime = NOON) -> InPostgres:
    return InPostgres(of, mark, redis, seen_at, None, None, NOON + timedelta(seconds=3))


def redis(own: int = 100, of_postgres: int = 100, *, of: str = "ours", seen_at: datetime = NOON) -> InRedis:
    return InRedis(of, own, of_postgres, int(seen_at.timestamp() * 1000))


SITUATIONS = {
    "both as the last beat left them": (Found(postgres(), redis()), "fits", "beat"),
    "died before Redis was told": (Found(postgres(mark=101), redis()), "fits", "beat"),
    "died before Postgres was told of Redis": (Found(postgres(), redis(own=101)), "fits", "beat"),
    "died again and again after the first step": (Found(postgres(mark=140), redis()), "fits", "beat"),
    "Redis of another installation": (Found(postgres(), redis(of="theirs")), "foreign", "refuse"),
    "another one's, that went back as well": (
        Found(postgres(mark=5), redis(of="theirs", own=1)),
        "foreign",
        "refuse",
    ),
    "Postgres new, and Redis of another": (
        Found(postgres(mark=0, redis=0), redis(of="theirs")),
        "foreign",
        "refuse",
    ),
    "Redis with chats of nobody knows whom": (Found(postgres(), None, keys=True), "unpaired", "refuse"),
    "Redis emptied under a running process": (
        Found(postgres(), None, keys=True, known=True),
        "emptied",
        "warn",
    ),
    "Redis is new or was lost": (Found(postgres(), None), "emptied", "warn"),
    "a clone of Postgres with an empty Redis": (Found(postgres(), None), "emptied", "warn"),
    "both are new": (Found(postgres(mark=0, redis=0), None), "new", "pair"),
    "the first start of a version that pairs": (
        Found(postgres(mark=0, redis=0), None, keys=True),
        "new",
        "pair",
    ),
    "died between the two first steps ever": (Found(postgres(mark=0, redis=0), redis(1, 0)), "fits", "beat"),
    "Postgres from last night": (Found(postgres(50, 50, seen_at=NIGHT), redis()), "went_back", "hold"),
    "Postgres from before its first mark": (Found(postgres(0, 0), redis()), "went_back", "hold"),
    "Postgres failed over and lost one beat": (Found(postgres(99), redis()), "went_back", "hold"),
    "Redis failed over and lost a second": (Found(postgres(), redis(99, 99)), "fits", "beat"),
    "Redis failed over and lost two beats": (Found(postgres(), redis(98, 98)), "fits", "beat"),
    "Redis failed over and lost three": (Found(postgres(), redis(97, 97)), "behind", "warn"),
    "Redis from last night": (Found(postgres(), redis(50, 50, seen_at=NIGHT)), "behind", "warn"),
    "both from one night": (
        Found(postgres(50, 50, seen_at=NIGHT), redis(50, 50, seen_at=NIGHT)),
        "fits",
        "beat",
    ),
    "both from one night, under a process that remembers": (
        Found(postgres(50, 50, seen_at=NIGHT), redis(50, 50, seen_at=NIGHT), seen=(100, NOON_MS)),
        "went_back",
        "hold",
    ),
    "Postgres restored and Redis emptied, under a process that remembers": (
        Found(postgres(50, 50, seen_at=NIGHT), None, known=True, seen=(100, NOON_MS)),
        "went_back",
        "hold",
    ),
    "both from nights, Postgres from the earlier": (
        Found(postgres(40, 40), redis(50, 50)),
        "went_back",
        "hold",
    ),
    "both from nights, Redis from the earlier": (Found(postgres(50, 50), redis(40, 40)), "behind", "warn"),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_situation_is_judged_right(situation: str) -> None:
    found, what, deed = SITUATIONS[situation]
    assert (judge(found).what, judge(found).deed) == (what, deed)


def test_every_row_of_the_table_is_the_verdict_of_a_situation() -> None:
    assert {what for _, what, _ in SITUATIONS.values()} == {row.what for row in ROWS}


@pytest.mark.parametrize("lost", range(BEATS_LOST_MAX + 3))
def test_so_many_beats_of_redis_may_be_lost_without_a_word(lost: int) -> None:
    verdict = judge(Found(postgres(), redis(100 - lost, 100 - lost)))
    assert (verdict.deed == "warn") is (lost > BEATS_LOST_MAX)


def test_what_was_lost_is_the_time_between_the_last_beats_that_both_know_of() -> None:
    assert seconds_lost(Found(postgres(50, 50, seen_at=NIGHT), redis())) == 9 * 3600
    assert seconds_lost(Found(postgres(), redis(50, 50, seen_at=NIGHT))) == 9 * 3600


def test_before_the_first_mark_nobody_can_say_how_much_was_lost() -> None:
    assert seconds_lost(Found(postgres(0, 0), redis())) is None
    assert seconds_lost(Found(postgres(), None)) is None
