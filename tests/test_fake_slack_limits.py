"""The limits that the strict Slack of the tests holds messages to."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from fake_slack_limits import over_budget, problems, text_size

TEXTS = tomllib.loads(Path(__file__).with_name("fake_slack_texts.toml").read_text("utf-8"))
HOSTS = ("wiki.example.com",)
LINK = "https://us-east-1.console.aws.amazon.com/cloudtrailv2/home?region=us-east-1#/events/1"


def message(*blocks: object, **keys: object) -> dict[str, Any]:
    """Make a message of blocks."""
    made = {"text": "an alert", "unfurl_links": False, "unfurl_media": False} | keys
    return made | {"blocks": list(blocks)} if blocks else made


def mrkdwn(text: object) -> dict[str, object]:
    """Make a mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def section(text: str) -> dict[str, object]:
    """Make a section of text."""
    return {"type": "section", "text": mrkdwn(text)}


def header(text: str) -> dict[str, object]:
    """Make a header."""
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": True}}


def fields(count: int, text: str = "x") -> dict[str, object]:
    """Make a section of fields."""
    return {"type": "section", "fields": [mrkdwn(text)] * count}


def context(count: int, text: str = "x") -> dict[str, object]:
    """Make a context of texts."""
    return {"type": "context", "elements": [mrkdwn(text)] * count}


def image(**keys: object) -> dict[str, object]:
    """Make an image."""
    return {"type": "image", "image_url": LINK, "alt_text": "a chart"} | keys


def rich(kind: str, *elements: object, **keys: object) -> dict[str, object]:
    """Make a rich text block of one part."""
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements)} | keys]}


def run(text: str, **keys: object) -> dict[str, object]:
    """Make a run of rich text."""
    return {"type": "text", "text": text} | keys


GOOD = {
    "every kind of block": message(
        header("x" * 150),
        section("x" * 3_000),
        fields(10, "x" * 100),
        context(10),
        {"type": "divider", "block_id": "b1"},
        image(title={"type": "plain_text", "text": "a title"}),
        {"type": "context", "elements": [image(), mrkdwn("x")]},
        {"type": "section", "text": mrkdwn("x"), "expand": True, "block_id": "b2"},
        rich("rich_text_section", run("x", style={"code": True}), {"type": "emoji", "name": "x"}),
        rich("rich_text_section", {"type": "link", "url": LINK, "text": "x"}),
        rich("rich_text_quote", run(" ")),
        rich("rich_text_preformatted", run('<!channel> & "x"'), language="json"),
        rich(
            "rich_text_list",
            {"type": "rich_text_section", "elements": [run("x")]},
            style="bullet",
            indent=1,
        ),
    ),
    "text alone": message(text="x" * 40_000),
    "fifty blocks": message(*[{"type": "divider"}] * 50),
    "the edge of all text": message(*[section("x" * 2_640)] * 5),
    "a colour bar": message(
        attachments=[{"color": "#d00000", "fallback": "x", "blocks": [section("x")]}]
    ),
    "a bare address that is not linked": message(
        {"type": "section", "text": {**mrkdwn("https://evil.example"), "verbatim": True}}
    ),
}

