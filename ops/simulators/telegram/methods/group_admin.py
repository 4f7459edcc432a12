"""Methods that steer groups and stores nobody looks at here: accepted with `true` when their chat exists."""

from ops.simulators.telegram.arguments import flag, integer, text
from ops.simulators.telegram.chats import Json

from .call import Call, method, target_chat


@method(
    "banChatMember",
    "unbanChatMember",
    "restrictChatMember",
    "promoteChatMember",
    "setChatTitle",
    "setChatDescription",
    "setChatPermissions",
    "setChatAdministratorCustomTitle",
    "approveChatJoinRequest",
    "declineChatJoinRequest",
    "leaveChat",
    "closeForumTopic",
    "reopenForumTopic",
    "deleteForumTopic",
    "editForumTopic",
    "deleteChatPhoto",
    "banChatSenderChat",
    "unbanChatSenderChat",
    "setChatPhoto",
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
    return {"message_thread_id": call.bot.threads, "name": text(call.args, "name"), "icon_color": 0x6FB9F0}


@method("createChatInviteLink")
def create_chat_invite_link(call: Call) -> Json:
    """A link that leads nowhere."""
    target_chat(call)
    limit = integer(call.args, "member_limit", 0)
    return {
        "invite_link": f"https://t.me/+sim{call.world.new_id()}",
        "creator": call.bot.me,
        "creates_join_request": flag(call.args, "creates_join_request"),
        "is_primary": False,
        "is_revoked": False,
        **({"member_limit": limit} if limit else {}),
    }


@method("exportChatInviteLink")
def export_chat_invite_link(call: Call) -> str:
    """The same, as a bare address."""
    target_chat(call)
    return f"https://t.me/+sim{call.world.new_id()}"
