"""The bare minimum of a webhook on our ingress stack: Quart-Trio on Hypercorn's Trio worker, doing nothing.

`python -m mailroom.ops.bench.echo PORT`. What `accept` is measured against: a service that stores nothing.
"""

import sys

import trio
from hypercorn.config import Config
from hypercorn.trio import serve
from quart import Response, request
from quart_trio import QuartTrio

app = QuartTrio(__name__)


@app.post("/webhook")
async def webhook() -> Response:
    """Read the update and forget it."""
    await request.get_json()
    return Response(b'{"ok":true}', content_type="application/json")


def main() -> None:
    """Serve until killed."""
    config = Config()
    config.bind = [f"127.0.0.1:{sys.argv[1]}"]
    config.accesslog = config.errorlog = None
    config.keep_alive_max_requests = 1_000_000

    async def announce(task_status: "trio.TaskStatus[list[str]]") -> None:
        await serve(app, config, task_status=task_status)

    async def run() -> None:
        async with trio.open_nursery() as nursery:
            await nursery.start(announce)
            sys.stdout.write("ready\n")
            sys.stdout.flush()

    trio.run(run)


if __name__ == "__main__":
    main()
