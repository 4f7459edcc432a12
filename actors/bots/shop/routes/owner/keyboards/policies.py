"""Which of the policies, and what can be done about it."""

from aiogram.types import InlineKeyboardMarkup

from mailroom.actors.bots.shop.policies import POLICIES, Policy
from mailroom.actors.bots.shop.routes.owner.callbacks import AdminPlace, AskPolicy, DropPolicy, ShowPolicy
from mailroom.actors.bots.shop.routes.owner.keyboards.parts import goto
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.owners.languages import in_language
from mailroom.actors.kit.screens.buttons import button, keyboard
from mailroom.actors.texts.language import Language


def policies(own: OwnerTexts) -> InlineKeyboardMarkup:
    """Each policy in each language."""
    rows = [
        [
            button(policy_name(own, name, language), ShowPolicy(policy=name, language=language))
            for language in TEXTS.languages
        ]
        for name in POLICIES
    ]
    return keyboard(*rows, [goto(own.shared.button_back, AdminPlace.HOME)])


def policy(own: OwnerTexts, name: Policy, language: Language, *, written: bool) -> InlineKeyboardMarkup:
    """What can be done about a policy."""
    return keyboard(
        [button(own.policies.button_policy, AskPolicy(policy=name, language=language))],
        [button(own.policies.button_policy_off, DropPolicy(policy=name, language=language))]
        if written
        else [],
        [goto(own.shared.button_back, AdminPlace.POLICIES)],
    )


def policy_name(own: OwnerTexts, name: Policy, language: Language) -> str:
    """Which text it is: `Terms, in Russian`."""
    words = in_language(own.shared, language)
    return own.policies.in_some(name=own.policies.names[name], language=words)
