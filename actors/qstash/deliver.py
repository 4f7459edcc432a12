"""One attempt at a message: a signed call, and what follows from how it went."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.parse import urlsplit

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.qstash.callback import callbacks_of, microseconds, milliseconds
from mailroom.actors.qstash.client.answer import Answer, CallError
from mailroom.actors.qstash.client.client import Client
from mailroom.actors.qstash.config import Config, config_from
from mailroom.actors.qstash.ids import dead_id, message_id
from mailroom.actors.qstash.options import Headers
from mailroom.actors.qstash.signature import Signer
from mailroom.actors.qstash.verdict import Verdict, verdict
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected, Retry, Snoozed
from mailroom.storage.postgres.qstash.ending import Attempt, State
from mailroom.storage.postgres.qstash.publish import CRASHES_MAX
from mailroom.storage.postgres.qstash.stored import Stored

USER_AGENT = "Upstash-QStash"
REGION = "EU-CENTRAL-1"
"""What receivers are told; there is one region."""
BUSY_SECONDS = 2.0
"""How long a message waits, and up to twice as long again, where too many are under way to its host."""
_dead_numbers = count()


class Deliverer:
    """Delivers messages that a claim has read. `signer` is asked each time, for keys are rotated."""

    def __init__(
        self,
        client: Client,
        messages: Mapping[int, Stored],
        signer: Callable[[], Signer],
        *,
        per_host_max: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._messages = messages
        self._signer = signer
        self._per_host_max = per_host_max
        self._under_way: Counter[str] = Counter()
        self._now = now

    async def deliver(self, context: JobContext) -> Outcome:
        """Make the attempt; what is written with its end is left in the context."""
        message = self._messages.get(context.id)
        if message is None:
            return Rejected("the message has no row: it was forgotten before its job was over")
        config, began = config_from(message.config), self._now()
        crashes = context.attempt - 1 - message.retried
        if crashes > CRASHES_MAX:
            died = CallError("unreachable", f"its worker died {crashes} times with it in hand")
            failed = Verdict(State.FAILED, str(died))
            return self._ended(context, message, config, died, failed, began)
        host = urlsplit(message.url).netloc
        if self._under_way[host] >= self._per_host_max:
            wait = BUSY_SECONDS * (1 + 2 * random.random())
            return Snoozed(began + timedelta(seconds=wait), f"{host} has as many as may be under way")
        self._under_way[host] += 1
        try:
            found = await self._call(message, config, began)
        finally:
            self._under_way[host] -= 1
            if not self._under_way[host]:
                del self._under_way[host]
        judged = verdict(found, message.retried, config, self._now())
        return self._ended(context, message, config, found, judged, began)

    async def _call(self, message: Stored, config: Config, now: datetime) -> Answer | CallError:
        signature = self._signer().sign(message.url, message.body, int(now.timestamp()))
        headers = (*_headers(message), ("Upstash-Signature", signature))
        try:
            return await self._client.call(
                message.method, message.url, headers, message.body, config.timeout_seconds
            )
        except CallError as error:
            return error

    def _ended(
        self,
        context: JobContext,
        message: Stored,
        config: Config,
        found: Answer | CallError,
        judged: Verdict,
        began: datetime,
    ) -> Outcome:
        now, failed = self._now(), judged.state is State.FAILED
        dlq_id = dead_id(milliseconds(now), next(_dead_numbers)) if failed else None
        # Where nothing came back, callbacks are told of no status.
        answer = found if isinstance(found, Answer) else Answer(body=str(found).encode())
        context.record = Attempt(
            message_id=message.id,
            ended=judged.state,
            at=began,
            seconds=(now - began).total_seconds(),
            status=answer.status or None,
            error=judged.error,
            headers=answer.headers,
            body=answer.body if isinstance(found, Answer) else b"",
            truncated=answer.truncated,
            next_at=now + timedelta(seconds=judged.after_seconds),
            dlq_id=dlq_id,
            callbacks=callbacks_of(message, config, answer, dlq_id=dlq_id),
        )
        if judged.state is State.DELIVERED:
            return Done()
        error = judged.error or ""
        return Rejected(error) if failed else Retry(error, after_seconds=judged.after_seconds)


def _headers(message: Stored) -> Headers:
    said = {
        "User-Agent": USER_AGENT,
        "Upstash-Message-Id": message_id(message.id, microseconds(message.born)),
        "Upstash-Retried": str(message.retried),
        "Upstash-Topic-Name": message.url_group,
        "Upstash-Schedule-Id": message.schedule,
        "Upstash-Caller-Ip": message.caller,
        "Upstash-Region": REGION,
    }
    ours = {name.lower() for name, value in said.items() if value is not None}
    forwarded = [
        (name, value) for name, value in message.headers if name.lower() not in ours - {"user-agent"}
    ]
    if any(name.lower() == "user-agent" for name, _ in forwarded):
        del said["User-Agent"]
    return (*forwarded, *((name, value) for name, value in said.items() if value is not None))
