"""Methods that steer groups and stores nobody looks at here: accepted with `true` when their chat exists."""

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
