"""`mailroom dead list`, `reasons` and `show`: what died, of what, and one of them whole."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from mailroom.ops.cli.dead.which import Bot, ChatOnly, Error, Since, wanted
from mailroom.ops.cli.oncall_client import open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson
from mailroom.ops.cli.words import ago, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailroom.storage.redis.dead_letters import Wanted
    from mailroom.supervisors.oncall.dead import Dead
    from mailroom.supervisors.oncall.oncall import OnCall

EXAMPLE_LIST = "\b\nExample:\n  mailroom dead list --bot mybot --error timeout --since 1h"
EXAMPLE_REASONS = "\b\nExample:\n  mailroom dead reasons --since 1h"
EXAMPLE_SHOW = "\b\nExample:\n  mailroom dead show mybot:123:17"
SHOWN_MAX = 10_000
"""With their payloads these are some tens of megabytes; who wants all of them narrows the filter."""
FACTS = (
    "chat",
    "seq",
    "order",
    "kind",
    "queue",
    "key",
    "trace",
    "attempts",
    "epoch",
    "expedited",
    "skipped_by",
)


def dead_list(
    bot: Bot = None,
    chat: ChatOnly = None,
    error: Error = None,
    since: Since = None,
    most: Annotated[
        int, typer.Option("--most", "-n", min=1, max=SHOWN_MAX, help="How many, from the newest back.")
    ] = 50,
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """List dead letters, the newest first.

    Dead letters are messages that failed all their attempts, or were skipped by on-call, and jobs of the
    outbox that failed all theirs: their ids begin with job:, and KIND names the queue and the job.
    """
    from mailroom.ops.cli.tables import print_line

    async def look(oncall: "OnCall", which: "Wanted") -> "tuple[Sequence[Dead], int, str]":
        found = await oncall.dead.find(which, most)
        number = len(found.letters)
        return found.letters, await count(oncall, which) if number == most else number, found.missing

    with open_client(config, data, as_json=as_json) as client:
        which = wanted(bot, chat, error, since)
        letters, total, missing = client.ask(lambda oncall: look(oncall, which))
        client.show(letters, lambda: _print_list(letters, total))
        if missing:
            print_line(f"{missing.removesuffix('.')}.", err=True)


def dead_reasons(
    bot: Bot = None,
    chat: ChatOnly = None,
    error: Error = None,
    since: Since = None,
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """Count dead letters by bot and error, most frequent first."""
    with open_client(config, data, as_json=as_json) as client:
        which = wanted(bot, chat, error, since)
        reasons = client.ask(lambda oncall: oncall.dead.reasons(which))
        client.show(
            [{"bot": name, "error": words, "count": count} for name, words, count in reasons],
            lambda: print_reasons(reasons),
        )


def dead_show(
    id: Annotated[  # noqa: A002 - the name that `--help` shows
        str, typer.Argument(help="As `mailroom dead list` shows it: bot:chat_id:number, or job:number.")
    ],
    config: Config = None,
    data: Data = None,
    *,
    as_json: OnCallJson = False,
) -> None:
    """Show one dead letter whole: its error and the message."""
    with open_client(config, data, as_json=as_json) as client:
        letter = client.ask(lambda oncall: oncall.dead.show(id))
        client.show(letter, lambda: _print_letter(letter))


def kind_of(letter: "Dead") -> str:
    """What died: the kind of a chat's message, or a job with its queue."""
    return f"{letter.queue} {letter.kind}" if letter.id.startswith("job:") else letter.kind


async def count(oncall: "OnCall", which: "Wanted") -> int:
    """How many match."""
    return sum(number for _, _, number in await oncall.dead.reasons(which))


def print_reasons(reasons: "Sequence[tuple[str, str, int]]", *, err: bool = False) -> None:
    """Print the counts, or that there is nothing to count."""
    from mailroom.ops.cli.tables import print_line, print_table

    if not reasons:
        print_line("No dead letter matches.", err=err)
        return
    print_table(
        ("COUNT", "BOT", "ERROR"),
        ((number, name, words) for name, words, number in reasons),
        right=("COUNT",),
        err=err,
    )


def pretty(payload: str) -> str:
    """JSON as people read it; anything else as it is."""
    try:
        indented = json.dumps(json.loads(payload), ensure_ascii=False, indent=2)
        indented.encode()  # half a surrogate pair is left escaped, as it is
    except (ValueError, RecursionError):
        return payload
    return indented


def _print_list(letters: "Sequence[Dead]", total: int) -> None:
    from mailroom.ops.cli.tables import first_line, print_line, print_table

    if not letters:
        print_line("No dead letter matches.")
        return
    print_table(
        ("ID", "DIED", "KIND", "ATTEMPTS", "ERROR"),
        (
            (
                each.id,
                ago(each.died_ms),
                kind_of(each),
                each.attempts,
                f"skipped by {each.skipped_by}" if each.skipped_by else first_line(each.error),
            )
            for each in letters
        ),
        right=("ATTEMPTS",),
    )
    if total > len(letters):
        print_line(f"{len(letters)} of {total}: --most shows more, `mailroom dead reasons` counts them.")


def _print_letter(letter: "Dead") -> None:
    from mailroom.ops.cli.tables import print_line

    print_line(letter.id, "bold")
    facts = {name.replace("_", " "): getattr(letter, name, None) for name in FACTS}
    for name, at_ms in (("accepted", letter.accepted_ms), ("died", letter.died_ms)):
        facts[name] = f"{moment(at_ms)}, {ago(at_ms)}"
    for name, value in facts.items():
        if value not in (None, ""):
            print_line(f"  {name + ':':<12} {value}")
    print_line(f"\n{letter.error}", "red")
    if letter.traceback:
        print_line(letter.traceback.rstrip())
    print_line(f"\n{pretty(letter.payload)}")
