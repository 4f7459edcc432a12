"""The outbox at on-call's desk: queues and jobs looked at, run again, mended, dropped, paused; and the dead
of chats and jobs in one place.
"""

import asyncpg
import pytest

from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.job import NewJob, Origin
from mailroom.storage.postgres.outbox.outcome import Rejected, Retry
from mailroom.storage.postgres.outbox.seen import Wanted
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.dead_letters import Wanted as DeadWanted
from mailroom.supervisors.oncall import jobs
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.oncall import OnCall
from tests.storage.postgres.outbox.box import Box, mail
from tests.supervisors.oncall.conftest import Desk

NOWHERE = "unix:///nowhere/redis.sock"


@pytest.fixture
def desk(jobs_url, clean_redis_url):
    """The desk with a Postgres behind it; `outbox` is what workers and bots do there, without await."""
    one = Desk(clean_redis_url)
    one.outbox = Box(jobs_url)
    one.runner.run(one.outbox.__aenter__())
    one.oncall = OnCall.over(one.line, database=one.outbox.pool)
    one.does = one.runner.run
    yield one
    one.runner.run(one.outbox.__aexit__())
    one.close()


@pytest.fixture
def enqueue(desk):
    def enqueue(*new):
        return [f"job:{number}" for number in desk.does(desk.outbox.enqueue(*new))]

    return enqueue


@pytest.fixture
def die(desk, enqueue):
    """Enqueue jobs and let them die."""

    def die(*new, error="no street"):
        ids = enqueue(*new)

        async def reject():
            await desk.outbox.end(*await desk.outbox.claim(), outcome=Rejected(error))

        desk.does(reject())
        return ids

    return die


def audited(desk):
    line = desk.look.audit()[0]
    return line.action, line.target, line.who, line.why


def test_queues_are_counted_by_state_with_their_age_and_who_paused_them(desk, enqueue, die):
    die("a")
    enqueue("b", mail("c", delay_seconds=60), NewJob("other", "d"))
    desk.does(desk.outbox.pass_time(30))
    desk.jobs.pause("other", desk.by)
    first, second = desk.jobs.queues()
    assert (first.queue, first.jobs, first.due) == ("mail", {"dead": 1, "scheduled": 1, "waiting": 1}, 1)
    assert 30 <= first.oldest_seconds < 60
    assert (second.queue, second.paused_by, second.paused_why) == ("other", "ann", "a test")
    assert (first.paused_by, second.paused_ms > 10**12) == ("", True)


def test_jobs_are_found_newest_first_with_their_payloads_cut(desk, enqueue):
    origin = Origin("shop", "7", "effect")
    first, second = enqueue(
        mail("a", payload='"' + "x" * 5000 + '"'), mail("b", origin=origin, key="order-7")
    )
    assert [one.id for one in desk.jobs.find(Wanted())] == [second, first]
    assert [one.id for one in desk.jobs.find(Wanted(), 1)] == [second]
    assert len(desk.jobs.find(Wanted(name="a"))[0].payload) == 2000
    (of_chat,) = desk.jobs.find(Wanted(bot="shop", chat="7"))
    assert (str(of_chat.chat), of_chat.state, of_chat.key) == ("shop:7", "waiting", "order-7")


def test_one_job_is_told_whole_with_its_attempts_also_when_it_is_over(desk, enqueue):
    (one,) = enqueue(mail("a", payload='"' + "x" * 5000 + '"'))

    async def fail_and_work():
        await desk.outbox.end(*await desk.outbox.claim(), outcome=Retry("timeout"))
        await desk.outbox.end(*await desk.outbox.claim())

    assert desk.jobs.show(one).history == ()
    assert len(desk.jobs.show(one).job.payload) == 5002
    desk.does(fail_and_work())
    story = desk.jobs.show(one.removeprefix("job:"))
    assert (story.id, story.job) == (one, None)
    assert [(event.kind, event.attempt, event.error) for event in story.history] == [
        ("retry", 1, "timeout"),
        ("done", 2, ""),
    ]


@pytest.mark.parametrize(
    ("id_", "says"),
    [
        ("job:999999999", "There is no job 999999999"),
        ("job:" + "9" * 30, "is no job: an id is written job:123"),
        ("first", "is no job"),
        ("shop:7:3", "Did you mean `mailroom dead show shop:7:3`"),
    ],
)
def test_what_is_no_job_is_told_so(desk, id_, says):
    for call in (lambda: desk.jobs.show(id_), lambda: desk.jobs.edit(id_, "{}", desk.by)):
        with pytest.raises(UnknownTargetError) as caught:
            call()
        assert says in str(caught.value)


