"""What `mailroom chat` shows of a chat, for people."""

from mailroom.ops.cli.tables import print_line, print_table
from mailroom.ops.cli.words import ago, counted, moment, until
from mailroom.supervisors.oncall.reports import ChatReport, Suspension, Waiting

PAYLOAD_CHARS_MAX = 200
"""A line or three of each message; `--json` has more, a dead letter all of it."""
NONE = {"state": "none", "timers": "none", "actor": "not in memory: its next message brings it back"}


def print_chat(report: ChatReport, suspension: Suspension | None) -> None:
    """Print all of it: what holds the chat up first (`suspension` where somebody does), the messages last."""
    print_line(f"{report.chat} (partition {report.partition})", "bold")
    for name, value in _facts(report, suspension):
        print_line(f"  {name + ':':<14}{value}")
    for title, pairs in (
        ("state", report.state),
        ("timers", {name: f"due in {until(at)}, {moment(at)}" for name, at in report.timers.items()}),
        ("actor", report.actor),
    ):
        print_line(f"  {title + ':':<14}{'' if pairs else NONE[title]}")
        for key, item in pairs.items():
            print_line(f"    {key}: {item}")
    if report.waiting:
        print_line("")
        print_table(
            ("SEQ", "UPDATE", "KIND", "WAITS FOR", "ATTEMPTS", "TRACE", "PAYLOAD"),
            (_row(each) for each in report.waiting),
            right=("SEQ", "UPDATE", "WAITS FOR", "ATTEMPTS"),
        )
        if report.depth > len(report.waiting):
            print_line(f"… and {report.depth - len(report.waiting)} more.")


def head_in_words(message: Waiting) -> str:
    """A message in line, in one phrase, for whoever is asked about it."""
    update = "" if message.order is None else f", update {message.order}"
    return (
        f"message {message.seq} ({message.kind}{update}, accepted {ago(message.accepted_ms)},"
        f" {counted(message.attempts, 'attempt')} so far)"
    )


def _facts(report: ChatReport, held: Suspension | None) -> list[tuple[str, str]]:
    head = report.waiting[0] if report.waiting else None
    facts = [
        ("suspended", _suspended(report.suspended, held)),
        ("waiting", counted(report.depth, "message")),
        ("head", head_in_words(head) if head else "nothing waits"),
        ("owner", f"{report.owner}, epoch {report.epoch}" if report.owner else "nobody: no worker runs"),
        ("dead letters", str(report.dead_letters)),
    ]
    if report.parked_until_ms:
        when = f"until {moment(report.parked_until_ms)}, {until(report.parked_until_ms)} from now"
        why = "Telegram asked for a pause, or a failed message is tried again then"
        facts.insert(1, ("parked", f"{when}: {why}"))
    return facts


def _suspended(target: str, held: Suspension | None) -> str:
    if not target:
        return "no"
    if held is None:
        return f"yes, with {target}"
    return (
        f"yes, with {target}: by {held.who} {ago(held.since_ms)}, because: {held.why}"
        f" (`mailroom resume {target}` lets it go on)"
    )


def _row(message: Waiting) -> tuple[object, ...]:
    return (
        f"{message.seq}{'!' if message.expedited else ''}",
        "" if message.order is None else message.order,
        message.kind,
        ago(message.accepted_ms).removesuffix(" ago"),
        message.attempts,
        message.trace,
        message.payload[:PAYLOAD_CHARS_MAX],
    )
