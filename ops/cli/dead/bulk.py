"""`mailroom dead requeue` and `drop`: dead letters by their ids, or all that a filter finds."""

from typing import Annotated

import typer

from mailroom.ops.cli.consent import confirm, require_one_way
from mailroom.ops.cli.dead.which import Bot, ChatOnly, Error, Since, wanted
from mailroom.ops.cli.dead.work import Verb, ask_about, settle, work_through
from mailroom.ops.cli.oncall_client import OnCallClient, open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Why, Yes
from mailroom.ops.cli.words import counted

Ids = Annotated[
    list[str] | None, typer.Argument(help="As `mailroom dead list` shows them.", show_default=False)
]
All = Annotated[bool, typer.Option("--all", help="Every dead letter there is.")]

FLAGS = "--bot, --chat, --error, --since"

EXAMPLE_REQUEUE = (
    '\b\nExamples:\n  mailroom dead requeue mybot:123:17 --why "the price list is back"'
    '\n  mailroom dead requeue --bot mybot --error timeout --since 2h --why "supplier was down"'
)
EXAMPLE_DROP = '\b\nExample:\n  mailroom dead drop --error "chat not found" --why "left the bot long ago"'


def dead_requeue(
    ids: Ids = None,
    bot: Bot = None,
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
    """Put dead letters back in line, to be tried anew.

    They come to their old place in order, and replies that went out before are not repeated. With a filter or
    --all it first says what matches, and asks.
    """
    with open_client(config, data, as_json=as_json) as client:
        _bulk(client, "requeue", ids, (bot, chat, error, since), everything, why, yes=yes)


def dead_drop(
    ids: Ids = None,
    bot: Bot = None,
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
    """Delete dead letters for good; asks first."""
    with open_client(config, data, as_json=as_json) as client:
        _bulk(client, "drop", ids, (bot, chat, error, since), everything, why, yes=yes)


def _bulk(
    client: OnCallClient,
    verb: Verb,
    ids: list[str] | None,
    options: tuple[str | None, str | None, str | None, str | None],
    everything: bool,
    why: str | None,
    *,
    yes: bool,
) -> None:
    require_one_way(verb, ids, options, everything=everything, flags=FLAGS, lister="mailroom dead list")
    if ids:
        by = client.by(why)
        named = list(dict.fromkeys(ids))
        if verb == "drop":
            confirm(f"Drop {counted(len(named), 'dead letter')} for good?", yes=yes)
        work_through(client, verb, named, by)
        return
    which = wanted(*options)
    by = client.by(why)
    found = settle(client, which)
    if not found.ids:
        from mailroom.supervisors.oncall.reports import Outcome

        client.tell(Outcome("dead letters", "No dead letter matches: nothing was done.", done=0))
        return
    ask_about(verb, found, yes=yes)
    work_through(client, verb, found.ids, by, more=found.more)
