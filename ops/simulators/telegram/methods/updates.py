"""Choosing how updates come: webhook or polling."""

from collections.abc import Coroutine
from typing import Any

from mailroom.ops.simulators.telegram.arguments import flag, integer, structure, text
from mailroom.ops.simulators.telegram.chats import Json
from mailroom.ops.simulators.telegram.errors import bad_request

from .call import Call, method


def _allowed(call: Call) -> list[str] | None:
    names = structure(call.args, "allowed_updates")
    if names is None:
        return None
    if not isinstance(names, list):
        raise bad_request("can't parse allowed_updates: expected an Array of String")
    return [str(name) for name in names]


@method("setWebhook")
def set_webhook(call: Call) -> bool:
    """Have updates sent to an address; an empty one means none."""
    call.description = call.bot.inbound.set_webhook(
        text(call.args, "url"),
        secret=text(call.args, "secret_token"),
        max_connections=integer(call.args, "max_connections", 0),
        allowed=_allowed(call),
        drop_pending=flag(call.args, "drop_pending_updates"),
    )
    return True


@method("deleteWebhook")
def delete_webhook(call: Call) -> bool:
    """Have updates wait for getUpdates."""
    call.description = call.bot.inbound.set_webhook(
        "", allowed=None, drop_pending=flag(call.args, "drop_pending_updates")
    )
    return True


@method("getWebhookInfo")
def get_webhook_info(call: Call) -> Json:
    """The only view a bot has of its own queue."""
    return call.bot.inbound.info()


@method("getUpdates")
def get_updates(call: Call) -> Coroutine[Any, Any, list[bytes]]:
    """Confirm and fetch; the one method that may wait."""
    limit = integer(call.args, "limit", 100)
    call.bot.inbound.allow(_allowed(call))
    return call.bot.inbound.get_updates(
        integer(call.args, "offset", 0), limit if 1 <= limit <= 100 else 100, integer(call.args, "timeout", 0)
    )
