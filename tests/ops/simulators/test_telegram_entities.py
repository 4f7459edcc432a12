"""Marked-up text becomes text with entities, and mistakes are named as Telegram names them."""

import time

import pytest

from mailroom.ops.simulators.telegram.entities import format_text
from mailroom.ops.simulators.telegram.errors import ApiError


def shown(text, mode="HTML"):
    plain, entities = format_text(text, mode, None)
    return plain, [(entity["type"], plain_slice(plain, entity)) for entity in entities]


def plain_slice(text, entity):
    units = text.encode("utf-16-le")
    return units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", ("plain", [])),
        ("<b>a</b> &lt;b&gt; &amp; &#33;", ("a <b> & !", [("bold", "a")])),
        ("😀<i>x<u>y</u></i>", ("😀xy", [("italic", "xy"), ("underline", "y")])),
        ('<a href="http://x?a=1&amp;b=2">z</a>', ("z", [("text_link", "z")])),
        ('<span class="tg-spoiler">s</span>', ("s", [("spoiler", "s")])),
        ('<pre><code class="language-python">x=1</code></pre>', ("x=1", [("pre", "x=1")])),
        ("<blockquote expandable>q</blockquote>", ("q", [("expandable_blockquote", "q")])),
        ("<b></b>x /start", ("x /start", [("bot_command", "/start")])),
        ("a < b".replace("<", "&lt;"), ("a < b", [])),
    ],
)
def test_html(text, expected):
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("я<div>x</div>", 'Unsupported start tag "div" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
    ],
)
def test_html_mistakes(text, complaint):
    with pytest.raises(ApiError) as caught:
        shown(text)
    assert caught.value.description == f"Bad Request: can't parse entities: {complaint}"


@pytest.mark.parametrize(
    ("text", "mode", "expected"),
    [
        (
            "*b* _i_ __u__ ~s~ ||p|| `c`",
            "MarkdownV2",
            ["bold", "italic", "underline", "strikethrough", "spoiler", "code"],
        ),
        ("*a _b_*", "MarkdownV2", ["bold", "italic"]),
        ("[t](http://x/\\)y) 1\\.5", "MarkdownV2", ["text_link"]),
        ("```py\nx=1\n```", "MarkdownV2", ["pre"]),
        (">quote\nrest", "MarkdownV2", ["blockquote"]),
        ("*b* _i_ `c` [t](http://x) 1.5", "Markdown", ["bold", "italic", "code", "text_link"]),
    ],
)
def test_markdown(text, mode, expected):
    assert [entity["type"] for entity in format_text(text, mode, None)[1]] == expected


@pytest.mark.parametrize(
    ("text", "mode", "complaint"),
    [
        ("1.5", "MarkdownV2", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("*b", "MarkdownV2", "Can't find end of Bold entity at byte offset 0"),
        ("a_b", "Markdown", "Can't find end of Italic entity at byte offset 1"),
    ],
)
def test_markdown_mistakes(text, mode, complaint):
    with pytest.raises(ApiError) as caught:
        shown(text, mode)
    assert caught.value.description == f"Bad Request: can't parse entities: {complaint}"


def test_commands_are_found_but_not_inside_addresses_or_tags():
    assert shown("/start go to https://x/y or </b> /help@my_bot", "")[1] == [
        ("bot_command", "/start"),
        ("bot_command", "/help@my_bot"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://example.com/a_(b)?c=1, ok", [("url", "https://example.com/a_(b)?c=1")]),
        ("(t.me/shop) пример.рф 1.5 file.py", [("url", "t.me/shop"), ("url", "пример.рф")]),
        (
            "tg://resolve?domain=a http://127.0.0.1:80/x",
            [("url", "tg://resolve?domain=a"), ("url", "http://127.0.0.1:80/x")],
        ),
        ("mail a.b@example.com!", [("email", "a.b@example.com")]),
        ("@support @ab x@support @gif", [("mention", "@support"), ("mention", "@gif")]),
        ("#тег #1 a#b #tag_2", [("hashtag", "#тег"), ("hashtag", "#tag_2")]),
        ("$TON $ton 5$USD", [("cashtag", "$TON")]),
        ("+1-212-555-0123, 5", [("phone_number", "+1-212-555-0123")]),
        ("call +7 (999) 123-45-67", [("phone_number", "+7 (999) 123-45-67")]),
        ("😀 /help@my_bot x/y", [("bot_command", "/help@my_bot")]),
    ],
)
def test_links_names_tags_and_numbers_are_found_in_plain_text(text, expected):
    assert shown(text, "") == (text, expected)


def test_what_is_found_stands_beside_what_is_marked_but_not_in_links_and_code():
    text = "<b>/start</b> <i>see @support</i> <code>#no</code> <a href='https://x.io'>t.me</a> #yes"
    assert shown(text)[1] == [
        ("bot_command", "/start"),
        ("bold", "/start"),
        ("italic", "see @support"),
        ("mention", "@support"),
        ("code", "#no"),
        ("text_link", "t.me"),
        ("hashtag", "#yes"),
    ]


def test_a_hostile_text_is_looked_through_in_no_time():
    for text in ("a-" * 2048, "a." * 2048, "+1" * 2048, "a@" * 2048, "1 " * 2047 + "+", "http://" * 585):
        began = time.perf_counter()
        format_text(text, "", None)
        assert time.perf_counter() - began < 10


def test_a_quotation_is_as_many_lines_as_are_quoted_and_folded_where_it_ends_so():
    assert shown(">one\n>two\nrest", "MarkdownV2") == ("one\ntwo\nrest", [("blockquote", "one\ntwo")])
    assert shown(">one\n>two||", "MarkdownV2")[1] == [("expandable_blockquote", "one\ntwo")]
    assert shown(">a\n**>b *c*\n>d||\ne", "MarkdownV2")[1] == [
        ("blockquote", "a"),
        ("expandable_blockquote", "b c\nd"),
        ("bold", "c"),
    ]
    assert shown(">||x||", "MarkdownV2")[1] == [("blockquote", "x"), ("spoiler", "x")]


def test_emoji_moments_and_people_are_links_of_their_own():
    assert format_text("![👍](tg://emoji?id=5368324170671202286)", "MarkdownV2", None)[1] == [
        {"type": "custom_emoji", "custom_emoji_id": "5368324170671202286", "offset": 0, "length": 2}
    ]
    assert format_text('<tg-time unix="1647531900" format="wDT">x</tg-time>', "HTML", None)[1] == [
        {"type": "date_time", "unix_time": 1647531900, "date_time_format": "wDT", "offset": 0, "length": 1}
    ]
    for mode, text in (("HTML", '<a href="tg://user?id=5">A</a>'), ("Markdown", "[A](tg://user?id=5)")):
        assert format_text(text, mode, None)[1] == [
            {"type": "text_mention", "user": {"id": 5}, "offset": 0, "length": 1}
        ]


def test_space_before_the_first_entity_goes_and_offsets_go_along():
    assert format_text(" \n <b>x</b> ", "HTML", None) == ("x", [{"type": "bold", "offset": 0, "length": 1}])


def test_given_entities_count_without_a_parse_mode_only():
    given = [{"type": "bold", "offset": 0, "length": 1}]
    assert format_text("ab", "", given)[1] == given
    assert format_text("ab", "HTML", given)[1] == []