UNKNOWN_BLOCK = "invalid_blocks: blocks[0]: unknown type"
RUN = "invalid_blocks: blocks[0].elements[0].elements[0]"
BAD = {
    "no object": ([], "invalid_payload: message: not an object"),
    "no text": (message(text=""), "no_text: text: empty"),
    "text of another type": (message(text=5), "invalid_payload: text: not a text"),
    "too much text": (
        message(text="x" * 40_001),
        "invalid_payload: text: 40001 characters, at most 40000",
    ),
    "a ping in the text": (
        message(text="<!channel>"),
        "invalid_payload: text: live token <!channel>",
    ),
    "a bare link in the text": (
        message(text="https://evil.example"),
        "invalid_payload: text: link to evil.example, which is not allowed",
    ),
    "another channel": (
        message(channel="#general"),
        "invalid_payload: message: unknown key channel",
    ),
    "links unfurled": (message(unfurl_links=True), "invalid_payload: unfurl_links: not false"),
    "media as they come": (
        {"text": "x", "unfurl_links": False},
        "invalid_payload: message: unfurl_media is missing",
    ),
    "no blocks": (message(blocks=[]), "invalid_blocks: blocks: not a list of 1 to 50"),
    "51 blocks": (
        message(*[{"type": "divider"}] * 51),
        "invalid_blocks: blocks: not a list of 1 to 50",
    ),
    "51 blocks with attachments": (
        message(*[{"type": "divider"}] * 50, attachments=[{"blocks": [section("x")]}]),
        "invalid_blocks: blocks: 51 with those of attachments, at most 50",
    ),
    "too much in sum": (
        message(*[section("x" * 2_640)] * 4, section("x" * 2_641)),
        "msg_blocks_too_long: blocks: 13201 characters of text, at most 13200",
    ),
    "a block of text": (message("x"), "invalid_blocks: blocks[0]: not an object"),
    "an unknown block": (message({"type": "button"}), f'{UNKNOWN_BLOCK} "button"'),
    "a block without a type": (message({}), f"{UNKNOWN_BLOCK} null"),
    "a type that is a list": (message({"type": ["x"]}), f'{UNKNOWN_BLOCK} ["x"]'),
    "an unknown key": (
        message({"type": "divider", "color": "red"}),
        "invalid_blocks: blocks[0]: unknown key color",
    ),
    "a block id twice": (
        message({"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}),
        "invalid_blocks: blocks[1].block_id: used twice",
    ),
    "a long block id": (
        message({"type": "divider", "block_id": "b" * 256}),
        "invalid_blocks: blocks[0].block_id: 256 characters, at most 255",
    ),
    "a long header": (
        message(header("x" * 151)),
        "invalid_blocks: blocks[0].text.text: 151 characters, at most 150",
    ),
    "a header in mrkdwn": (
        message({"type": "header", "text": mrkdwn("x")}),
        "invalid_blocks: blocks[0].text: not a plain_text object",
    ),
    "a long section": (
        message(section("x" * 3_001)),
        "invalid_blocks: blocks[0].text.text: 3001 characters, at most 3000",
    ),
    "an empty section": (message(section(" ")), "invalid_blocks: blocks[0].text.text: empty"),
    "a section of nothing": (
        message({"type": "section"}),
        "invalid_blocks: blocks[0]: text or fields is missing",
    ),
    "11 fields": (
        message(fields(11)),
        "invalid_blocks: blocks[0].fields: not a list of 1 to 10",
    ),
    "a long field": (
        message(fields(1, "x" * 2_001)),
        "invalid_blocks: blocks[0].fields[0].text: 2001 characters, at most 2000",
    ),
    "a flag that is a word": (
        message({"type": "section", "text": mrkdwn("x"), "expand": "yes"}),
        "invalid_blocks: blocks[0].expand: not true or false",
    ),
    "11 texts in a context": (
        message(context(11)),
        "invalid_blocks: blocks[0].elements: not a list of 1 to 10",
    ),
    "a long text in a context": (
        message(context(1, "x" * 2_001)),
        "invalid_blocks: blocks[0].elements[0].text: 2001 characters, at most 2000",
    ),
    "an image from elsewhere": (
        message(image(image_url="https://evil.example/x.png")),
        "invalid_blocks: blocks[0].image_url: link to evil.example, which is not allowed",
    ),
    "an image without words": (
        message(image(alt_text="")),
        "invalid_blocks: blocks[0].alt_text: empty",
    ),
    "a long link in rich text": (
        message(rich("rich_text_section", {"type": "link", "url": LINK + "x" * 3_000})),
        f"{RUN}.url: URL of {len(LINK) + 3_000} characters, at most 3000",
    ),
    "an unknown part of rich text": (
        message(rich("rich_text_table", run("x"))),
        'invalid_blocks: blocks[0].elements[0]: unknown type "rich_text_table"',
    ),
    "an empty run": (message(rich("rich_text_section", run(""))), f"{RUN}.text: empty"),
    "no runs": (
        message(rich("rich_text_preformatted")),
        "invalid_blocks: blocks[0].elements[0].elements: not a list of 1 to 500",
    ),
    "a person in rich text": (
        message(rich("rich_text_section", {"type": "user", "user_id": "U1"})),
        f'{RUN}: unknown type "user"',
    ),
    "everyone in rich text": (
        message(rich("rich_text_section", {"type": "broadcast", "range": "channel"})),
        f'{RUN}: unknown type "broadcast"',
    ),
    "an emoji in preformatted text": (
        message(rich("rich_text_preformatted", {"type": "emoji", "name": "x"})),
        f'{RUN}: unknown type "emoji"',
    ),
    "a style in preformatted text": (
        message(rich("rich_text_preformatted", run("x", style={"bold": True}))),
        f"{RUN}: unknown key style",
    ),
    "an unknown style": (
        message(rich("rich_text_section", run("x", style={"blink": True}))),
        f"{RUN}.style: not an object of bold, code, italic, strike, underline",
    ),
    "a style that is a number": (
        message(rich("rich_text_section", run("x", style={"bold": 1}))),
        f"{RUN}.style: not true or false",
    ),
    "a border": (
        message(rich("rich_text_preformatted", run("x"), border=1)),
        "invalid_blocks: blocks[0].elements[0]: unknown key border",
    ),
    "a list of runs": (
        message(rich("rich_text_list", run("x"), style="bullet")),
        f'{RUN}: unknown type "text"',
    ),
    "a list without bullets": (
        message(
            rich(
                "rich_text_list",
                {"type": "rich_text_section", "elements": [run("x")]},
                style="dash",
            )
        ),
        "invalid_blocks: blocks[0].elements[0].style: not bullet or ordered",
    ),
    "a list set in by less than nothing": (
        message(
            rich(
                "rich_text_list",
                {"type": "rich_text_section", "elements": [run("x")]},
                style="ordered",
                indent=-1,
            )
        ),
        "invalid_blocks: blocks[0].elements[0].indent: not a number from 0",
    ),
    "a control character in a record": (
        message(rich("rich_text_preformatted", run("a\x00b"))),
        f"{RUN}.text: control character U+0000",
    ),
    "too many attachments": (
        message(attachments=[{"blocks": [section("x")]}] * 21),
        "invalid_attachments: attachments: not a list of 1 to 20",
    ),
    "an attachment of text": (
        message(attachments=[{"text": "<!channel>", "blocks": [section("x")]}]),
        "invalid_attachments: attachments[0]: unknown key text",
    ),
    "a ping in an attachment": (
        message(attachments=[{"blocks": [section("<!here>")]}]),
        "invalid_attachments: attachments[0].blocks[0].text.text: live token <!here>",
    ),
    "a colour by name": (
        message(attachments=[{"color": "good", "blocks": [section("x")]}]),
        "invalid_attachments: attachments[0].color: not a colour such as #d00000",
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_sound_message_has_no_problems(name: str) -> None:
    """What is within every limit is taken."""
    expected: list[str] = []
    assert expected == problems(GOOD[name])


@pytest.mark.parametrize("name", BAD)
def test_a_message_beyond_a_limit_has_one_problem(name: str) -> None:
    """What breaks one rule is refused by the word of Slack, the place and the reason."""
    payload, problem = BAD[name]
    expected = [problem]
    assert expected == problems(payload)


@pytest.mark.parametrize("case", TEXTS["good"], ids=lambda case: f"{case['name']}")
def test_text_that_is_escaped_is_taken(case: dict[str, str]) -> None:
    """Escaped text, our own dates and links to allowed hosts are taken."""
    expected: list[str] = []
    assert expected == problems(message(section(case["text"]), context(1, case["text"])), HOSTS)


@pytest.mark.parametrize("case", TEXTS["bad"], ids=lambda case: f"{case['name']}")
def test_hostile_text_is_refused_wherever_slack_reads_it(case: dict[str, str]) -> None:
    """A live token, a false link or an unseen character is found in every readable place."""
    blocks = (section(case["text"]), fields(1, case["text"]), context(1, case["text"]))
    payload = message(*blocks, text=case["text"])
    places = {
        "text": "invalid_payload",
        "blocks[0].text.text": "invalid_blocks",
        "blocks[1].fields[0].text": "invalid_blocks",
        "blocks[2].elements[0].text": "invalid_blocks",
    }
    expected = [f"{word}: {place}: {case['problem']}" for place, word in places.items()]
    assert expected == problems(payload, HOSTS)


def test_our_own_budget_is_below_slack_s() -> None:
    """Text and blocks have a cost, rich text and the fallback a cap of their own."""
    within = message(*[section("x" * 1_900)] * 5, text="x" * 300)
    beyond = message(*[section("x" * 1_900)] * 4, section("x" * 1_901), text="x" * 301)
    record = message(rich("rich_text_preformatted", run("x" * 6_001)))
    expected = [
        [],
        ["blocks: cost 10001, at most 10000", "text: 301 characters, at most 300"],
        ["blocks[0]: 6001 characters of rich text, at most 6000"],
        [],
        ["text: 3001 characters, at most 3000"],
    ]
    payloads = (within, beyond, record, message(text="x" * 3_000), message(text="x" * 3_001))
    assert expected == [over_budget(payload) for payload in payloads]


def test_text_is_counted_in_code_points_with_its_urls() -> None:
    """A sum counts escaped text, labels and URLs; keys, types and styles cost nothing."""
    block = rich("rich_text_section", run("🔔🔔"), {"type": "link", "url": LINK, "text": "four"})
    expected = 2 + len(LINK) + 4 + len("&amp;")
    assert expected == text_size([block, section("&amp;")])
