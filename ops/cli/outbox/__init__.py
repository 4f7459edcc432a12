"""`mailroom outbox`: the jobs that bots left to be done, looked at, run again, mended or thrown away; and
their queues, paused and resumed.
"""

import typer

from mailroom.ops.cli.dead import ListUnlessTold
from mailroom.ops.cli.outbox import bulk, edit, look, queues

app = typer.Typer(cls=ListUnlessTold, add_completion=False, rich_markup_mode=None)
app.command("list", epilog=look.EXAMPLE_LIST)(look.outbox_list)
app.command("show", epilog=look.EXAMPLE_SHOW)(look.outbox_show)
app.command("queues", epilog=queues.EXAMPLE_QUEUES)(queues.outbox_queues)
app.command("retry", epilog=bulk.EXAMPLE_RETRY)(bulk.outbox_retry)
app.command("drop", epilog=bulk.EXAMPLE_DROP)(bulk.outbox_drop)
app.command("edit", epilog=edit.EXAMPLE)(edit.outbox_edit)
app.command("pause", epilog=queues.EXAMPLE_PAUSE)(queues.outbox_pause)
app.command("resume", epilog=queues.EXAMPLE_RESUME)(queues.outbox_resume)


@app.callback()
def outbox() -> None:
    """See to jobs: payments, deliveries, notifications; alone, it lists the newest.

    Jobs are kept in Postgres until they are done. One that failed all its attempts is among the dead letters
    too: `mailroom dead`.
    """
