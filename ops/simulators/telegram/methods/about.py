"""Asking about the bot, chats, members and files; and what a bot says about itself."""

from mailroom.ops.simulators.telegram.arguments import flag, integer, structure, text
from mailroom.ops.simulators.telegram.chats import Json
from mailroom.ops.simulators.telegram.errors import bad_request

from .call import Call, language, method, target_chat
from .rights import CHANNEL_RIGHTS, GROUP_RIGHTS, PERMISSIONS, RIGHTS


@method("getMe")
def get_me(call: Call) -> Json:
    """Who the token is."""
    return {
        **call.bot.me,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
    }


@method("getChat")
def get_chat(call: Call) -> Json:
    """A chat in full."""
    chat = target_chat(call)
    full: Json = {**chat.info, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _GIFTS}
    if chat.is_group:
        full["permissions"] = dict.fromkeys(PERMISSIONS, True)
        primary = [link["invite_link"] for link in chat.links.values() if link["is_primary"]]
        full |= {"invite_link": primary[-1]} if primary else {}
    full |= {name: value for name, value in chat.about.items() if value}
    if chat.pinned in chat.messages:
        full["pinned_message"] = chat.messages[chat.pinned]
    return full


_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


@method("getChatMember")
def get_chat_member(call: Call) -> Json:
    """What a user is in a chat: what the bot made of them, or a member like everybody that is known."""
    chat = target_chat(call)
    user_id = integer(call.args, "user_id")
    if user_id == call.bot.id:
        return {"user": call.bot.me, "status": "member"}
    if user_id in chat.standings:
        return chat.standings[user_id]
    user = chat.members.get(user_id)
    if user is None:
        if not chat.is_group:
            raise bad_request("member not found")
        return {"user": call.bot.book.user(user_id), "status": "left"}
    return {"user": user, "status": "member"}


@method("getChatAdministrators")
def get_chat_administrators(call: Call) -> list[Json]:
    """Those whom the bot has promoted; nobody else administers a simulated group."""
    chat = target_chat(call)
    if not chat.is_group:
        raise bad_request("there are no administrators in the private chat")
    return [one for one in chat.standings.values() if one["status"] == "administrator"]


@method("getChatMemberCount")
def get_chat_member_count(call: Call) -> int:
    """Everybody seen, and the bot."""
    return len(target_chat(call).members) + 1


@method("getUserProfilePhotos")
def get_user_profile_photos(_call: Call) -> Json:
    """Simulated people have no faces."""
    return {"total_count": 0, "photos": []}


@method("getFile")
def get_file(call: Call) -> Json:
    """Where to download a file."""
    return call.simulation.files.described(text(call.args, "file_id"))


_SPOKEN = {
    "Name": ("name", 64),
    "Description": ("description", 512),
    "ShortDescription": ("short_description", 120),
}
"""Method's ending to argument and how many characters it may have."""


def _about(name: str, field: str, chars_max: int) -> None:
    @method(f"setMy{name}")
    def change(call: Call) -> bool:
        said = text(call.args, field)
        if len(said) > chars_max:
            raise bad_request(f"bot {field.replace('_', ' ')} is too long")
        key = f"{field}/{language(call)}"
        if said:
            call.bot.settings[key] = said
        else:
            call.bot.settings.pop(key, None)
        return True

    @method(f"getMy{name}")
    def read(call: Call) -> Json:
        """In this language, or else in none; a bot without a name of its own has its first one."""
        default = call.bot.me["first_name"] if field == "name" else ""
        settings = call.bot.settings
        return {field: settings.get(f"{field}/{language(call)}") or settings.get(f"{field}/", default)}


for _name, (_field, _chars_max) in _SPOKEN.items():
    _about(_name, _field, _chars_max)


def _rights(given: Json, *, channel: bool) -> Json:
    names = (*RIGHTS, *(CHANNEL_RIGHTS if channel else GROUP_RIGHTS))
    rights = {name: bool(given.get(name)) for name in names}
    if channel:
        rights["is_anonymous"] = False
    return rights


@method("setMyDefaultAdministratorRights")
def set_rights(call: Call) -> bool:
    """What a bot asks for where it is added as an administrator; nobody grants rights here."""
    rights = structure(call.args, "rights")
    call.bot.settings[f"rights/{flag(call.args, 'for_channels')}"] = (
        rights if isinstance(rights, dict) else {}
    )
    return True


@method("getMyDefaultAdministratorRights")
def get_rights(call: Call) -> Json:
    """What it asks for, in groups or in channels."""
    channel = flag(call.args, "for_channels")
    return _rights(call.bot.settings.get(f"rights/{channel}", {}), channel=channel)


@method("getStickerSet")
def get_sticker_set(_call: Call) -> Json:
    """There are no sticker sets."""
    raise bad_request("STICKERSET_INVALID")


@method("getMyStarBalance")
def get_star_balance(call: Call) -> Json:
    """Stars received and not given back."""
    paid = (payment for payment in call.bot.payments.values() if not payment["refunded"])
    return {"amount": sum(payment["amount"] for payment in paid if payment["currency"] == "XTR")}
