"""The mailboxes of all chats, and the state of their conversations, in Redis."""
