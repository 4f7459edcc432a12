"""Marked-up text becomes text with entities, and mistakes are named as Telegram names them."""

import pytest

from ops.simulators.telegram.entities import format_text
from ops.simulators.telegram.errors import ApiError


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


def test_given_entities_count_without_a_parse_mode_only():
    given = [{"type": "bold", "offset": 0, "length": 1}]
    assert format_text("ab", "", given)[1] == given
    assert format_text("ab", "HTML", given)[1] == []
