"""Strictness rows 18 to 20: lengths, entities, HTML."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.entities import caption_text, formatted, message_text
from bot.sandbox.errors import ApiError
from bot.sandbox.markup import parse_html, utf16_length
from bot.sandbox.render import to_html


def refusal(source, mode="HTML"):
    with pytest.raises(ApiError) as caught:
        message_text(source, mode, None)
    assert caught.value.code == 400
    return caught.value.description.removeprefix("Bad Request: ")


def kinds(text):
    return [(e["type"], e["offset"], e["length"]) for e in text.entities]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>a</b>", "a", [("bold", 0, 1)]),
        ("<strong>a</strong>", "a", [("bold", 0, 1)]),
        ("<i>a</i><em>b</em>", "ab", [("italic", 0, 1), ("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
        (
            "<s>a</s><strike>b</strike><del>c</del>",
            "abc",
            [("strikethrough", 0, 1), ("strikethrough", 1, 1), ("strikethrough", 2, 1)],
        ),
        (
            '<tg-spoiler>a</tg-spoiler><span class="tg-spoiler">b</span>',
            "ab",
            [("spoiler", 0, 1), ("spoiler", 1, 1)],
        ),
        ("<code>a</code>", "a", [("code", 0, 1)]),
        ("<pre>a</pre>", "a", [("pre", 0, 1)]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ("<B>a</b>", "a", [("bold", 0, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<b>a</>", "a", [("bold", 0, 1)]),
        ("<b></b>a", "a", []),
        ("😀<b>ә</b>", "😀ә", [("bold", 2, 1)]),
        ("&lt;b&gt; &amp;amp; &quot;", '<b> &amp; "', []),
        ("&#1180;&#x4D8;&nbsp;&apos;", "ҜӘ&nbsp;&apos;", []),
        ("a &lt b", "a < b", []),
        ("1 & 2 &", "1 & 2 &", []),
    ],
)
def test_html__is_understood(source, text, entities):
    result = message_text(source, "HTML", None)
    assert result.text == text
    assert kinds(result) == entities


def test_html__a_link_keeps_its_address():
    result = message_text('<a href="https://a.kz/?x=1&amp;y=2">a</a>', "html", None)
    assert result.entities == [
        {"type": "text_link", "offset": 0, "length": 1, "url": "https://a.kz/?x=1&y=2"}
    ]


def test_html__an_unquoted_attribute_is_a_token():
    result = message_text("<span class=tg-spoiler>a</span>", "HTML", None)
    assert kinds(result) == [("spoiler", 0, 1)]


@pytest.mark.parametrize("address", ["nothing", "javascript:alert(1)", ""])
def test_html__a_link_that_is_no_link_is_plain_text(address):
    assert message_text(f'<a href="{address}">a</a>', "HTML", None).entities == []


def test_html__a_link_without_address_is_its_own_text():
    result = message_text("<a>https://a.kz/b</a>", "HTML", None)
    assert result.entities[0]["url"] == "https://a.kz/b"


@pytest.mark.parametrize(
    "source",
    [
        '<pre><code class="language-python">a</code></pre>',
        '<code class="language-python"><pre>a</pre></code>',
    ],
)
def test_html__code_with_a_language_is_one_entity(source):
    result = message_text(source, "HTML", None)
    assert result.entities == [{"type": "pre", "offset": 0, "length": 1, "language": "python"}]


def test_html__moments_and_custom_emoji():
    result = message_text(
        '<tg-time unix="1800000000" format="wDT">x</tg-time><tg-emoji emoji-id="5">🙂</tg-emoji>',
        "HTML",
        None,
    )
    assert [e["type"] for e in result.entities] == ["date_time", "custom_emoji"]
    assert result.entities[0]["unix_time"] == 1800000000


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("<x>a</x>", 'Unsupported start tag "x" at byte offset 0'),
        ("ә<script>", 'Unsupported start tag "script" at byte offset 2'),
        ("<br/>", 'Unsupported start tag "br/" at byte offset 0'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("a <", "Unclosed start tag at byte offset 2"),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>a<i>b", 'Can\'t find end tag corresponding to start tag "i"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("ә<b>a</i></b>", 'Unmatched end tag at byte offset 6, expected "</b>", found "</i>"'),
        ("<b>a</b ", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ('<a ="x">a</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<a href="x>a</a>', "Unclosed start tag at byte offset 0"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=x/y>a</a>", "Unexpected end of name token at byte offset 8"),
        ('<tg-emoji emoji-id="x">a</tg-emoji>', "Invalid custom emoji identifier specified"),
    ],
)
def test_html__errors_have_byte_offsets(source, problem):
    assert refusal(source) == f"can't parse entities: {problem}"


@pytest.mark.parametrize("letter", ["a", "ә", "😀"])
def test_text__4096_code_points_after_parsing(letter):
    assert len(message_text(f"<b>{letter * 4096}</b>", "HTML", None).text) == 4096
    assert refusal(f"<b>{letter * 4097}</b>") == "message is too long"


def test_text__is_measured_after_trimming():
    assert len(message_text("  " + "a" * 4096 + "\n ", "", None).text) == 4096


@pytest.mark.parametrize("letter", ["a", "ә", "😀"])
def test_caption__1024_code_points(letter):
    assert len(caption_text(letter * 1024, "", None).text) == 1024
    with pytest.raises(ApiError, match="message caption is too long"):
        caption_text(letter * 1025, "", None)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("", "message text is empty"),
        (" \n ", "text must be non-empty"),
        ("<b> </b>", "text must be non-empty"),
    ],
)
def test_text__empty(source, problem):
    assert refusal(source) == problem


def test_caption__empty_is_none():
    assert caption_text(" ", "", None).text == ""


@pytest.mark.parametrize("mode", ["MarkdownV2", "x"])
def test_parse_mode__only_html(mode):
    assert refusal("a", mode) == "unsupported parse_mode"


def test_text__is_cleaned_as_the_server_cleans_it():
    result = formatted(" a\tb\r\n\x00c\u202ed ", "", [{"type": "bold", "offset": 9, "length": 1}])
    assert result.text == "a b\n cd"
    assert kinds(result) == [("bold", 6, 1)]


@pytest.mark.parametrize(
    ("entities", "problem"),
    [
        ([{"type": "bold", "offset": 9, "length": 1}], "entity begins after the end of the text"),
        ([{"type": "bold", "offset": 0, "length": 9}], "entity beginning at UTF-16 offset 0 ends after"),
        ([{"type": "bold", "offset": -1, "length": 1}], "receive an entity with incorrect offset -1"),
        ([{"type": "bold", "offset": 1, "length": 1}], "entity begins in a middle of a UTF-16 symbol"),
        ([{"type": "x", "offset": 0, "length": 1}], "can't parse MessageEntity: Unsupported type specified"),
        (["x"], "can't parse MessageEntity: expected an Object"),
        ([{"type": "bold"}], "can't parse MessageEntity: Can't find field \"offset\""),
    ],
)
def test_entities__outside_the_text_are_refused(entities, problem):
    with pytest.raises(ApiError) as caught:
        formatted("😀ab", "", entities)
    assert caught.value.description.startswith(f"Bad Request: {problem}")


def test_entities__those_the_server_finds_need_not_be_sent():
    result = formatted("/help @aru_bot #тег a@b.kz https://a.kz/x. +7 701 234 56 78", "", [])
    assert [kind for kind, _, _ in kinds(result)] == [
        "bot_command", "mention", "hashtag", "email", "url", "phone_number",
    ]  # fmt: skip
    url = result.entities[4]
    assert result.text[url["offset"] : url["offset"] + url["length"]] == "https://a.kz/x"


@pytest.mark.parametrize("text", ["1/2", "a/b", "//x", "#1", "x@", "а.б", "+7"])
def test_entities__nothing_is_found_where_nothing_is(text):
    assert formatted(text, "", None).entities == []


def test_entities__code_is_left_alone():
    assert kinds(message_text("<code>/help</code> /sos", "HTML", None)) == [
        ("code", 0, 5),
        ("bot_command", 6, 4),
    ]


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("<b>a</b> &lt;i&gt;", "<b>a</b> &lt;i&gt;"),
        ("a\nb", "a<br>b"),
        ("<b>a<i>b</i></b>", "<b>a<i>b</i></b>"),
        (
            '<a href="https://a.kz/?&quot;">a</a>',
            '<a href="https://a.kz/?&quot;" target="_blank" rel="noopener noreferrer">a</a>',
        ),
        ("<tg-spoiler>a</tg-spoiler>", '<span class="spoiler">a</span>'),
        ("/help", '<a class="command" href="#" data-command="/help">/help</a>'),
        ('<pre><code class="language-py">a</code></pre>', '<pre><code class="language-py">a</code></pre>'),
        ("😀<u>ә</u>", "😀<u>ә</u>"),
    ],
)
def test_render__safe_html(source, html):
    result = message_text(source, "HTML", None)
    assert to_html(result.text, result.entities) == html


def test_render__overlapping_entities_are_closed_and_opened_again():
    entities = [{"type": "bold", "offset": 0, "length": 2}, {"type": "italic", "offset": 1, "length": 2}]
    assert to_html("abc", entities) == "<b>a<i>b</i></b><i>c</i>"


def test_render__no_link_but_a_web_address():
    entities = [{"type": "text_link", "offset": 0, "length": 1, "url": "javascript://a.kz/%0aalert(1)"}]
    assert to_html("a", entities) == "<span>a</span>"


PIECES = st.lists(
    st.sampled_from(
        ["<b>", "</b>", "<i>", "</i>", '<a href="https://a.kz">', "</a>", "<", ">", "&lt;", "&#x1F600;",
         "&", "ә", "😀", " ", "\n", "a", "<pre>", "</pre>", "/x", '"', "="]
    ),
    max_size=25,
)  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(PIECES)
def test_html__any_text_is_read_or_refused(pieces):
    source = "".join(pieces)
    try:
        text, entities = parse_html(source)
    except ApiError:
        return
    for entity in entities:
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= utf16_length(text)
    result = formatted(source, "HTML", None, allow_empty=True)
    assert to_html(result.text, result.entities).count("<") >= len(result.entities)
    assert result.text == result.text.strip(" \n") or result.entities
