"""The way to everything, and who one is."""

from html import escape

from aiogram.types import User

from mailroom.actors.bots.shop.routes.owner.keyboards import menu as keyboards
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.screens.screen import Screen


def menu(own: OwnerTexts, waiting: int, *, owner: bool) -> Screen:
    """The way to everything; so many customers wait for an answer."""
    commands = f"{own.menu.staff_commands}\n{own.menu.owner_commands}" if owner else own.menu.staff_commands
    return Screen(f"{own.menu.menu}\n\n{commands}", keyboards.menu(own, waiting, owner=owner))


def whoami(own: OwnerTexts, me: User, bot: str, *, owner: bool) -> Screen:
    """Who somebody is to the shop."""
    return Screen(
        own.menu.whoami(
            name=escape(me.full_name),
            user=me.id,
            role=own.menu.role_owner if owner else own.menu.role_staff,
            bot=escape(bot),
        )
    )
