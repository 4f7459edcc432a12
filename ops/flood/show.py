"""What people see of a load test: a bar while it runs, a table when it is over."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from mailroom.ops.flood.plan import Plan
from mailroom.ops.flood.sender import Sent
from mailroom.ops.flood.target import Target
from mailroom.ops.flood.verdict import Verdict

NOT_SEEN = "not observable"
ROWS = {
    "accepted": "accepted",
    "duplicates": "duplicates (accepted once)",
    "refused": "refused (429 or 503, offered again)",
    "errors": "errors",
    "not_accepted": "given up",
    "accepted_per_second": "accepted a second",
    "replies": "replies",
    "lost": "lost (accepted, never answered)",
    "doubled": "answered twice",
    "out_of_order": "out of order",
    "miscounted": "counted wrong",
    "ack_p50_ms": "ack p50 ms",
    "ack_p99_ms": "ack p99 ms",
    "reply_p50_ms": "reply p50 ms",
    "reply_p99_ms": "reply p99 ms",
}
WRONG_ABOVE_ZERO = frozenset({"lost", "out_of_order", "miscounted", "not_accepted"})


def summary(
    plan: Plan, target: Target, sent: Sent, verdict: Verdict | None, trouble: str | None
) -> dict[str, Any]:
    """The result as it is reported; None is what could not be seen."""
    acks = [message.ack_seconds for message in sent.messages if message.accepted]
    replies = verdict.reply_seconds if verdict else []
    given_up = len(sent.messages) - sent.accepted
    return {
        "bot": target.bot,
        "webhook": target.webhook,
        "chats": plan.chats,
        "messages": len(sent.messages),
        "connections": plan.connections,
        "seconds": round(sent.seconds, 2),
        "accepted": sent.accepted,
        "duplicates": sent.duplicates,
        "refused": sent.refused,
        "errors": sent.errors,
        "not_accepted": given_up,
        "accepted_per_second": round(sent.accepted / max(sent.seconds, 0.001), 1),
        "expect": verdict.expect.value if verdict else None,
        "replies": verdict.replies if verdict else None,
        "lost": verdict.lost if verdict else None,
        "doubled": verdict.doubled if verdict else None,
        "out_of_order": verdict.out_of_order if verdict else None,
        "miscounted": verdict.miscounted if verdict else None,
        "ack_p50_ms": milliseconds(acks, 0.5),
        "ack_p99_ms": milliseconds(acks, 0.99),
        "reply_p50_ms": milliseconds(replies, 0.5),
        "reply_p99_ms": milliseconds(replies, 0.99),
        "remarks": [text for text in (target.remark, trouble, sent.error) if text],
        # Without retries a refusal is an answer; with them a message that never got in is a failure.
        "good": (verdict is None or verdict.good) and not (plan.retry and given_up),
    }


def show(report: Mapping[str, Any], console: Console) -> None:
    """The report as a table, what is wrong in red."""
    title = (
        f"{report['messages']} messages to {report['bot']} in {report['chats']} chats over"
        f" {report['connections']} connections, {report['seconds']} s"
    )
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column("what")
    table.add_column("how many", justify="right")
    for name, words in ROWS.items():
        value = report[name]
        wrong = name in WRONG_ABOVE_ZERO and bool(value)
        table.add_row(words, NOT_SEEN if value is None else str(value), style="red" if wrong else None)
    console.print(table)
    for remark in report["remarks"]:
        console.print(remark, markup=False)
    if report["good"]:
        seen = report["replies"] is not None
        words = "Nothing lost, nothing out of order." if seen else "All was accepted."
        if seen and report["out_of_order"] is None:
            words = (
                "Nothing lost; this bot's replies do not tell their order"
                " (those of mailroom.ops.flood.counter do)."
            )
        console.print(words, style="green")
    else:
        console.print("Something is wrong: see the red lines.", style="red")


def progress_bar(console: Console) -> Progress:
    """How far it is; on a terminal only."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}  {task.fields[facts]}"),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


def milliseconds(seconds: Sequence[float], share: float) -> float | None:
    """The value below which this share of all lies, in milliseconds; None of nothing."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 1)