def test_a_dead_job_that_was_mended_is_run_again_and_both_are_in_the_audit(desk, die):
    (one,) = die(mail("a", payload='{"street": ""}'))
    assert "has its new payload" in desk.jobs.edit(one, '{"street": "Main"}', desk.by).says
    assert audited(desk) == ("edit", one, "ann", "a test")
    assert desk.jobs.retry([one], desk.by).says == "1 job put back in line."
    assert audited(desk) == ("retry", one, "ann", "a test")
    (job,) = desk.does(desk.outbox.claim())
    assert (job.payload, job.attempt) == ('{"street": "Main"}', 1)


@pytest.mark.parametrize("payload", ["{", "", '{"a": NaN}', "\0", '"\ud800"', '"' + "x" * (1 << 20) + '"'])
def test_a_payload_that_no_handler_could_read_is_refused(desk, die, payload):
    (one,) = die("a")
    with pytest.raises(OnCallError, match=r"not JSON|over 1024 KiB"):
        desk.jobs.edit(one, payload, desk.by)
    assert desk.jobs.show(one).job.payload == "{}"
    assert audited(desk)[0] == "edit"


def test_what_could_not_be_done_is_named_with_its_reason(desk, enqueue):
    running, over = enqueue("a", mail("b", dedup_key="k", dedup_seconds=0))

    async def twin():
        _, dead = await desk.outbox.claim()
        await desk.outbox.end(dead, outcome=Rejected("e"))
        await desk.outbox.enqueue(mail("c", dedup_key="k", dedup_seconds=0))

    desk.does(twin())
    outcome = desk.jobs.retry([running, over, "job:999", running], desk.by)
    assert (outcome.done, outcome.failed) == (0, 3)
    for words in (
        f"{running} is running",
        f"{over} stays dead: another job",
        "job:999 is not there any more",
    ):
        assert words in outcome.says
    with pytest.raises(OnCallError, match="is running: it is with a worker"):
        desk.jobs.edit(running, "{}", desk.by)


def test_a_filter_without_a_state_means_the_dead_and_leaves_the_living_alone(desk, enqueue, die):
    die("a", "b", error="Timeout of the provider")
    enqueue("a", mail("later", delay_seconds=60))
    assert desk.jobs.drop(Wanted(error="timeout", name="a"), desk.by).done == 1
    assert audited(desk)[1] == "dead jobs with name=a error=timeout"
    assert desk.jobs.retry(Wanted(), desk.by).done == 1
    assert desk.jobs.drop(Wanted(state="scheduled"), desk.by).done == 1
    assert {one.name for one in desk.jobs.find(Wanted())} == {"a", "b"}
    assert desk.jobs.retry(Wanted(), desk.by).says == "There are no such jobs: nothing to do."


def test_a_bulk_action_is_bounded_and_says_that_more_are_left(desk, die, monkeypatch):
    monkeypatch.setattr(jobs, "JOBS_BULK_MAX", 2)
    ids = die("a", "b", "c")
    for which in (Wanted(), ids):
        outcome = desk.jobs.retry(which, desk.by)
        assert (outcome.done, outcome.says.endswith("More are left: do it again for those.")) == (2, True)


def test_a_paused_queue_is_not_worked_until_it_is_resumed(desk, enqueue):
    enqueue("a")
    assert desk.jobs.pause("mail", desk.by).says == "mail is paused: its jobs are accepted, and wait."
    assert audited(desk) == ("pause", "mail", "ann", "a test")
    assert desk.does(desk.outbox.claim()) == []
    again = desk.jobs.pause("mail", desk.by)
    assert (again.done, again.says) == (0, "mail was paused already, by ann: a test.")
    assert desk.jobs.resume("mail", desk.by).says == "mail goes on; it was paused by ann: a test."
    assert audited(desk) == ("resume", "mail", "ann", "a test")
    assert len(desk.does(desk.outbox.claim())) == 1
    assert desk.jobs.resume("mail", desk.by).done == 0


