"""Methods that steer groups: who is what in them, what they are called, what their members may.

What people would notice shows in `getChat` and `getChatMember`; the rest is accepted with `true` where its
chat exists, as nobody else is in the group to notice.
"""

from collections.abc import Callable

from mailroom.ops.simulators.telegram.arguments import flag, integer, structure, text
from mailroom.ops.simulators.telegram.chats import Chat, Json
from mailroom.ops.simulators.telegram.errors import bad_request

from .call import Call, method, target_chat
from .rights import CHANNEL_RIGHTS, GROUP_RIGHTS, PERMISSIONS, RIGHTS

TITLE_CHARS_MAX = 128
DESCRIPTION_CHARS_MAX = 255
CUSTOM_TITLE_CHARS_MAX = 16


def group(call: Call) -> Chat:
    """The group or channel that a call is about; what is done to it cannot be done to a person."""
    chat = target_chat(call)
    if not chat.is_group:
        raise bad_request("method is available for supergroup and channel chats only")
    return chat


@method("setChatTitle")
def set_title(call: Call) -> bool:
    """Another name of the group, and a message that says so."""
    chat, title = group(call), text(call.args, "title")
    if not 1 <= len(title) <= TITLE_CHARS_MAX:
        raise bad_request("title must be non-empty" if not title else "title is too long")
    if title != chat.info.get("title"):
        chat.info["title"] = title
        call.bot.book.new_message(chat, call.bot.me, {"new_chat_title": title})
    return True


@method("setChatDescription")
def set_description(call: Call) -> bool:
    """Another description."""
    chat, description = group(call), text(call.args, "description")
    if len(description) > DESCRIPTION_CHARS_MAX:
        raise bad_request("chat description is too long")
    if description == chat.about.get("description", ""):
        raise bad_request("chat description is not modified")
    chat.about["description"] = description
    return True


@method("setChatPermissions")
def set_permissions(call: Call) -> bool:
    """What members may by themselves."""
    given = structure(call.args, "permissions")
    if not isinstance(given, dict):
        raise bad_request("can't parse permissions: expected an Object")
    group(call).about["permissions"] = {name: flag(given, name) for name in PERMISSIONS}
    return True


def _member(call: Call) -> tuple[Chat, Json]:
    """The group and the member of it that a call is about."""
    chat = group(call)
    user_id = integer(call.args, "user_id")
    if user_id == call.bot.id:
        raise bad_request("can't restrict self")
    return chat, call.bot.book.user(user_id)


def _standing(name: str) -> Callable[[Callable[[Call, Json], Json | None]], None]:
    """Enter a method that gives a member another standing in the group; None: that of everybody."""

    def enter(standing: Callable[[Call, Json], Json | None]) -> None:
        @method(name)
        def change(call: Call) -> bool:
            chat, user = _member(call)
            given = standing(call, user)
            if given is None:
                chat.standings.pop(user["id"], None)
            else:
                chat.standings[user["id"]] = given
            return True

    return enter


@_standing("banChatMember")
def _banned(call: Call, user: Json) -> Json | None:
    return {"user": user, "status": "kicked", "until_date": integer(call.args, "until_date", 0)}


@_standing("unbanChatMember")
def _unbanned(call: Call, user: Json) -> Json | None:
    chat = target_chat(call)
    known = chat.standings.get(user["id"], {}).get("status")
    if known != "kicked" and flag(call.args, "only_if_banned"):
        return chat.standings.get(user["id"])
    # Whoever was a member is thrown out by it.
    chat.members.pop(user["id"], None)
    return None


@_standing("restrictChatMember")
def _restricted(call: Call, user: Json) -> Json | None:
    given = structure(call.args, "permissions")
    if not isinstance(given, dict):
        raise bad_request("can't parse permissions: expected an Object")
    rights = {name: flag(given, name) for name in PERMISSIONS}
    if all(rights[name] for name in ("can_send_messages", "can_send_photos", "can_send_polls")):
        return None
    until = integer(call.args, "until_date", 0)
    return {"user": user, "status": "restricted", "is_member": True, **rights, "until_date": until}


@_standing("promoteChatMember")
def _promoted(call: Call, user: Json) -> Json | None:
    names = (*RIGHTS, *(CHANNEL_RIGHTS if target_chat(call).info["type"] == "channel" else GROUP_RIGHTS))
    rights = {name: flag(call.args, name) for name in names}
    if not any(rights.values()):
        return None
    return {"user": user, "status": "administrator", "can_be_edited": True, **rights}


@method("setChatAdministratorCustomTitle")
def set_custom_title(call: Call) -> bool:
    """What an administrator is called."""
    chat, user = _member(call)
    standing = chat.standings.get(user["id"])
    if standing is None or standing["status"] != "administrator":
        raise bad_request("user is not an administrator")
    title = text(call.args, "custom_title")
    if len(title) > CUSTOM_TITLE_CHARS_MAX:
        raise bad_request("ADMIN_RANK_INVALID")
    standing["custom_title"] = title
    return True


@method("approveChatJoinRequest", "declineChatJoinRequest")
def answer_join_request(call: Call) -> bool:
    """Let somebody in who asked to be, or not; of the asking an injected update tells."""
    chat = group(call)
    if integer(call.args, "user_id") in chat.members:
        raise bad_request("USER_ALREADY_PARTICIPANT")
    return True


@method(
    "leaveChat",
    "closeForumTopic",
    "reopenForumTopic",
    "deleteForumTopic",
    "editForumTopic",
    "deleteChatPhoto",
    "banChatSenderChat",
    "unbanChatSenderChat",
    "setChatStickerSet",
    "deleteChatStickerSet",
    "setChatMemberTag",
    "editGeneralForumTopic",
    "closeGeneralForumTopic",
    "reopenGeneralForumTopic",
    "hideGeneralForumTopic",
    "unhideGeneralForumTopic",
    "unpinAllForumTopicMessages",
    "unpinAllGeneralForumTopicMessages",
)
def accept_for_chat(call: Call) -> bool:
    """Nothing changes, as nobody else is in the group to notice."""
    target_chat(call)
    return True


@method("setChatPhoto")
def set_photo(call: Call) -> bool:
    """Another picture of the group: uploaded in the call, as ids are not taken."""
    target_chat(call)
    upload = call.uploads.get("photo") or call.uploads.get(text(call.args, "photo").removeprefix("attach://"))
    if upload is None or not upload.content:
        raise bad_request("there is no photo in the request" if upload is None else "file must be non-empty")
    return True


@method(
    "close",
    "logOut",
    "setPassportDataErrors",
    "setUserEmojiStatus",
    "removeMyProfilePhoto",
    "setMyProfilePhoto",
    "setStickerSetTitle",
    "verifyUser",
    "verifyChat",
)
def accept(_call: Call) -> bool:
    """Harmless here."""
    return True


@method("createForumTopic")
def create_forum_topic(call: Call) -> Json:
    """A topic with a new thread id; messages name it, nothing else happens."""
    target_chat(call)
    call.bot.threads += 1
    return {
        "message_thread_id": call.bot.threads,
        "name": text(call.args, "name"),
        "icon_color": integer(call.args, "icon_color", 0x6FB9F0),
    }
