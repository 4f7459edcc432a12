"""What owners see of policies. Pure: the same facts make the same screen."""

from collections.abc import Iterable
from typing import Protocol

from aiogram.filters.callback_data import CallbackData

from mailroom.actors.kit.owners.languages import in_language
from mailroom.actors.kit.owners.texts.policies import PolicyTexts
from mailroom.actors.kit.owners.texts.shared import SharedTexts
from mailroom.actors.kit.policies.callbacks import AskPolicy, DropPolicy, ShowPolicy
from mailroom.actors.kit.policies.policy import Whose
from mailroom.actors.kit.policies.written import POLICY_CHARS_MAX
from mailroom.actors.kit.screens.buttons import button, keyboard
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.texts.language import Language


class Own(Protocol):
    """The texts of a room for its owners, as far as policies go."""

    @property
    def shared(self) -> SharedTexts:
        """Words of every screen."""

    @property
    def policies(self) -> PolicyTexts:
        """Words about policies."""


def policies(own: Own, names: Iterable[str], languages: Iterable[Language], home: CallbackData) -> Screen:
    """Each policy in each language."""
    there = tuple(languages)
    rows = [
        [button(_name(own, name, language), ShowPolicy(policy=name, language=language)) for language in there]
        for name in names
    ]
    return Screen(own.policies.heading, keyboard(*rows, [button(own.shared.button_back, home)]))


def policy(own: Own, name: str, language: Language, whose: Whose, html: str, back: CallbackData) -> Screen:
    """What a policy says, whose words these are, and what can be done about it."""
    write = button(own.policies.button_policy, AskPolicy(policy=name, language=language))
    drop = button(own.policies.button_policy_off, DropPolicy(policy=name, language=language))
    buttons = keyboard([write], [drop] if whose == "owner" else [], [button(own.shared.button_back, back)])
    return Screen(f"{own.policies.whose[whose]}\n\n{html}", buttons)


def ask(own: Own, name: str, language: Language, back: CallbackData) -> Screen:
    """What is it to say?"""
    words = own.policies.ask(name=_name(own, name, language), most=POLICY_CHARS_MAX)
    return Screen(words, keyboard([button(own.shared.button_back, back)]))


def _name(own: Own, name: str, language: Language) -> str:
    """Which text it is: `Terms, in Russian`."""
    words = in_language(own.shared, language)
    return own.policies.in_some(name=own.policies.names.get(name, name), language=words)
