"""Updates as Telegram sends them."""

import json
import time
from typing import Any


def text_update(update_id: int, chat_id: int, text: str) -> bytes:
    """A text message in a private chat, with all that Telegram says about its sender."""
    name = {"first_name": "Анна", "username": f"user{chat_id}"}
    message: dict[str, Any] = {
        "message_id": update_id,
        "from": {"id": chat_id, "is_bot": False, **name, "language_code": "ru"},
        "chat": {"id": chat_id, **name, "type": "private"},
        "date": int(time.time()),
        "text": text,
    }
    return json.dumps({"update_id": update_id, "message": message}, ensure_ascii=False).encode()
