import pytest

from mailroom.storage.vault import Vault, VaultError

OLD, NEW = Vault.new_key(), Vault.new_key()


def test_what_was_encrypted_is_unlike_its_content_and_comes_back():
    vault = Vault([OLD])
    token = vault.encrypt(b"DEMO-1234")
    assert b"DEMO-1234" not in token
    assert vault.decrypt(token) == b"DEMO-1234"


def test_a_new_key_in_front_reads_what_the_old_one_has_encrypted_and_finds_the_same_duplicates():
    before, after = Vault([OLD]), Vault([NEW, OLD])
    assert after.decrypt(before.encrypt(b"code")) == b"code"
    assert after.fingerprint(b"code") == before.fingerprint(b"code")
    with pytest.raises(VaultError, match="a key that is not here"):
        before.decrypt(after.encrypt(b"code"))


def test_a_fingerprint_tells_nothing_without_the_key():
    assert Vault([OLD]).fingerprint(b"code") != Vault([NEW]).fingerprint(b"code")
    assert Vault([OLD]).fingerprint(b"code") != Vault([OLD]).fingerprint(b"CODE")


@pytest.mark.parametrize("keys", [[], ["short"], [OLD, "no key"]])
def test_keys_that_are_none_are_refused_by_the_name_of_their_setting(keys):
    with pytest.raises(VaultError, match="MAILROOM_ENCRYPTION_KEY"):
        Vault(keys)
