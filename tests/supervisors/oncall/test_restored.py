"""Stores that went back, as on-call sees them: seen, held against a resume, and gone on from once."""

from collections.abc import Iterator

import asyncpg
import pytest

from mailroom.storage.postgres.pair import PostgresPair
from mailroom.storage.redis.pair import RedisPair
from mailroom.storage.redis.suspensions import HELD_BY, Suspensions
from mailroom.supervisors.oncall.errors import OnCallError
from mailroom.supervisors.oncall.oncall import OnCall
from mailroom.supervisors.oncall.reports import By
from mailroom.supervisors.pairing.check import Pairing
from mailroom.supervisors.pairing.guard import Guard
from mailroom.supervisors.pairing.kept import Asked
from tests.actors.jobs.conftest import jobs_url  # noqa: F401 - a fixture
from tests.supervisors.oncall.conftest import SyncOnCall

BY = By("ann", "restored from the backup of 3:00")


class RestoredOnCall(SyncOnCall):
    """On-call over both stores, and a process that has found out that Postgres went back."""

    def __init__(self, redis_url: str, postgres_url: str) -> None:
        super().__init__(redis_url)
        self.does = self.runner.run
        self.pool = self.does(self._connect(postgres_url))
        self.wrapped = OnCall.over(self.line, database=self.pool)
        self.pairing = Pairing(PostgresPair(self.pool), RedisPair(self.line))
        self.guard = Guard(self.pairing, self.line, agree=self._agree, refuse=pytest.fail)

    async def _connect(self, url: str) -> asyncpg.Pool:
        return await asyncpg.create_pool(url, min_size=1, max_size=2)

    async def _agree(self) -> None:
        raise AssertionError("is awaited by the guard's own life alone")

    def went_back(self) -> None:
        self.does(self.pairing.check())
        self.does(RedisPair(self.line).advance(self.does(PostgresPair(self.pool).read()).id, 50, 50_000))
        self.does(self.pairing.check())
        self.does(self.guard.enforce())

    def close(self) -> None:
        self.does(self.pool.close())
        super().close()


@pytest.fixture
def oncall(jobs_url: str, clean_redis_url: str) -> Iterator[RestoredOnCall]:  # noqa: F811
    one = RestoredOnCall(clean_redis_url, jobs_url)
    yield one
    one.close()


def held(oncall: RestoredOnCall) -> dict[str, str]:
    notes = oncall.does(Suspensions(oncall.line).all())
    return {target: note.who for target, note in notes.items()}


def test_what_is_held_are_all_chats_and_the_jobs_and_no_resume_undoes_it(oncall: RestoredOnCall) -> None:
    oncall.went_back()
    assert held(oncall) == {"everything": HELD_BY, "node/jobs": HELD_BY}
    for target in ("everything", "node/jobs"):
        with pytest.raises(OnCallError, match=r"the stores do not fit together.*mailroom restored"):
            oncall.act.resume(target, BY)
    assert held(oncall) == {"everything": HELD_BY, "node/jobs": HELD_BY}
    report = oncall.restored.state()
    assert (report.held, report.asking) == (True, True)
    assert report.says.startswith("Postgres went back to")


def test_a_hold_that_somebody_lifts_by_hand_is_put_back_with_the_next_beat(oncall: RestoredOnCall) -> None:
    oncall.went_back()
    oncall.does(Suspensions(oncall.line).lift("everything"))
    oncall.does(oncall.pairing.check())
    assert oncall.does(oncall.guard.enforce())
    assert held(oncall) == {"everything": HELD_BY, "node/jobs": HELD_BY}


def test_nothing_goes_on_while_a_gateway_was_not_asked_unless_on_call_says_so(oncall: RestoredOnCall) -> None:
    oncall.went_back()
    with pytest.raises(OnCallError, match="start a worker"):
        oncall.restored.go_on(BY)
    oncall.does(
        oncall.pairing.note_asked({"yookassa": Asked("not_yet", "no answer"), "aaio": Asked("listed")})
    )
    with pytest.raises(OnCallError, match=r"yookassa \(no answer\)"):
        oncall.restored.go_on(BY)
    assert oncall.restored.state().gateways == {"yookassa": "not_yet: no answer", "aaio": "listed"}
    assert oncall.restored.go_on(BY, unasked=True).says == "Chats and jobs go on."


