"""What the buttons of broadcasts carry."""

from aiogram.filters.callback_data import CallbackData

from mailroom.actors.kit.owners.broadcasts.send import Move
from mailroom.actors.kit.screens.numbers import RowId


class SendDraft(CallbackData, prefix="adms"):
    """Send the draft that was previewed above this button, to all or to those of a language."""

    draft: str
    to: str | None


class DropDraft(CallbackData, prefix="admsx"):
    """Send nothing."""


class ShowBroadcast(CallbackData, prefix="admb"):
    """How far a broadcast has come."""

    broadcast: RowId


class MoveBroadcast(CallbackData, prefix="admbm"):
    """Pause a broadcast, let it go on, or end it."""

    broadcast: RowId
    to: Move
