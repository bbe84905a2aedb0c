"""Slack's mrkdwn as HTML."""

from __future__ import annotations

import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.render.mrkdwn import mrkdwn_html

CASES = tomllib.loads((Path(__file__).parent / "mrkdwn.toml").read_text(encoding="utf-8"))["case"]
TAGS = {"strong", "em", "s", "code", "pre", "a", "span", "time"}


class Reader(HTMLParser):
    """Collect the tags and attributes of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_mrkdwn(case: dict[str, str]) -> None:
    """A text is shown as Slack would, and what would act in Slack is seen."""
    assert case["html"] == mrkdwn_html(case["text"])


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["<", ">", "|", "&lt;", '"', "'", "`", "*", "_", "~", ":", "!date^1^", "https://"]
            ),
            st.text(max_size=4),
        ),
        max_size=30,
    ).map("".join)
)
def test_no_text_brings_tags_of_its_own(text: str) -> None:
    """Whatever the text, the HTML has our tags alone, and links to the web alone."""
    reader = Reader()
    reader.feed(mrkdwn_html(text))
    reader.close()
    for tag, attributes in reader.tags:
        assert tag in TAGS
        assert set(attributes) <= {"href", "rel", "class", "title"}
        assert (attributes.get("href") or "https://").startswith(("https://", "http://"))