def test_on_call_says_go_once_and_what_others_suspended_stays(oncall: RestoredOnCall) -> None:
    oncall.act.suspend("bot/shop", BY)
    oncall.does(Suspensions(oncall.line).put("everything", "eve", "the supplier is down"))
    oncall.went_back()
    oncall.does(oncall.pairing.note_asked({"yookassa": Asked("listed"), "aaio": Asked("impossible")}))
    outcome = oncall.restored.go_on(BY)
    assert "everything was suspended by somebody else" in outcome.says
    assert held(oncall) == {"everything": "eve", "bot/shop": "ann"}
    assert oncall.restored.go_on(BY).done == 0
    oncall.does(oncall.pairing.check())
    assert not oncall.does(oncall.guard.enforce())
    assert oncall.restored.state().held is False
    actions = [(line.who, line.action) for line in oncall.look.audit()]
    assert actions == [("ann", "go on"), ("ann", "go on"), (HELD_BY, "suspend"), ("ann", "suspend")]


def test_a_command_that_dies_after_its_word_to_postgres_is_made_up_for_by_the_next_beat(
    oncall: RestoredOnCall,
) -> None:
    oncall.went_back()
    oncall.does(PostgresPair(oncall.pool).go(50))
    assert held(oncall)
    oncall.does(oncall.pairing.check())
    assert oncall.does(oncall.guard.enforce())
    assert held(oncall) == {}


def test_a_small_gap_is_gone_over_once_no_payment_is_known_to_be_lost(oncall: RestoredOnCall) -> None:
    async def nothing_lost(_held: object) -> bool:
        return bool(answers.pop())

    answers = [True, False]
    oncall.pairing.nothing_lost = nothing_lost
    oncall.does(oncall.pairing.check())
    row = oncall.does(PostgresPair(oncall.pool).read())
    seen_ms = int(row.seen_at.timestamp() * 1000) + 30_000
    oncall.does(RedisPair(oncall.line).advance(row.id, 20, seen_ms))
    oncall.does(oncall.pairing.check())
    assert oncall.pairing.held is not None
    oncall.does(oncall.guard.enforce())
    oncall.does(oncall.pairing.check())
    assert oncall.pairing.held is None
    oncall.does(oncall.guard.enforce())
    assert held(oncall) == {}


def test_a_backup_of_last_night_is_never_gone_over_by_itself(oncall: RestoredOnCall) -> None:
    async def nothing_lost(_held: object) -> bool:
        raise AssertionError("is not even asked")

    oncall.pairing.nothing_lost = nothing_lost
    oncall.does(oncall.pairing.check())
    row = oncall.does(PostgresPair(oncall.pool).read())
    oncall.does(
        RedisPair(oncall.line).advance(row.id, 20, int(row.seen_at.timestamp() * 1000) + 12 * 3_600_000)
    )
    oncall.does(oncall.pairing.check())
    assert oncall.pairing.held is not None
    assert "(12 h)" in str(oncall.pairing.held)


def test_naming_a_database_anew_makes_it_refuse_the_redis_of_the_one_it_was_copied_from(
    oncall: RestoredOnCall,
) -> None:
    from mailroom.ops.naming import BadNameError, Naming, NotNowError
    from mailroom.supervisors.pairing.check import StoresDoNotFitError

    naming = Naming(PostgresPair(oncall.pool), RedisPair(oncall.line))
    oncall.does(oncall.pairing.check())
    with pytest.raises(NotNowError, match="A process works on this database"):
        oncall.does(naming.rename(None))
    oncall.does(oncall.pool.execute("UPDATE mailroom.pair SET seen_at = seen_at - interval '1 minute'"))
    with pytest.raises(BadNameError):
        oncall.does(naming.rename("production"))
    before = oncall.does(naming.names())
    given = oncall.does(naming.rename(None))
    assert given != before.postgres
    with pytest.raises(StoresDoNotFitError, match=f"belongs to installation {before.redis}"):
        oncall.does(Pairing(PostgresPair(oncall.pool), RedisPair(oncall.line)).check())
    oncall.does(naming.rename(before.redis))
    again = Pairing(PostgresPair(oncall.pool), RedisPair(oncall.line))
    assert oncall.does(again.check()).what == "went_back", "it goes on as a restored one"


def test_a_redis_of_before_the_pairs_can_be_joined_by_hand(oncall: RestoredOnCall) -> None:
    from mailroom.ops.naming import Naming

    oncall.does(oncall.pairing.check())
    oncall.does(oncall.line.command("DEL", "mailroom:pair"))
    oncall.does(Naming(PostgresPair(oncall.pool), RedisPair(oncall.line)).join())
    assert oncall.does(Pairing(PostgresPair(oncall.pool), RedisPair(oncall.line)).check()).what == "fits"
