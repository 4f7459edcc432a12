"""The shop's language model in a demo and in tests, as a script.

Reading order:

words, shelf     which words mean the same, and which products of a prompt they are about
patterns         how people buy, agree, haggle, ask for prices
texts            the sentences of the script, in Russian and in English
consultant       which tools to call, and what to say of their results; blocks, where those are asked for
chores           the small requests: what a message is about, what a talk was about
lies             what no model should say
"""

from typing import Any

from mailroom.actors.bots.shop.demo.model import chores, consultant, lies, shelf
from mailroom.actors.kit.scripted import Chat, Said


class ShopScript:
    """What the consultant of a shop says, and what it is told to say of others."""

    lies = lies.LIES

    def answer(self, chat: Chat) -> Said:
        """Do a chore, or consult."""
        return chores.answer(chat) if chores.is_one(chat) else consultant.answer(chat)

    def lie(self, kind: str, chat: Chat) -> Said | None:
        """Say what is not so."""
        return lies.said(kind, chat)

    def argument(self, parameter: str, chat: Chat) -> Any:
        """Products are those of the question, or the first of the shelf."""
        if parameter not in ("slug", "slugs"):
            return None
        things = shelf.read(chat.system)
        slugs = [thing.slug for thing in shelf.named(chat.question, things) or things]
        return slugs[:1] if parameter == "slugs" else next(iter(slugs), None)


SCRIPT = ShopScript()
