"""`mailroom outbox retry` and `drop`: jobs by their ids, or all that a filter finds.

What a filter finds is settled before anybody is asked: exactly that is done, and nothing that comes
meanwhile.
"""

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mailroom.ops.cli.consent import confirm, require_one_way
from mailroom.ops.cli.oncall_client import OnCallClient, open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Why, Yes
from mailroom.ops.cli.outbox.which import ChatOnly, Error, Key, Name, Queue, Since, State, wanted
from mailroom.ops.cli.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailroom.storage.postgres.outbox.seen import Wanted
    from mailroom.supervisors.oncall.job_reports import JobReport
    from mailroom.supervisors.oncall.oncall import OnCall
    from mailroom.supervisors.oncall.reports import By, Outcome

Verb = Literal["retry", "drop"]
Ids = Annotated[
    list[str] | None, typer.Argument(help="As `mailroom outbox list` shows them.", show_default=False)
]
All = Annotated[bool, typer.Option("--all", help="Every dead job there is.")]
FLAGS = "--queue, --state, --name, --key, --chat, --error, --since"
QUESTIONS = {"retry": "Run {these} again?", "drop": "Drop {these} for good?"}

EXAMPLE_RETRY = (
    '\b\nExamples:\n  mailroom outbox retry job:123 --why "the address is mended"'
    '\n  mailroom outbox retry --queue mybot.payment --error timeout --since 2h --why "the provider is back"'
)
EXAMPLE_DROP = (
    '\b\nExample:\n  mailroom outbox drop --queue mybot.notification --since 1d --why "sent by hand"'
)


def outbox_retry(
    ids: Ids = None,
    queue: Queue = None,
    state: State = None,
    name: Name = None,
    key: Key = None,
    chat: ChatOnly = None,
    error: Error = None,
    since: Since = None,
    why: Why = None,
    config: Config = None,
    data: Data = None,
    *,
    everything: All = False,
    yes: Yes = False,
    as_json: OnCallJson = False,
) -> None:
    """Run jobs again now, from their first attempt.

    A filter means dead jobs unless --state says others: with `--state retrying` those that would wait longer
    for their next attempt. With a filter or --all it first says what matches, and asks.
    """
    with open_client(config, data, as_json=as_json) as client:
        options = (queue, state, name, key, chat, error, since)
        _bulk(client, "retry", ids, options, why, everything=everything, yes=yes)


def outbox_drop(
    ids: Ids = None,
    queue: Queue = None,
    state: State = None,
    name: Name = None,
    key: Key = None,
    chat: ChatOnly = None,
    error: Error = None,
    since: Since = None,
    why: Why = None,
    config: Config = None,
    data: Data = None,
    *,
    everything: All = False,
    yes: Yes = False,
    as_json: OnCallJson = False,
) -> None:
    """Throw jobs away for good; asks first.

    A filter means dead jobs unless --state says others. One that is running comes to its end, which then
    counts for nothing.
    """
    with open_client(config, data, as_json=as_json) as client:
        options = (queue, state, name, key, chat, error, since)
        _bulk(client, "drop", ids, options, why, everything=everything, yes=yes)


def _bulk(
    client: OnCallClient,
    verb: Verb,
    ids: list[str] | None,
    options: tuple[str | None, ...],
    why: str | None,
    *,
    everything: bool,
    yes: bool,
) -> None:
    require_one_way(verb, ids, options, everything=everything, flags=FLAGS, lister="mailroom outbox list")
    named = list(dict.fromkeys(ids or ()))
    which = wanted(*options) if not ids else None
    by = client.by(why)
    if which is not None:
        found = _settle(client, which)
        if not found:
            from mailroom.supervisors.oncall.reports import Outcome

            client.tell(Outcome("jobs", "No job matches: nothing was done.", done=0))
            return
        if not yes:
            _print_summary(found)
        named = [each.id for each in found]
    if which is not None or verb == "drop":
        confirm(QUESTIONS[verb].format(these=counted(len(named), "job")), yes=yes)
    client.act(lambda oncall: _done(oncall, verb, named, by))


def _settle(client: OnCallClient, which: "Wanted") -> "Sequence[JobReport]":
    """What a filter finds now: the newest, where it is more than one call works through."""
    from mailroom.supervisors.oncall.jobs import JOBS_BULK_MAX

    if which.state is None:
        which = replace(which, state="dead")
    return client.ask(lambda oncall: oncall.jobs.find(which, JOBS_BULK_MAX))


async def _done(oncall: "OnCall", verb: Verb, ids: list[str], by: "By") -> "Outcome":
    return await (oncall.jobs.retry if verb == "retry" else oncall.jobs.drop)(ids, by)


def _print_summary(found: "Sequence[JobReport]") -> None:
    from mailroom.ops.cli.tables import first_line, print_table

    tally = Counter((each.queue, each.name, each.state, first_line(each.error)) for each in found)
    rows = ((number, *of) for of, number in tally.most_common())
    print_table(("COUNT", "QUEUE", "NAME", "STATE", "LAST ERROR"), rows, right=("COUNT",), err=True)
