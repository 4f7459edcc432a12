"""What the buttons carry by which an owner writes policies."""

from aiogram.filters.callback_data import CallbackData

from mailroom.actors.texts.language import Language


class ShowPolicy(CallbackData, prefix="admt"):
    """What a policy says in a language, and whose words these are."""

    policy: str
    language: Language


class AskPolicy(CallbackData, prefix="admta"):
    """Ask for its text."""

    policy: str
    language: Language


class DropPolicy(CallbackData, prefix="admtx"):
    """Have the usual words again."""

    policy: str
    language: Language
