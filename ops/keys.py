"""The keys that goods are encrypted with: those that are set, or else made from the tokens of the bots.

Tokens are what all processes of an installation know, and neither Postgres nor its backups do.
"""

import base64
import hashlib
import hmac

from mailroom.ops.settings import Settings
from mailroom.storage.vault import Vault


def open_vault(settings: Settings) -> Vault:
    """The vault of this installation; one of the moment where there is nothing to be kept."""
    if settings.encryption_key is not None:
        return Vault(settings.encryption_key.split(","))
    tokens = [bot.token for _, bot in sorted(settings.bots.items()) if bot.kind is not None]
    return Vault([key_of(token) for token in tokens] or [Vault.new_key()])


def key_of(token: str) -> str:
    """The key that is made from a bot's token: what to set before the token is changed."""
    digest = hmac.digest(token.encode(), b"mailroom encryption key", hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode()
