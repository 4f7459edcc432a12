"""Init data: what Telegram signed is believed, and nothing else."""

import hashlib
import hmac
import json
from urllib.parse import quote, unquote

import pytest

from mailroom.actors.providers.mini_app import (
    AGE_SECONDS_MAX,
    AHEAD_SECONDS_MAX,
    InitDataForgedError,
    InitDataOldError,
    Visitor,
    parse_init_data,
)

TOKEN = "123456789:AAFakeTokenForUnitTests_0000000000000"
AT = 1_763_632_800
ANNA = {"id": 456789012, "first_name": "Анна", "language_code": "ru", "allows_write_to_pm": True}
GOLDEN = (
    "auth_date=1763632800&query_id=AAE0QzIbAAAAADRDMhvGZQ0w&signature=c2lnbmF0dXJlLXBsYWNlaG9sZGVy"
    "&user=%7B%22id%22%3A456789012%2C%22first_name%22%3A%22%D0%90%D0%BD%D0%BD%D0%B0%22%2C"
    "%22language_code%22%3A%22ru%22%2C%22allows_write_to_pm%22%3Atrue%7D"
    "&hash=ddcbba1050bbaf46ab6b2a8ec9162e028db1ab4be340913a07161a408a2669cd"
)
"""Computed elsewhere, with other software."""


def sign(token=TOKEN, **fields):
    """Init data as Telegram makes it, by its documentation and by other calls than ours."""
    lines = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    fields["hash"] = hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()
    return "&".join(f"{name}={quote(str(value), safe='')}" for name, value in fields.items())


def signed(user=ANNA, token=TOKEN, **fields):
    person = user if isinstance(user, str) else json.dumps(user, ensure_ascii=False, separators=(",", ":"))
    return sign(token, **{"auth_date": AT, "query_id": "AAE0", "user": person, "signature": "c2ln"} | fields)


def refused(text, token=TOKEN, now=AT):
    with pytest.raises(InitDataForgedError) as caught:
        parse_init_data(text, token, now)
    return str(caught.value)


def test_the_golden_vector_is_believed() -> None:
    visitor = parse_init_data(GOLDEN, TOKEN, AT + 60)
    assert visitor == Visitor(456789012, "Анна", None, "ru", None, "AAE0QzIbAAAAADRDMhvGZQ0w")


def test_the_test_signs_as_the_golden_vector_is_signed() -> None:
    fields = dict(pair.split("=", 1) for pair in GOLDEN.split("&"))
    golden_hash = fields.pop("hash")
    assert sign(**{name: unquote(value) for name, value in fields.items()}).endswith(golden_hash)


def test_everything_that_is_known_of_a_visitor_is_read() -> None:
    user = ANNA | {"last_name": "К & Ко+=%", "username": "anna_k", "language_code": "en-GB"}
    visitor = parse_init_data(signed(user, start_param="ref7p"), TOKEN, AT)
    assert visitor == Visitor(456789012, "Анна К & Ко+=%", "anna_k", "en-GB", "ref7p", "AAE0")


def test_a_blank_field_is_signed_like_any_other() -> None:
    assert parse_init_data(signed(start_param=""), TOKEN, AT).start_param is None


def test_a_blank_field_that_was_added_is_refused() -> None:
    assert "changed" in refused(signed() + "&start_param=")


def test_an_id_of_64_bits_stays_what_it_is() -> None:
    for user_id in (2**31, 2**52 - 1, 2**63 - 1):
        assert parse_init_data(signed({"id": user_id, "first_name": "A"}), TOKEN, AT).user_id == user_id


@pytest.mark.parametrize("field", ["auth_date", "query_id", "user", "signature", "start_param"])
def test_no_field_can_be_changed_or_removed(field) -> None:
    pairs = dict(pair.split("=", 1) for pair in signed(start_param="ref1").split("&"))
    first = pairs[field][0]
    changed = pairs | {field: ("2" if first != "2" else "3") + pairs[field][1:]}
    assert "changed" in refused("&".join(f"{name}={value}" for name, value in changed.items()))
    del pairs[field]
    assert "changed" in refused("&".join(f"{name}={value}" for name, value in pairs.items()))


