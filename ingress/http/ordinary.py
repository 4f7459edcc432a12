"""Requests for the application, one at a time: Hypercorn's HTTP/1.1 makes of each a call of the application,
and of what that says an answer.

It is given every request as we understood it, so the two readings cannot differ: the head written anew, a
body in chunks in as few as it came in pieces, and nothing of the request after it.
"""

from hypercorn.config import Config
from hypercorn.events import Closed, Event, RawData, Updated
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.typing import AppWrapper, ConnectionState, TaskGroup, WorkerContext

from mailroom.actors.pages.ask import UPLOAD_BYTES_MAX
from mailroom.ingress.http.body import Body
from mailroom.ingress.http.head import Head
from mailroom.ingress.http.refused import RefusedError
from mailroom.ingress.http.wire import Wire

BYTES_IN_TIME = 256 * 1024
"""Whoever sends so much of a long body in the time for a short one has as long again."""
_CONTINUE = b"HTTP/1.1 100"


class Ordinary:
    """The application's end of one connection."""

    def __init__(
        self, wire: Wire, app: AppWrapper, config: Config, context: WorkerContext, group: TaskGroup
    ) -> None:
        self._wire = wire
        self._h11 = H11Protocol(
            app, config, context, group, ConnectionState({}), False, wire.peer, wire.own, self._said
        )
        self._over = True
        self._goes_on = True
        self._began_answer = False

    async def exchange(self, head: Head, body: Body) -> bool:
        """Have one request answered; False where the connection ends with it. Raises `RefusedError` for a
        body that is none, if that can still be said.
        """
        self._over, self._began_answer = False, False
        try:
            await self._h11.handle(RawData(head.plain()))
            await self._pass_on(head, body)
        except RefusedError:
            began = self._began_answer
            await self._abandon()
            if began:
                return False
            raise
        return self._goes_on and body.complete

    async def _pass_on(self, head: Head, body: Body) -> None:
        wire, passed, due, open_ended = self._wire, 0, BYTES_IN_TIME, head.chunked
        while not self._over:
            # Beyond the limit nothing more is read: the application refuses what it has.
            if not body.complete and passed <= UPLOAD_BYTES_MAX and (piece := body.take(wire.received)):
                passed += len(piece)
                if passed >= due:
                    due = passed + BYTES_IN_TIME
                    wire.goes_on()
                await self._h11.handle(RawData(_chunk(piece) if head.chunked else piece))
                continue
            if body.complete:
                wire.work()
            if body.complete and open_ended:
                open_ended = False
                await self._h11.handle(RawData(b"0\r\n\r\n"))
                continue
            if wire.ended:
                await self._abandon()
                return
            await wire.more()

    async def _abandon(self) -> None:
        self._over, self._goes_on = True, False
        await self._h11.handle(Closed())

    async def _said(self, event: Event) -> None:
        """Hypercorn has bytes for the client, or is done with a request."""
        if self._over:
            return  # the client is gone, and the application has not noticed yet
        if isinstance(event, RawData):
            self._began_answer = self._began_answer or not event.data.startswith(_CONTINUE)
            try:
                await self._wire.send(event.data)
            except ConnectionError:
                self._wire.wake()
        elif isinstance(event, Closed) or (isinstance(event, Updated) and event.idle):
            self._over = True
            self._goes_on = isinstance(event, Updated)
            self._wire.wake()


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(piece), piece)
