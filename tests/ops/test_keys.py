"""The keys that goods are encrypted with, where nobody has set one."""

import pytest

from mailroom.ops.configuration import load
from mailroom.ops.keys import key_of, open_vault
from mailroom.storage.vault import Vault, VaultError

OLD, NEW = "123:old", "123:new"


def settings(token, **environment):
    given = {"MAILROOM_BOT_SHOP_TOKEN": token, "MAILROOM_CONFIG": environment.pop("file"), **environment}
    return load(environment=given)


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "mailroom.toml"
    file.write_text('[bots.shop]\nbot = "shop"\n')
    return str(file)


def test_every_process_that_knows_the_token_reads_what_another_has_encrypted(file):
    one, other = (open_vault(settings(OLD, file=file)) for _ in range(2))
    assert other.decrypt(one.encrypt(b"code")) == b"code"
    assert other.fingerprint(b"code") == one.fingerprint(b"code")


def test_a_new_token_needs_the_key_of_the_old_one(file):
    before = open_vault(settings(OLD, file=file)).encrypt(b"code")
    with pytest.raises(VaultError, match="MAILROOM_ENCRYPTION_KEY"):
        open_vault(settings(NEW, file=file)).decrypt(before)
    kept = open_vault(settings(NEW, file=file, MAILROOM_ENCRYPTION_KEY=key_of(OLD)))
    assert kept.decrypt(before) == b"code"


def test_the_first_of_the_keys_that_are_set_encrypts_and_all_of_them_read(file):
    first, second = Vault.new_key(), Vault.new_key()
    both = open_vault(settings(OLD, file=file, MAILROOM_ENCRYPTION_KEY=f"{first},{second}"))
    assert Vault([first]).decrypt(both.encrypt(b"code")) == b"code"
    assert both.decrypt(Vault([second]).encrypt(b"code")) == b"code"