def test_a_queue_that_is_not_there_is_answered_with_the_nearest(desk, enqueue, start):
    assert desk.jobs.pause("mial", desk.by).done == 1, "nobody knows any queue: it is taken at its word"
    desk.does(desk.outbox.empty())
    enqueue("a")
    for call in (
        lambda: desk.jobs.pause("mial", desk.by),
        lambda: desk.jobs.resume("mial", desk.by),
        lambda: desk.jobs.find(Wanted(queue="mial")),
        lambda: desk.jobs.drop(Wanted(queue="mial"), desk.by),
    ):
        with pytest.raises(UnknownTargetError, match=r'No queue is called "mial". Did you mean mail\?'):
            call()
    with pytest.raises(UnknownTargetError, match="There is: mail"):
        desk.jobs.pause("zzz", desk.by)
    with pytest.raises(UnknownTargetError, match="is no name of a queue"):
        desk.jobs.pause("a b", desk.by)


def test_a_queue_is_found_by_what_it_was_called_when_bots_shared_it(desk, enqueue):
    (waits,) = enqueue(NewJob("shop.delivery", "deliver"))
    (later,) = enqueue(NewJob("shop.notification", "notify", delay_seconds=60))
    assert desk.jobs.pause("delivery", desk.by).target == "shop.delivery"
    assert [job.id for job in desk.jobs.find(Wanted(queue="delivery"))] == [waits]
    assert desk.jobs.retry(Wanted(queue="notification", state="scheduled"), desk.by).done == 1
    assert desk.jobs.show(later).job.state == "waiting"
    enqueue(NewJob("second.delivery", "deliver"))
    for call in (
        lambda: desk.jobs.resume("delivery", desk.by),
        lambda: desk.jobs.find(Wanted(queue="delivery")),
        lambda: desk.jobs.drop(Wanted(queue="delivery"), desk.by),
    ):
        with pytest.raises(UnknownTargetError, match=r"write second\.delivery or shop\.delivery\."):
            call()


def test_nobody_acts_without_a_name_and_a_reason(desk, die):
    (one,) = die("a")
    with pytest.raises(OnCallError, match="Say why"):
        desk.jobs.drop([one], desk.by.__class__("ann", " "))
    assert desk.jobs.show(one).job.state == "dead"


def test_the_dead_of_chats_and_jobs_are_in_one_list_told_apart_by_their_ids(desk, die):
    (one,) = die(mail("deliver", origin=Origin("shop", "7", "e"), trace="t"), error="no street\nat all")
    found = desk.dead.find(DeadWanted())
    (job,) = found.letters
    assert (found.missing, job.id, job.queue, job.kind, str(job.chat)) == (
        "",
        one,
        "mail",
        "deliver",
        "shop:7",
    )
    assert desk.dead.reasons(DeadWanted()) == [("shop", "no street", 1)]
    assert desk.dead.show(one) == job
    for wanted, number in (
        (DeadWanted(bot="shop"), 1),
        (DeadWanted(chat=job.chat), 1),
        (DeadWanted(bot="stars"), 0),
        (DeadWanted(error="STREET"), 1),
        (DeadWanted(since_ms=job.died_ms - 1000), 1),
        (DeadWanted(since_ms=job.died_ms + 1000), 0),
        (DeadWanted(until_ms=job.died_ms), 0),
        (DeadWanted(until_ms=10**30), 1),
    ):
        assert len(desk.dead.find(wanted).letters) == number, wanted
    assert desk.letters.find(DeadWanted()) == []


def test_dead_jobs_are_requeued_edited_and_dropped_where_dead_letters_are(desk, die):
    first, second, third = die("a", "b", "c")
    assert desk.dead.edit(first, '{"mended": 1}', desk.by).done == 1
    outcome = desk.dead.requeue([first, "shop:7:3"], desk.by)
    assert (outcome.done, outcome.failed) == (1, 1)
    assert "1 job put back in line." in outcome.says
    assert desk.dead.drop([second], desk.by).says == "1 job dropped."
    assert desk.dead.requeue(DeadWanted(), desk.by).says == "1 job put back in line."
    assert {job.payload for job in desk.does(desk.outbox.claim())} == {'{"mended": 1}', "{}"}
    with pytest.raises(UnknownTargetError, match=f"{third} is no dead letter: it is running"):
        desk.dead.show(third)
    with pytest.raises(UnknownTargetError, match="is over, or never was"):
        desk.dead.show(second)


