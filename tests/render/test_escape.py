"""Log content in Slack's mrkdwn."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_slack_limits import problems
from trailbell.preview import UNPRINTABLE
from trailbell.render.blocks import message, section
from trailbell.render.escape import clock, code, code_unlinked, date, link, plain
from trailbell.render.mrkdwn import mrkdwn_html

WILD = st.lists(
    st.one_of(
        st.sampled_from(["&", "<", ">", "&amp;", "`", "```", "<!here>", "*b*", ":x:", "\u202e"]),
        st.text(st.characters(exclude_categories=[]), max_size=5),
    ),
    max_size=40,
).map("".join)
JOINER = "\N{WORD JOINER}"
LOW_LINE = "\N{MODIFIER LETTER LOW MACRON}"
LOOKALIKES = ("\N{ASTERISK OPERATOR}", "\N{TILDE OPERATOR}")


def harmless(text: str) -> bool:
    """Tell whether Slack would act on nothing in a text."""
    return not problems(message("x", [section(f"x {text}")]))


@given(WILD, st.integers(12, 200))
def test_any_text_is_made_harmless_within_its_cap(text: str, longest: int) -> None:
    """No token survives, no entity is split, and the cap holds."""
    for escape in (plain, code, code_unlinked):
        written = escape(text, longest)
        assert len(written) <= longest
        assert not re.search(r"[<>]|&(?!(?:amp|lt|gt);)", written)
        assert harmless(written)
        assert set(UNPRINTABLE.findall(written)) <= {JOINER}


@given(WILD | st.text(" *_~`:a", max_size=30))
def test_nothing_in_running_text_is_a_mark(text: str) -> None:
    """No character of a text styles it, or becomes an emoji, as the preview reads mrkdwn."""
    assert not re.search(r"<(?!/?a\b)", mrkdwn_html(plain(text, 200)))


@given(WILD)
def test_code_style_cannot_be_left(text: str) -> None:
    """A value in code style has a backtick at each end and none between."""
    written = code(text, 500)
    assert written == "" or "`" not in written[1:-1]


@pytest.mark.parametrize(
    ("text", "longest", "expected"),
    [
        ("a & b", 20, "a &amp; b"),
        ("&&&&", 12, "&amp;&amp;…"),
        ("<b>", 20, "&lt;b&gt;"),
        ("two\r\nlines", 20, "two lines"),
        ("a_b_c", 20, "a_b_c"),
        ("_a_ (_b c_)", 20, f"{LOW_LINE}a{LOW_LINE} ({LOW_LINE}b c{LOW_LINE})"),
        (":tada:", 20, f":{JOINER}tada:{JOINER}"),
        ("*b* ~s~ `c`", 30, "{0}b{0} {1}s{1} 'c'".format(*LOOKALIKES)),
        ("", 20, ""),
    ],
)
def test_plain_text(text: str, longest: int, expected: str) -> None:
    """Running text keeps its words; what would style it is replaced by what looks alike."""
    assert expected == plain(text, longest)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("*b* :x:", "`*b* :x:`"), ("a`b", "`a'b`"), ("", ""), ("\u202e", "")],
)
def test_code_style(text: str, expected: str) -> None:
    """Code style leaves everything but backticks alone, and is nothing for nothing."""
    assert expected == code(text, 50)


def test_web_addresses_in_messages_without_blocks_are_no_links() -> None:
    """An address keeps its letters; an invisible character keeps Slack from linking it."""
    assert f"`https:{JOINER}//evil.example`" == code_unlinked("https://evil.example", 80)


def test_links_escape_what_would_end_them() -> None:
    """The signs that part URL and label are percent-encoded in the URL."""
    assert "<https://x/?a=1&amp;b=%7C%3C%3E|go>" == link("https://x/?a=1&b=|<>", "go")


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (1_773_455_441_999, "<!date^1773455441^{date_short_pretty} {time_secs}|then>"),
        (-1, "then"),
        (10**18, "then"),
    ],
)
def test_dates(time: int, expected: str) -> None:
    """A time is Slack's own token, unless Slack could not show it."""
    assert expected == date(time, "then")


def test_clock() -> None:
    """A time of day is Slack's own token as well."""
    assert "<!date^60^{time_secs}|then>" == clock(60_000, "then")
