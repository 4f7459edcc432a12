"""The shop as one aiogram router.

Its handlers ask by name for what `Room.offered` names, and for `turn`, the message being handled
(see `kit/turn.py`).
"""

from aiogram import Router

from mailroom.actors.bots.shop.erasure import ERASURE
from mailroom.actors.bots.shop.policies import POLICIES
from mailroom.actors.bots.shop.remember import Remember
from mailroom.actors.bots.shop.routes import (
    basket,
    browse,
    buy,
    complaints,
    confirm,
    events,
    fallback,
    form,
    friends,
    history,
    menu,
    owner,
    pay,
    promo,
    settings,
    talk,
)
from mailroom.actors.kit.erasure.dialogue import erasure_router
from mailroom.actors.kit.policies.policy import policies_router
from mailroom.actors.kit.screens.private import in_private
from mailroom.actors.kit.screens.shown import keep_shown


def build() -> Router:
    """Make a fresh router: aiogram attaches each router to one parent only."""
    private = Router(name="shop.private")
    private.message.filter(in_private)
    private.callback_query.filter(in_private)
    # Those who work here first; the steps of a promo code and of a complaint, which leave commands to the
    # others; then commands, then the form, which takes any text, then the consultant, who takes what is left.
    private.include_routers(
        owner.build(),
        promo.build(),
        complaints.build(),
        menu.build(),
        browse.build(),
        basket.build(),
        history.build(),
        friends.build(),
        settings.build(),
        policies_router("shop.policies", *POLICIES),
        erasure_router("shop.erasure", ERASURE),
        buy.build(),
        pay.build(),
        form.build(),
        confirm.build(),
        talk.build(),
        fallback.build(),
    )
    shop = Router(name="shop")
    shop.message.outer_middleware(complaints.LeftLong())
    for observer in (shop.message, shop.callback_query):
        observer.middleware(Remember())
        observer.middleware(keep_shown)
    shop.include_routers(private, events.build(), fallback.build_for_groups())
    return shop
