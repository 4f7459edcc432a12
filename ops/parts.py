"""The parts of a process, for the roles it has; where they stand is said in `supervisors/tree.py`."""

from functools import partial

from mailroom.ops.brought import measures
from mailroom.ops.front import Front
from mailroom.ops.job_parts import job_parts
from mailroom.ops.metrics_port import metrics_port
from mailroom.ops.oversight import Oversight
from mailroom.ops.process import Process
from mailroom.supervisors import gauges
from mailroom.supervisors.bots import bot_life
from mailroom.supervisors.holding import Holding
from mailroom.supervisors.oncall.listener import Listener
from mailroom.supervisors.otp.child import Start
from mailroom.supervisors.takeover import Takeover
from mailroom.supervisors.tree import Chats, Parts


def parts_of_process(process: Process, oversight: Oversight, front: Front | None) -> Parts:
    """All of them. `front` is there in a process that listens."""
    settings, stores, bots = process.settings, process.stores, process.bots
    port, holding = settings.metrics_port, Holding(stores.line)
    return Parts(
        postgres=stores.postgres,
        redis=stores.redis,
        pair=oversight.guard.live,
        oncall=Listener(stores.redis_url, stores.line, oversight.node).serve_orders,
        gauges=partial(
            gauges.watch,
            line=stores.line,
            database=stores.database,
            bots=list(bots),
            tally=oversight.tree.by_state,
            measures=measures(settings, process.services),
        ),
        listener=front.listen if front else None,
        metrics=None if front or port is None else metrics_port(settings.host, port),
        chats=_chats(process) if process.working else None,
        jobs=job_parts(process) if process.working else {},
        holds={name: partial(holding.live, bot=bot) for name, bot in bots.items()} if process.working else {},
        telegram=_lines(process, front) if front else {},
    )


def _chats(process: Process) -> Chats:
    stores, chat_worker, bots = process.stores, process.chat_worker, process.bots
    takeover = Takeover(stores.mailboxes, stores.line, stores.redis_url)
    return Chats(
        lease=chat_worker.lease,
        bots={
            name: bot_life(bot, bots, chat_worker, process.parking, takeover) for name, bot in bots.items()
        },
        actors=chat_worker.actors,
        sweep=chat_worker.sweep,
        timers=chat_worker.timers,
        arrivals=partial(chat_worker.arrivals, redis_url=stores.redis_url),
    )


def _lines(process: Process, front: Front) -> dict[str, Start]:
    """The lines to Telegram of the bots that have one of ours."""
    line = front.line if process.settings.reachable else front.polled_line
    return {name: line(bot) for name, bot in process.bots.items() if not bot.fed_by_script}
