"""A delivery's signature, as a receiver reads it, and the names of things."""

import base64
import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.qstash.ids import message_id, message_of
from mailroom.actors.qstash.redaction import redaction
from mailroom.actors.qstash.signature import Signer, new_key

URL = "https://example.com/a?b=c"


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


@pytest.mark.parametrize("body", [b"", b"x" * 1_000_000, "Привет \0 👋".encode(), b"\xff\xfe"])
def test_a_signature_says_what_was_called_with_which_body_and_for_how_long(body):
    head, claims, mac = (token := Signer("sig_1").sign(URL, body, 1_000)).split(".")
    assert json.loads(decoded(head)) == {"alg": "HS256", "typ": "JWT"}
    said = json.loads(decoded(claims))
    assert (said["iss"], said["sub"]) == ("Upstash", URL)
    assert (said["iat"], said["nbf"], said["exp"]) == (1_000, 0, 1_300)
    assert decoded(said["body"]) == hashlib.sha256(body).digest()
    signed = token.rpartition(".")[0].encode()
    assert decoded(mac) == hmac.new(b"sig_1", signed, hashlib.sha256).digest()


def test_no_two_signatures_have_one_name_and_no_two_keys_sign_alike():
    signer, now = Signer("sig_1"), 1_000
    names = {json.loads(decoded(signer.sign(URL, b"", now).split(".")[1]))["jti"] for _ in range(50)}
    assert len(names) == 50
    assert all(name.startswith("jwt_") for name in names)
    assert new_key() != new_key()


@given(st.integers(1, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_the_name_of_a_message_holds_its_job_and_its_birth(job_id, born_us):
    name = message_id(job_id, born_us)
    assert name.removeprefix("msg_").isalnum()
    assert message_of(name) == (job_id, born_us)


@pytest.mark.parametrize(
    "name", ["", "msg_", "msg_7", "msg_" + "é" * 22, "scd_" + "A" * 22, "msg_" + "z" * 22]
)
def test_what_is_no_name_of_ours_is_none(name):
    assert message_of(name) is None


def test_what_is_redacted_is_shown_by_its_hash():
    secret = hashlib.sha256(b"secret").hexdigest()
    some, all_of_them = redaction("body,header[X-Key]"), redaction("header")
    assert some.body_of(b"secret") == f"REDACTED:{secret}".encode()
    assert some.body_of(b"") == b""
    assert some.headers_of([("X-Key", "secret"), ("X", "y")]) == [("X-Key", f"REDACTED:{secret}"), ("X", "y")]
    assert all_of_them.body_of(b"secret") == b"secret"
    assert all_of_them.headers_of([("X", "secret")]) == [("X", f"REDACTED:{secret}")]