def test_without_postgres_jobs_say_so_and_chats_are_seen_to_as_ever(desk):
    desk.oncall = OnCall.over(desk.line)
    for call in (
        desk.jobs.queues,
        lambda: desk.jobs.find(Wanted()),
        lambda: desk.jobs.show("1"),
        lambda: desk.jobs.retry(["1"], desk.by),
        lambda: desk.jobs.pause("mail", desk.by),
        lambda: desk.dead.show("job:1"),
        lambda: desk.dead.requeue(["job:1"], desk.by),
    ):
        with pytest.raises(OnCallError, match="set DATABASE_URL"):
            call()
    found = desk.dead.find(DeadWanted())
    assert found.letters == []
    assert found.missing.startswith("Dead jobs are not shown. Jobs are kept in Postgres")
    assert desk.dead.drop(DeadWanted(), desk.by).says == "There are no such dead letters: nothing to do."


def test_a_postgres_that_does_not_answer_hides_no_dead_letters_of_chats(desk):
    async def opened():
        raise StoreUnavailable("Postgres does not answer: gone")

    desk.oncall = OnCall.over(desk.line, database=opened)
    assert "Postgres does not answer" in desk.dead.find(DeadWanted()).missing
    assert desk.dead.reasons(DeadWanted()) == []
    with pytest.raises(StoreUnavailable):
        desk.jobs.queues()
    mixed = desk.dead.drop(["shop:7:3", "job:1"], desk.by)
    assert (mixed.done, mixed.failed) == (0, 2)
    assert "The jobs could not be: Postgres does not answer" in mixed.says


def test_a_database_without_the_tables_says_what_to_run(desk, clean_postgres_url):
    async def opened():
        return await asyncpg.create_pool(clean_postgres_url, min_size=1, max_size=1)

    desk.oncall = OnCall.over(desk.line, database=opened)
    with pytest.raises(OnCallError, match="run `mailroom migrate`"):
        desk.jobs.queues()


def test_what_was_done_to_jobs_stands_also_where_it_cannot_be_audited(desk, die):
    (one,) = die("a")
    desk.oncall = OnCall.over(Line(NOWHERE), database=desk.outbox.pool)
    assert desk.jobs.retry([one], desk.by).says.endswith("could not be written to the audit.")


def test_all_dead_jobs_are_counted_with_the_dead_letters_and_named_first_of_what_needs_on_call(desk, die):
    die("a", "b", error="no street\nat all")
    assert desk.dead.totals().dead_jobs == 2
    found = desk.dead.count(DeadWanted())
    assert (found.letters, found.jobs, found.missing) == (0, 2, "")
    assert desk.dead.count(DeadWanted(error="timeout")).jobs == 0
    desk.jobs.pause("mail", desk.by)
    dead, paused = desk.attention.concerns()
    assert (dead.kind, dead.number, [thing.why for thing in dead.things]) == (
        "dead_jobs", 2, ["mail b: no street", "mail a: no street"],
    )  # fmt: skip
    assert (paused.kind, paused.things[0].name) == ("queues", "mail")


def test_jobs_that_are_done_or_dropped_are_listed_with_how_long_they_took(desk, enqueue):
    first, second, third = enqueue(mail("a"), mail("b"), mail("c"))

    async def work():
        claimed = await desk.outbox.claim()
        await desk.outbox.end(*[one for one in claimed if f"job:{one.id}" != third])

    desk.does(work())
    desk.jobs.drop([third], desk.by)
    done = desk.jobs.find(Wanted(state="done"))
    assert [(one.id, one.state, one.name) for one in done] == [(second, "done", "b"), (first, "done", "a")]
    assert done[0].seconds is not None
    assert done[0].ended_ms > 10**12
    assert [one.id for one in desk.jobs.find(Wanted(state="dropped"))] == [third]
    assert desk.jobs.find(Wanted(state="done", name="a"), 5)[0].id == first
    assert len(desk.jobs.find(Wanted(state="done"), 1)) == 1


def test_of_a_job_that_is_over_nobody_can_ask_for_what_is_forgotten_nor_do_it_again(desk, enqueue):
    with pytest.raises(OnCallError, match="no key is kept"):
        desk.jobs.find(Wanted(state="done", key="order-7"))
    with pytest.raises(OnCallError, match="nothing can be done to them"):
        desk.jobs.retry(Wanted(state="done"), desk.by)
