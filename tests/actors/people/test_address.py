"""What somebody types is one address, however it is written, or none."""

import pytest

from mailroom.actors.people.address import AddressError, hinted, parse_address


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (" Anna.P+shop@Example.COM ", "mail:anna.p+shop@example.com"),
        ("анна@пример.рф".replace("анна", "anna"), "mail:anna@xn--e1afmkfd.xn--p1ai"),
        ("+7 (916) 123-45-67", "phone:+79161234567"),
        ("8 916 123 45 67", "phone:+79161234567"),
        ("7-916-123-45-67", "phone:+79161234567"),
        ("0044 20 7946 0958", "phone:+442079460958"),
        ("+44\u00a020\u20107946 0958", "phone:+442079460958"),
    ],
)
def test_one_address_is_written_in_one_way(typed, address):
    assert parse_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "anna",
        "anna@localhost",
        "anna@127.0.0.1",
        "anna@@example.com",
        "anna@exa mple.com",
        ".anna@example.com",
        "an..na@example.com",
        "анна@example.com",
        "anna@example.com\r\nBcc: all@example.com",
        "anna@-example.com",
        "a" * 65 + "@example.com",
        "anna@" + "a." * 160 + "com",
        "anna\0@example.com",
        '"a b"@example.com',
        "916 123-45-67",
        "81 3 1234 5678",
        "+0123456789",
        "+7916",
        "+7916123456789012",
        "+7٩161234567",
        "+7 916 123-45-67 ext 8",
        "x" * 5_000,
    ],
)
def test_what_nobody_can_be_reached_at_is_refused(typed):
    with pytest.raises(AddressError):
        parse_address(typed)


def test_a_hint_shows_whose_it_is_to_those_who_know():
    assert hinted("mail:anna@example.com") == "a…@example.com"
    assert hinted("phone:+79161234567") == "…67"
