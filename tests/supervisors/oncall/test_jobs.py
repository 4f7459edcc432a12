"""The outbox as on-call sees it: queues and jobs looked at, run again, mended, dropped, paused; and the dead
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
from tests.supervisors.oncall.conftest import SyncOnCall

NOWHERE = "unix:///nowhere/redis.sock"


@pytest.fixture
def oncall(jobs_url, clean_redis_url):
    """On-call with a Postgres behind it; `outbox` is what workers and bots do there, without await."""
    one = SyncOnCall(clean_redis_url)
    one.outbox = Box(jobs_url)
    one.runner.run(one.outbox.__aenter__())
    one.wrapped = OnCall.over(one.line, database=one.outbox.pool)
    one.does = one.runner.run
    yield one
    one.runner.run(one.outbox.__aexit__())
    one.close()


@pytest.fixture
def enqueue(oncall):
    def enqueue(*new):
        return [f"job:{number}" for number in oncall.does(oncall.outbox.enqueue(*new))]

    return enqueue


@pytest.fixture
def die(oncall, enqueue):
    """Enqueue jobs and let them die."""

    def die(*new, error="no street"):
        ids = enqueue(*new)

        async def reject():
            await oncall.outbox.end(*await oncall.outbox.claim(), outcome=Rejected(error))

        oncall.does(reject())
        return ids

    return die


def audited(oncall):
    line = oncall.look.audit()[0]
    return line.action, line.target, line.who, line.why


def test_queues_are_counted_by_state_with_their_age_and_who_paused_them(oncall, enqueue, die):
    die("a")
    enqueue("b", mail("c", delay_seconds=60), NewJob("other", "d"))
    oncall.does(oncall.outbox.pass_time(30))
    oncall.jobs.pause("other", oncall.by)
    first, second = oncall.jobs.queues()
    assert (first.queue, first.jobs, first.due) == ("mail", {"dead": 1, "scheduled": 1, "waiting": 1}, 1)
    assert 30 <= first.oldest_seconds < 60
    assert (second.queue, second.paused_by, second.paused_why) == ("other", "ann", "a test")
    assert (first.paused_by, second.paused_ms > 10**12) == ("", True)


def test_jobs_are_found_newest_first_with_their_payloads_cut(oncall, enqueue):
    origin = Origin("shop", "7", "effect")
    first, second = enqueue(
        mail("a", payload='"' + "x" * 5000 + '"'), mail("b", origin=origin, key="order-7")
    )
    assert [one.id for one in oncall.jobs.find(Wanted())] == [second, first]
    assert [one.id for one in oncall.jobs.find(Wanted(), 1)] == [second]
    assert len(oncall.jobs.find(Wanted(name="a"))[0].payload) == 2000
    (of_chat,) = oncall.jobs.find(Wanted(bot="shop", chat="7"))
    assert (str(of_chat.chat), of_chat.state, of_chat.key) == ("shop:7", "waiting", "order-7")


def test_one_job_is_told_whole_with_its_attempts_also_when_it_is_over(oncall, enqueue):
    (one,) = enqueue(mail("a", payload='"' + "x" * 5000 + '"'))

    async def fail_and_work():
        await oncall.outbox.end(*await oncall.outbox.claim(), outcome=Retry("timeout"))
        await oncall.outbox.end(*await oncall.outbox.claim())

    assert oncall.jobs.show(one).history == ()
    assert len(oncall.jobs.show(one).job.payload) == 5002
    oncall.does(fail_and_work())
    story = oncall.jobs.show(one.removeprefix("job:"))
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
def test_what_is_no_job_is_told_so(oncall, id_, says):
    for call in (lambda: oncall.jobs.show(id_), lambda: oncall.jobs.edit(id_, "{}", oncall.by)):
        with pytest.raises(UnknownTargetError) as caught:
            call()
        assert says in str(caught.value)


def test_a_dead_job_that_was_mended_is_run_again_and_both_are_in_the_audit(oncall, die):
    (one,) = die(mail("a", payload='{"street": ""}'))
    assert "has its new payload" in oncall.jobs.edit(one, '{"street": "Main"}', oncall.by).says
    assert audited(oncall) == ("edit", one, "ann", "a test")
    assert oncall.jobs.retry([one], oncall.by).says == "1 job put back in line."
    assert audited(oncall) == ("retry", one, "ann", "a test")
    (job,) = oncall.does(oncall.outbox.claim())
    assert (job.payload, job.attempt) == ('{"street": "Main"}', 1)


@pytest.mark.parametrize("payload", ["{", "", '{"a": NaN}', "\0", '"\ud800"', '"' + "x" * (1 << 20) + '"'])
def test_a_payload_that_no_handler_could_read_is_refused(oncall, die, payload):
    (one,) = die("a")
    with pytest.raises(OnCallError, match=r"not JSON|over 1024 KiB"):
        oncall.jobs.edit(one, payload, oncall.by)
    assert oncall.jobs.show(one).job.payload == "{}"
    assert audited(oncall)[0] == "edit"


def test_what_could_not_be_done_is_named_with_its_reason(oncall, enqueue):
    running, over = enqueue("a", mail("b", dedup_key="k", dedup_seconds=0))

    async def twin():
        _, dead = await oncall.outbox.claim()
        await oncall.outbox.end(dead, outcome=Rejected("e"))
        await oncall.outbox.enqueue(mail("c", dedup_key="k", dedup_seconds=0))

    oncall.does(twin())
    outcome = oncall.jobs.retry([running, over, "job:999", running], oncall.by)
    assert (outcome.done, outcome.failed) == (0, 3)
    for words in (
        f"{running} is running",
        f"{over} stays dead: another job",
        "job:999 is not there any more",
    ):
        assert words in outcome.says
    with pytest.raises(OnCallError, match="is running: it is with a worker"):
        oncall.jobs.edit(running, "{}", oncall.by)


def test_a_filter_without_a_state_means_the_dead_and_leaves_the_living_alone(oncall, enqueue, die):
    die("a", "b", error="Timeout of the provider")
    enqueue("a", mail("later", delay_seconds=60))
    assert oncall.jobs.drop(Wanted(error="timeout", name="a"), oncall.by).done == 1
    assert audited(oncall)[1] == "dead jobs with name=a error=timeout"
    assert oncall.jobs.retry(Wanted(), oncall.by).done == 1
    assert oncall.jobs.drop(Wanted(state="scheduled"), oncall.by).done == 1
    assert {one.name for one in oncall.jobs.find(Wanted())} == {"a", "b"}
    assert oncall.jobs.retry(Wanted(), oncall.by).says == "There are no such jobs: nothing to do."


def test_a_bulk_action_is_bounded_and_says_that_more_are_left(oncall, die, monkeypatch):
    monkeypatch.setattr(jobs, "JOBS_BULK_MAX", 2)
    ids = die("a", "b", "c")
    for which in (Wanted(), ids):
        outcome = oncall.jobs.retry(which, oncall.by)
        assert (outcome.done, outcome.says.endswith("More are left: do it again for those.")) == (2, True)


def test_a_paused_queue_is_not_worked_until_it_is_resumed(oncall, enqueue):
    enqueue("a")
    assert oncall.jobs.pause("mail", oncall.by).says == "mail is paused: its jobs are accepted, and wait."
    assert audited(oncall) == ("pause", "mail", "ann", "a test")
    assert oncall.does(oncall.outbox.claim()) == []
    again = oncall.jobs.pause("mail", oncall.by)
    assert (again.done, again.says) == (0, "mail was paused already, by ann: a test.")
    assert oncall.jobs.resume("mail", oncall.by).says == "mail goes on; it was paused by ann: a test."
    assert audited(oncall) == ("resume", "mail", "ann", "a test")
    assert len(oncall.does(oncall.outbox.claim())) == 1
    assert oncall.jobs.resume("mail", oncall.by).done == 0


def test_a_queue_that_is_not_there_is_answered_with_the_nearest(oncall, enqueue, start):
    assert oncall.jobs.pause("mial", oncall.by).done == 1, "nobody knows any queue: it is taken at its word"
    oncall.does(oncall.outbox.empty())
    enqueue("a")
    for call in (
        lambda: oncall.jobs.pause("mial", oncall.by),
        lambda: oncall.jobs.resume("mial", oncall.by),
        lambda: oncall.jobs.find(Wanted(queue="mial")),
        lambda: oncall.jobs.drop(Wanted(queue="mial"), oncall.by),
    ):
        with pytest.raises(UnknownTargetError, match=r'No queue is called "mial". Did you mean mail\?'):
            call()
    with pytest.raises(UnknownTargetError, match="There is: mail"):
        oncall.jobs.pause("zzz", oncall.by)
    with pytest.raises(UnknownTargetError, match="is no name of a queue"):
        oncall.jobs.pause("a b", oncall.by)


def test_a_queue_is_found_by_what_it_was_called_when_bots_shared_it(oncall, enqueue):
    (waits,) = enqueue(NewJob("shop.delivery", "deliver"))
    (later,) = enqueue(NewJob("shop.notification", "notify", delay_seconds=60))
    assert oncall.jobs.pause("delivery", oncall.by).target == "shop.delivery"
    assert [job.id for job in oncall.jobs.find(Wanted(queue="delivery"))] == [waits]
    assert oncall.jobs.retry(Wanted(queue="notification", state="scheduled"), oncall.by).done == 1
    assert oncall.jobs.show(later).job.state == "waiting"
    enqueue(NewJob("second.delivery", "deliver"))
    for call in (
        lambda: oncall.jobs.resume("delivery", oncall.by),
        lambda: oncall.jobs.find(Wanted(queue="delivery")),
        lambda: oncall.jobs.drop(Wanted(queue="delivery"), oncall.by),
    ):
        with pytest.raises(UnknownTargetError, match=r"write second\.delivery or shop\.delivery\."):
            call()


def test_nobody_acts_without_a_name_and_a_reason(oncall, die):
    (one,) = die("a")
    with pytest.raises(OnCallError, match="Say why"):
        oncall.jobs.drop([one], oncall.by.__class__("ann", " "))
    assert oncall.jobs.show(one).job.state == "dead"


def test_the_dead_of_chats_and_jobs_are_in_one_list_told_apart_by_their_ids(oncall, die):
    (one,) = die(mail("deliver", origin=Origin("shop", "7", "e"), trace="t"), error="no street\nat all")
    found = oncall.dead.find(DeadWanted())
    (job,) = found.letters
    assert (found.missing, job.id, job.queue, job.kind, str(job.chat)) == (
        "",
        one,
        "mail",
        "deliver",
        "shop:7",
    )
    assert oncall.dead.reasons(DeadWanted()) == [("shop", "no street", 1)]
    assert oncall.dead.show(one) == job
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
        assert len(oncall.dead.find(wanted).letters) == number, wanted
    assert oncall.letters.find(DeadWanted()) == []


def test_dead_jobs_are_requeued_edited_and_dropped_where_dead_letters_are(oncall, die):
    first, second, third = die("a", "b", "c")
    assert oncall.dead.edit(first, '{"mended": 1}', oncall.by).done == 1
    outcome = oncall.dead.requeue([first, "shop:7:3"], oncall.by)
    assert (outcome.done, outcome.failed) == (1, 1)
    assert "1 job put back in line." in outcome.says
    assert oncall.dead.drop([second], oncall.by).says == "1 job dropped."
    assert oncall.dead.requeue(DeadWanted(), oncall.by).says == "1 job put back in line."
    assert {job.payload for job in oncall.does(oncall.outbox.claim())} == {'{"mended": 1}', "{}"}
    with pytest.raises(UnknownTargetError, match=f"{third} is no dead letter: it is running"):
        oncall.dead.show(third)
    with pytest.raises(UnknownTargetError, match="is over, or never was"):
        oncall.dead.show(second)


def test_without_postgres_jobs_say_so_and_chats_are_seen_to_as_ever(oncall):
    oncall.wrapped = OnCall.over(oncall.line)
    for call in (
        oncall.jobs.queues,
        lambda: oncall.jobs.find(Wanted()),
        lambda: oncall.jobs.show("1"),
        lambda: oncall.jobs.retry(["1"], oncall.by),
        lambda: oncall.jobs.pause("mail", oncall.by),
        lambda: oncall.dead.show("job:1"),
        lambda: oncall.dead.requeue(["job:1"], oncall.by),
    ):
        with pytest.raises(OnCallError, match="set DATABASE_URL"):
            call()
    found = oncall.dead.find(DeadWanted())
    assert found.letters == []
    assert found.missing.startswith("Dead jobs are not shown. Jobs are kept in Postgres")
    assert oncall.dead.drop(DeadWanted(), oncall.by).says == "There are no such dead letters: nothing to do."


def test_a_postgres_that_does_not_answer_hides_no_dead_letters_of_chats(oncall):
    async def opened():
        raise StoreUnavailable("Postgres does not answer: gone")

    oncall.wrapped = OnCall.over(oncall.line, database=opened)
    assert "Postgres does not answer" in oncall.dead.find(DeadWanted()).missing
    assert oncall.dead.reasons(DeadWanted()) == []
    with pytest.raises(StoreUnavailable):
        oncall.jobs.queues()
    mixed = oncall.dead.drop(["shop:7:3", "job:1"], oncall.by)
    assert (mixed.done, mixed.failed) == (0, 2)
    assert "The jobs could not be: Postgres does not answer" in mixed.says


def test_a_database_without_the_tables_says_what_to_run(oncall, clean_postgres_url):
    async def opened():
        return await asyncpg.create_pool(clean_postgres_url, min_size=1, max_size=1)

    oncall.wrapped = OnCall.over(oncall.line, database=opened)
    with pytest.raises(OnCallError, match="run `mailroom migrate`"):
        oncall.jobs.queues()


def test_what_was_done_to_jobs_stands_also_where_it_cannot_be_audited(oncall, die):
    (one,) = die("a")
    oncall.wrapped = OnCall.over(Line(NOWHERE), database=oncall.outbox.pool)
    assert oncall.jobs.retry([one], oncall.by).says.endswith("could not be written to the audit.")


def test_all_dead_jobs_are_counted_with_the_dead_letters_and_named_first_of_what_needs_on_call(oncall, die):
    die("a", "b", error="no street\nat all")
    assert oncall.dead.totals().dead_jobs == 2
    found = oncall.dead.count(DeadWanted())
    assert (found.letters, found.jobs, found.missing) == (0, 2, "")
    assert oncall.dead.count(DeadWanted(error="timeout")).jobs == 0
    oncall.jobs.pause("mail", oncall.by)
    dead, paused = oncall.attention.concerns()
    assert (dead.kind, dead.number, [thing.why for thing in dead.things]) == (
        "dead_jobs", 2, ["mail b: no street", "mail a: no street"],
    )  # fmt: skip
    assert (paused.kind, paused.things[0].name) == ("queues", "mail")


def test_jobs_that_are_done_or_dropped_are_listed_with_how_long_they_took(oncall, enqueue):
    first, second, third = enqueue(mail("a"), mail("b"), mail("c"))

    async def work():
        claimed = await oncall.outbox.claim()
        await oncall.outbox.end(*[one for one in claimed if f"job:{one.id}" != third])

    oncall.does(work())
    oncall.jobs.drop([third], oncall.by)
    done = oncall.jobs.find(Wanted(state="done"))
    assert [(one.id, one.state, one.name) for one in done] == [(second, "done", "b"), (first, "done", "a")]
    assert done[0].seconds is not None
    assert done[0].ended_ms > 10**12
    assert [one.id for one in oncall.jobs.find(Wanted(state="dropped"))] == [third]
    assert oncall.jobs.find(Wanted(state="done", name="a"), 5)[0].id == first
    assert len(oncall.jobs.find(Wanted(state="done"), 1)) == 1


def test_of_a_job_that_is_over_nobody_can_ask_for_what_is_forgotten_nor_do_it_again(oncall, enqueue):
    with pytest.raises(OnCallError, match="no key is kept"):
        oncall.jobs.find(Wanted(state="done", key="order-7"))
    with pytest.raises(OnCallError, match="nothing can be done to them"):
        oncall.jobs.retry(Wanted(state="done"), oncall.by)