def test_somebody_else_cannot_be_put_in() -> None:
    assert "changed" in refused(GOLDEN.replace("456789012", "456789013"))


def test_two_fields_cannot_pass_for_one() -> None:
    # The lines that are signed are the same: `auth_date=…` LF `query_id=…`.
    forged = (
        signed().replace("&query_id=AAE0", "").replace(f"auth_date={AT}", f"auth_date={AT}%0Aquery_id=AAE0")
    )
    assert "line break" in refused(forged)


def test_a_field_that_is_there_twice_is_refused_whichever_comes_first() -> None:
    other = quote(json.dumps({"id": 1, "first_name": "Eve"}))
    assert "twice" in refused(f"user={other}&{signed()}")
    assert "twice" in refused(f"{signed()}&user={other}")
    assert "twice" in refused(f"{signed()}&hash=00")


def test_another_bots_page_proves_nothing_here() -> None:
    assert "changed" in refused(signed(token="987654321:AAother"))


@pytest.mark.parametrize("claimed", ["", "&hash=", "&hash=ddcb", "&hash=%D0%B0", f"&hash={'0' * 64}"])
def test_without_the_right_hash_nothing_is_believed(claimed) -> None:
    assert "changed" in refused(signed().rpartition("&hash=")[0] + claimed)


def test_an_upper_case_hash_is_not_what_telegram_sends() -> None:
    head, _, digest = signed().rpartition("=")
    assert "changed" in refused(f"{head}={digest.upper()}")


def test_it_is_good_for_an_hour_and_not_before_its_time() -> None:
    parse_init_data(signed(), TOKEN, AT + AGE_SECONDS_MAX)
    with pytest.raises(InitDataOldError, match="open the page anew"):
        parse_init_data(signed(), TOKEN, AT + AGE_SECONDS_MAX + 1)
    parse_init_data(signed(), TOKEN, AT - AHEAD_SECONDS_MAX)
    assert "future" in refused(signed(), now=AT - AHEAD_SECONDS_MAX - 1)


def test_an_old_forgery_is_a_forgery() -> None:
    assert "changed" in refused(signed(token="1:x"), now=AT + 10 * AGE_SECONDS_MAX)


@pytest.mark.parametrize("date", ["", "soon", "-1", "1e9", "1763632800.0", "١٧٦٣٦٣٢٨٠٠", "9" * 13])
def test_a_date_that_is_none_is_refused_even_if_signed(date) -> None:
    assert "when it was made" in refused(signed(auth_date=date))


@pytest.mark.parametrize(
    "user",
    ["", "null", "[]", "{}", "{", '"456"', '{"id":"456"}', '{"id":1.5}', '{"id":true}', '{"id":0}',
     '{"id":-5}', '{"id":9223372036854775808}'],
)  # fmt: skip
def test_without_a_person_it_is_refused_even_if_signed(user) -> None:
    assert "no person" in refused(signed(user))


@pytest.mark.parametrize(
    "text",
    ["", "hash", "&&", "a=1&b", "user=%FF&hash=0", "user=Анна&hash=0", "a=" + "1" * 9000,
     "&".join(f"a{number}=1" for number in range(40))],
    ids=["empty", "no value", "no field", "half a field", "not UTF-8", "not encoded", "too long", "too many"],
)  # fmt: skip
def test_what_is_no_init_data_at_all_is_refused(text) -> None:
    refused(text)


def test_odd_names_and_languages_do_not_matter() -> None:
    visitor = parse_init_data(
        signed({"id": 7, "first_name": 5, "username": None, "language_code": ""}), TOKEN, AT
    )
    assert visitor == Visitor(7, "", None, None, None, "AAE0")
