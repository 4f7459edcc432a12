"""A browser is to show notices of a page, or no more. Awaited on the asyncio side."""

from pydantic import BaseModel, ConfigDict, Field

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.ask import Asked
from mailroom.actors.people.push import subscribe, unsubscribe
from mailroom.actors.providers.webpush import EndpointError, Subscription
from mailroom.ingress.pages.caller import Caller, Told


class AskedPush(BaseModel):
    """What `PushSubscription.toJSON()` gives: also what browsers will add to it."""

    model_config = ConfigDict(extra="ignore")
    subscription: Subscription


class AskedNoPush(Asked):
    """The address of a subscription."""

    endpoint: str = Field(max_length=2_000)


async def push_here(caller: Caller, asked: AskedPush) -> Told:
    """Show notices. Raises `Problem`: `no_push` where the page sends none, `bad_subscription`."""
    here, who = caller.here, caller.who
    if here.web_push is None or not here.page.push:
        raise Problem("no_push", "absent")
    try:
        await subscribe(
            here.room.database, here.web_push, here.bot, who.person or "", asked.subscription, who.session
        )
    except EndpointError as error:
        raise Problem("bad_subscription", "bad", fields=[f"subscription: {error}"]) from None
    return Told({})


async def push_no_more(caller: Caller, asked: AskedNoPush) -> Told:
    """Show none; where none were shown none are afterwards."""
    here = caller.here
    await unsubscribe(here.room.database, here.bot, caller.who.person or "", asked.endpoint)
    return Told({})
