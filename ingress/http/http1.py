"""HTTP/1.1: one connection, its requests one after another.

Every head is read by llhttp, and what is to become of the request is decided at it, before a byte of the body
is asked for. A webhook is answered in the connection's own task, from the parser to the store in one step;
any other request goes to the application (`ordinary.py`), which costs five times as much. Both may follow
each other on one connection, in whatever packets they come.
"""

from contextlib import suppress
from http import HTTPStatus

from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.asyncio.task_group import TaskGroup
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config

from mailroom.ingress.http.body import Body, body_of
from mailroom.ingress.http.head import END, HEAD_BYTES_MAX, Head, may_begin
from mailroom.ingress.http.ordinary import Ordinary
from mailroom.ingress.http.refused import RefusedError
from mailroom.ingress.http.wire import Wire
from mailroom.ingress.telegram.webhook import BODY_BYTES_MAX, PATH, Answer, Webhook, problem

KEEP_ALIVE_SECONDS = 75.0
"""Longer than Telegram keeps an idle connection (60 s), so that we are not the one who closes under its
hands.
"""
HEAD_SECONDS_MAX = 10.0
BODY_SECONDS_MAX = 30.0
"""From the head to the end of the body: a mebibyte at 35 KB/s."""
REFUSALS_MAX = 50
"""Webhooks refused on one connection; whoever is wrong so often may connect again."""

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_WEBHOOKS = PATH.encode()
_REASONS = {status.value: status.phrase for status in HTTPStatus}


class Conversation:
    """Answers what comes over one connection, until it ends."""

    def __init__(
        self, wire: Wire, app: ASGIWrapper, config: Config, context: WorkerContext, webhook: Webhook | None
    ) -> None:
        self._wire = wire
        self._app = app
        self._config = config
        self._context = context
        self._webhook = webhook
        self._ordinary: Ordinary | None = None
        self._refusals = 0

    async def run(self, group: TaskGroup) -> None:
        """Answer requests until the connection ends. The application's tasks are started in `group`."""
        with suppress(ConnectionError):  # the client is gone
            await self._run(group)

    async def _run(self, group: TaskGroup) -> None:
        wire = self._wire
        try:
            while (head := await self._head()) is not None:
                if not await self._request(head, group):
                    await wire.discard()
                    return
        except RefusedError as refused:
            answer = problem(refused.status, str(refused))
            await wire.send(_bytes(answer, close=True))
            await wire.discard()

    async def _head(self) -> Head | None:
        """The next request's head; None where the connection ends first, or we are going down."""
        wire, received = self._wire, self._wire.received
        if self._context.terminated.is_set():
            return None
        wire.wait_for_client(KEEP_ALIVE_SECONDS)
        began, looked_at = False, 0
        while (end := received.find(END, looked_at)) < 0:
            if len(received) > HEAD_BYTES_MAX:
                raise RefusedError(431, f"a head has at most {HEAD_BYTES_MAX} bytes")
            if received and not began:
                began = True
                wire.wait_for_client(HEAD_SECONDS_MAX, "slow_request", _LATE)
            if received.startswith(b"\r\n"):
                del received[:2]  # RFC 9112, 2.2: some clients end a body with one
                looked_at = 0
                continue
            if received and not may_begin(received):
                raise RefusedError(400, "not HTTP: no request begins like this")
            looked_at = max(0, len(received) - len(END) + 1)
            if wire.ended or (not received and self._context.terminated.is_set()):
                return None
            await wire.more()
        end += len(END)
        if end > HEAD_BYTES_MAX:
            raise RefusedError(431, f"a head has at most {HEAD_BYTES_MAX} bytes")
        raw = bytes(received[:end]).removeprefix(b"\r\n")
        del received[:end]
        return Head.read(raw)

    async def _request(self, head: Head, group: TaskGroup) -> bool:
        """Answer one request; False where the connection ends with it."""
        body = body_of(head)
        if self._webhook is not None and head.target.startswith(_WEBHOOKS):
            return await self._take(self._webhook, head, body)
        self._wait_for_body(body)
        if self._ordinary is None:
            self._ordinary = Ordinary(self._wire, self._app, self._config, self._context, group)
        return await self._ordinary.exchange(head, body)

    async def _take(self, webhook: Webhook, head: Head, body: Body) -> bool:
        wire, bot = self._wire, head.path[len(PATH) :]
        refusal = webhook.refuse(head.method, bot, head.secret, head.length or 0)
        if refusal is not None:
            # What has come already costs nothing more; of what is still to come nothing is read.
            self._refusals += 1
            goes_on = body.is_here(wire.received) and self._refusals < REFUSALS_MAX
            if goes_on:
                body.take(wire.received)
            return await self._answer(refusal, head, goes_on=goes_on)
        content = body.take(wire.received)
        if not body.complete:
            content = await self._rest(head, body, content)
        if len(content) > BODY_BYTES_MAX:
            return await self._answer(webhook.too_large(), head, goes_on=False)
        wire.work()
        return await self._answer(await webhook.take(bot, content), head, goes_on=True)

    async def _rest(self, head: Head, body: Body, beginning: bytes) -> bytes:
        """The whole of a body of which not all is here: complete, or too long already."""
        wire, content = self._wire, bytearray(beginning)
        self._wait_for_body(body)
        if head.expects_continue:
            await wire.send(_CONTINUE)
        while not body.complete and len(content) <= BODY_BYTES_MAX:
            if wire.ended:
                raise ConnectionResetError
            await wire.more()
            content += body.take(wire.received)
        return bytes(content)

    async def _answer(self, answer: Answer, head: Head, *, goes_on: bool) -> bool:
        goes_on = goes_on and head.keeps_alive and not self._context.terminated.is_set()
        await self._wire.send(_bytes(answer, close=not goes_on, bodiless=head.method == b"HEAD"))
        return goes_on

    def _wait_for_body(self, body: Body) -> None:
        if body.complete:
            self._wire.work()
        else:
            self._wire.wait_for_client(BODY_SECONDS_MAX, "slow_request", _LATE)


def _bytes(answer: Answer, *, close: bool = False, bodiless: bool = False) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {_REASONS[answer.status]}", f"content-length: {len(answer.body)}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    if close:
        lines.append("connection: close")
    head = "\r\n".join((*lines, "", "")).encode("latin-1")
    return head if bodiless else head + answer.body


_LATE = _bytes(problem(408, "the request did not come to its end in time"), close=True)
