"""Metrics of a process that listens on nothing else: a worker's, on a port of their own."""

import trio
from prometheus_client import start_http_server

from mailroom.supervisors.otp.child import Life, Start


def metrics_port(host: str, port: int) -> Start:
    """The life of that small server; it answers from a thread of its own."""

    async def live(life: Life) -> None:
        server, _ = start_http_server(port, host)
        life.details = lambda: {"port": server.server_port}
        life.started()
        try:
            await trio.sleep_forever()
        finally:
            with trio.CancelScope(shield=True):
                await trio.to_thread.run_sync(server.shutdown)
            server.server_close()

    return live
