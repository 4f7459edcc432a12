"""`mailroom flood`: carry out a plan, with a bar while it runs and a table at the end."""

import asyncio
import json
import random
import sys
from dataclasses import replace
from typing import Any

import aiohttp
import uvloop
from rich.console import Console

from mailroom.ops.flood.plan import CONNECTIONS_MAX, MESSAGES_MAX, Expect, Plan
from mailroom.ops.flood.sender import Sender, Sent
from mailroom.ops.flood.show import progress_bar, show, summary
from mailroom.ops.flood.stream import messages, with_duplicates
from mailroom.ops.flood.target import CannotFloodError, find_target
from mailroom.ops.flood.verdict import judge
from mailroom.ops.flood.watcher import Watcher

LOOK_SECONDS = 0.1


def run_flood(plan: Plan, *, as_json: bool = False) -> int:
    """Returns 0 when all is well, 1 when something was lost, miscounted or out of order, 2 when the
    test could not be made.
    """
    console = Console(stderr=True)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            report = runner.run(_flood(_checked(plan), console))
    except CannotFloodError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    if as_json:
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    else:
        show(report, Console())
    return 0 if report["good"] else 1


async def _flood(plan: Plan, console: Console) -> dict[str, Any]:
    connector = aiohttp.TCPConnector(limit=plan.connections + 2)
    async with aiohttp.ClientSession(connector=connector) as session:
        target = await find_target(plan, session)
        sender = Sender(plan, target, session)
        chat_ids = range(target.first_chat_id, target.first_chat_id + plan.chats)
        stream = with_duplicates(
            messages(plan, target.first_update_id, target.first_chat_id), plan.duplicates, random.Random()
        )
        async with Watcher(session, target.simulator, chat_ids) as watcher:
            showing = asyncio.create_task(_show_progress(plan, sender.sent, watcher, console))
            try:
                await sender.send(stream)
                await watcher.wait_for(sender.sent.accepted, plan.settle_seconds)
            except* CannotFloodError as group:
                raise CannotFloodError(str(group.exceptions[0])) from None
            finally:
                showing.cancel()
    verdict = None
    if target.simulator is not None:
        verdict = judge(sender.sent.messages, watcher.replies, plan.expect)
    trouble = watcher.trouble
    if watcher.missed:
        trouble = f"the simulator forgot {watcher.missed} calls before they were read: replies may be missing"
    return summary(plan, target, sender.sent, verdict, trouble)


async def _show_progress(plan: Plan, sent: Sent, watcher: Watcher, console: Console) -> None:
    with progress_bar(console) as bar:
        task = bar.add_task("flood", total=plan.messages, facts="")
        while True:
            accepted = sent.accepted
            facts = f"refused {sent.refused}  errors {sent.errors}  replies {len(watcher.replies)}"
            bar.update(task, completed=accepted, facts=facts)
            await asyncio.sleep(LOOK_SECONDS)


def _checked(plan: Plan) -> Plan:
    """The plan within its limits. Raises `CannotFloodError` where it makes no sense."""
    repeats = "{n}" not in plan.text and plan.messages > plan.chats
    if repeats and plan.expect in (Expect.ECHO, Expect.COUNTER):
        raise CannotFloodError(
            f"--expect {plan.expect} needs {{n}} in --text: equal messages cannot be told apart"
        )
    for name, most in (("messages", MESSAGES_MAX), ("connections", CONNECTIONS_MAX)):
        if not 1 <= getattr(plan, name) <= most:
            raise CannotFloodError(f"--{name} must be between 1 and {most}")
    return replace(plan, chats=min(plan.chats, plan.messages))
