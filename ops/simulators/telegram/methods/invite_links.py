"""Links by which people are asked into a group: made, changed, taken back."""

from mailroom.ops.simulators.telegram.arguments import flag, integer, structure, text
from mailroom.ops.simulators.telegram.chats import Chat, Json
from mailroom.ops.simulators.telegram.errors import bad_request

from .call import Call, method, target_chat

NAME_CHARS_MAX = 32
MEMBERS_MAX = 99_999
SUBSCRIPTION_SECONDS = 2_592_000


@method("createChatInviteLink")
def create_chat_invite_link(call: Call) -> Json:
    """A link of the bot's own."""
    chat = _group(call)
    return _kept(call, chat, f"https://t.me/+sim{call.simulation.new_id()}", _settings(call))


@method("createChatSubscriptionInviteLink")
def create_subscription_link(call: Call) -> Json:
    """A link to a channel that costs stars a month."""
    chat = _group(call)
    period = integer(call.args, "subscription_period", 0)
    if period != SUBSCRIPTION_SECONDS:
        raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
    costs = {"subscription_period": period, "subscription_price": integer(call.args, "subscription_price")}
    return _kept(call, chat, f"https://t.me/+sim{call.simulation.new_id()}", _settings(call) | costs)


@method("editChatInviteLink", "editChatSubscriptionInviteLink")
def edit_chat_invite_link(call: Call) -> Json:
    """Give a link other settings; what is left out goes back to what it is by itself."""
    chat = _group(call)
    link = _known(call, chat)
    kept = {name: link[name] for name in ("subscription_period", "subscription_price") if name in link}
    return _kept(call, chat, link["invite_link"], _settings(call) | kept)


@method("revokeChatInviteLink")
def revoke_chat_invite_link(call: Call) -> Json:
    """Nobody gets in by it any more."""
    chat = _group(call)
    link = _known(call, chat)
    link["is_revoked"] = True
    return link


@method("exportChatInviteLink")
def export_chat_invite_link(call: Call) -> str:
    """A new primary link, as a bare address; the one before it is revoked."""
    chat = _group(call)
    for link in chat.links.values():
        if link["is_primary"]:
            link.update(is_primary=False, is_revoked=True)
    made = _kept(call, chat, f"https://t.me/+sim{call.simulation.new_id()}", {"is_primary": True})
    return str(made["invite_link"])


def _group(call: Call) -> Chat:
    chat = target_chat(call)
    if not chat.is_group:
        raise bad_request("can't create invite links for the private chat")
    return chat


def _known(call: Call, chat: Chat) -> Json:
    given = structure(call.args, "invite_link") if text(call.args, "invite_link").startswith("{") else None
    address = given["invite_link"] if isinstance(given, dict) else text(call.args, "invite_link")
    link = chat.links.get(address)
    if link is None:
        raise bad_request("INVITE_HASH_EXPIRED")
    return link


def _settings(call: Call) -> Json:
    limit, expires_at = integer(call.args, "member_limit", 0), integer(call.args, "expire_date", 0)
    name, asks = text(call.args, "name"), flag(call.args, "creates_join_request")
    if len(name) > NAME_CHARS_MAX:
        raise bad_request("invite link name is too long")
    if limit and asks:
        raise bad_request("member limit can't be specified for links requiring administrator approval")
    if not 0 <= limit <= MEMBERS_MAX:
        raise bad_request("USAGE_LIMIT_INVALID")
    given: Json = {"creates_join_request": asks}
    given |= {"name": name} if name else {}
    given |= {"member_limit": limit} if limit else {}
    return given | ({"expire_date": expires_at} if expires_at else {})


def _kept(call: Call, chat: Chat, address: str, settings: Json) -> Json:
    link = {
        "invite_link": address,
        "creator": call.bot.me,
        "creates_join_request": False,
        "is_primary": False,
        "is_revoked": False,
        **settings,
    }
    chat.links[address] = link
    while len(chat.links) > MEMBERS_MAX:
        del chat.links[next(iter(chat.links))]
    return link
