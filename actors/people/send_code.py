"""The job that sends a code: while the code is good, and by whoever takes the address."""

from collections.abc import Sequence

from prometheus_client import Counter
from structlog import get_logger

from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.notify import NOTIFICATION
from mailroom.actors.metrics import child
from mailroom.actors.people.address import hinted
from mailroom.actors.people.code import SEND_CODE, Codes, SendCode, sender_for
from mailroom.actors.providers.codes import (
    AddressRefusedError,
    CodeSender,
    SenderAwayError,
    SenderRefusedError,
)
from mailroom.storage.postgres.codes import seconds_left
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected, Retry

log = get_logger("mailroom.people")

SENT = Counter(
    "mailroom_codes_total", "One-time codes that were to be sent, by outcome", ["sender", "outcome"]
)


def code_handlers(bot: str, codes: Codes, senders: Sequence[CodeSender]) -> Handlers:
    """The job of sending codes, to be included into those of a bot's queue."""
    handlers = Handlers(NOTIFICATION, bot)

    @handlers.job(SEND_CODE)
    async def send_code(wanted: SendCode, context: JobContext) -> Outcome:
        code = codes.unseal(wanted)
        digest = codes.at(wanted.door).digest(wanted.bot, wanted.address, code)
        where = hinted(wanted.address)
        if not await seconds_left(context.database, wanted.bot, wanted.door, wanted.address, digest):
            # Replaced by a newer one, used, or over: what comes now would only be taken for the right one.
            child(SENT, "", "late").inc()
            return Done()
        sender = sender_for(senders, wanted.address)
        if sender is None:
            return Rejected(f"nobody here sends codes to {where}: configure an account that does")
        try:
            await sender.send(
                wanted.address,
                code,
                language=wanted.language,
                title=wanted.title,
                key=context.idempotency_key,
            )
        except AddressRefusedError as error:
            # People mistype their address every day: nothing for on-call.
            child(SENT, sender.name, "no_such_address").inc()
            log.info("code_not_taken", sender=sender.name, to=where, why=str(error))
            return Done()
        except SenderRefusedError as error:
            child(SENT, sender.name, "refused").inc()
            return Rejected(str(error))
        except SenderAwayError as error:
            child(SENT, sender.name, "away").inc()
            return Retry(str(error), after_seconds=error.retry_after)
        child(SENT, sender.name, "sent").inc()
        return Done()

    return handlers
