"""Encryption of what must not be read from a stolen backup: goods that whoever sees them can use."""

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class VaultError(Exception):
    """What was encrypted cannot be read with the keys we have; the message says what to do."""


class Vault:
    """Encrypts with the first of its keys, and reads what any of them has encrypted: so keys are replaced by
    putting a new one in front. A key is 32 random bytes in URL-safe base64, as `Vault.new_key` makes.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise VaultError("no key: set MAILROOM_ENCRYPTION_KEY")
        try:
            self._ferns = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise VaultError(
                "MAILROOM_ENCRYPTION_KEY: each key must be 32 bytes in URL-safe base64"
            ) from None
        # Of the last key: it stays when a new one is put in front, and so do the fingerprints.
        self._fingerprints = hmac.digest(keys[-1].encode(), b"mailroom fingerprints", hashlib.sha256)

    @staticmethod
    def new_key() -> str:
        """A key that nobody has."""
        return Fernet.generate_key().decode()

    def encrypt(self, content: bytes) -> bytes:
        """The content, readable only with a key."""
        return self._ferns.encrypt(content)

    def decrypt(self, token: bytes) -> bytes:
        """What was encrypted. Raises `VaultError`."""
        try:
            return self._ferns.decrypt(token)
        except InvalidToken:
            raise VaultError(
                "encrypted with a key that is not here: add it to MAILROOM_ENCRYPTION_KEY, behind a comma"
            ) from None

    def fingerprint(self, content: bytes) -> bytes:
        """The same for the same content, and of no use without a key: to find duplicates without reading."""
        return hmac.digest(self._fingerprints, content, hashlib.sha256)
