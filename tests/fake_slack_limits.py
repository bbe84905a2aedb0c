"""What a message to Slack may hold, more strictly than Slack itself.

``problems`` gives what Slack would refuse, and what Slack would take although it must not be sent:
pings, links to hosts that nobody allowed, text that was not escaped. ``over_budget`` gives what
exceeds our own, lower limits. Each problem is a line: the word that Slack answers with, the place,
what is wrong. Block types that Trailbell does not send are unknown here.

Limits: https://docs.slack.dev/reference/block-kit/blocks and the pages below it. The sum of text is
not documented; https://github.com/slackapi/bolt-js/issues/2509 reports it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

SLACK_TEXT_SUM = 13_200
OUR_TEXT_SUM = 10_000
OUR_BLOCK_COST = 100
OUR_RICH_TEXT = 6_000
OUR_FALLBACK = 300
OUR_PLAIN_TEXT = 3_000
BLOCKS = 50
ATTACHMENTS = 20
TEXT = 3_000
URL = 3_000

CONSOLE = re.compile(
    r"(?:[a-z0-9-]+\.)?console\.(?:aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)"
)
TOKEN = re.compile(r"<([^<>]*)>")
DATE = re.compile(r"!date\^\d{1,12}\^[^<>|^]*\{[a-z_]+\}[^<>|^]*\|[^<>|]+")
LINK = re.compile(r"https://([^/?#\s<>|\"\\]+)[^\s<>|\"\\]*")
BARE_URL = re.compile(r"https?://[^\s<>|]+", re.IGNORECASE)
ENTITY = re.compile(r"&(?!(?:amp|lt|gt);)")
# Control characters but tab and line feed, and the marks that reorder what follows them.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
UNFURL = {"unfurl_links", "unfurl_media"}
PICTURE = {"type", "image_url", "alt_text"}
TEXT_KEYS = frozenset({"text", "url", "image_url", "alt_text", "fallback", "footer", "name"})

Check = Callable[[str, Any], None]


def problems(payload: object, hosts: Collection[str] = ()) -> list[str]:
    """Say what is wrong with a message; ``hosts`` are those that links may lead to as well."""
    checker = _Checker(hosts)
    checker.message(payload)
    return checker.found


def over_budget(payload: Mapping[str, Any]) -> list[str]:
    """Say where a message exceeds our own limits, which leave room below Slack's."""
    blocks = _all_blocks(payload)
    cost = sum(text_size(block) + OUR_BLOCK_COST for block in blocks)
    found = [f"blocks: cost {cost}, at most {OUR_TEXT_SUM}"] if cost > OUR_TEXT_SUM else []
    for number, block in enumerate(blocks):
        size = text_size(block)
        if block.get("type") == "rich_text" and size > OUR_RICH_TEXT:
            found.append(f"blocks[{number}]: {size} characters of rich text, at most 6000")
    cap = OUR_FALLBACK if blocks else OUR_PLAIN_TEXT
    if len(payload.get("text", "")) > cap:
        found.append(f"text: {len(payload['text'])} characters, at most {cap}")
    return found


def text_size(value: object) -> int:
    """Count the characters of text, labels and URLs, in code points, however deep they stand."""
    if isinstance(value, Mapping):
        texts = (inner for key, inner in value.items() if key in TEXT_KEYS)
        own = sum(len(text) for text in texts if isinstance(text, str))
        return own + sum(map(text_size, value.values()))
    return sum(map(text_size, value)) if isinstance(value, list) else 0


def _all_blocks(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """List the blocks of a message and of its attachments."""
    parts = [payload, *payload.get("attachments", [])]
    return [block for part in parts for block in part.get("blocks", [])]


class _Checker:
    """Walk a message and collect what is wrong."""

    def __init__(self, hosts: Collection[str]) -> None:
        self.found: list[str] = []
        self.word = "invalid_payload"
        self.hosts = hosts
        self.block_ids: set[str] = set()
        self.blocks: dict[str, Check] = {
            "header": self.header,
            "section": self.section,
            "context": self.context,
            "divider": lambda where, block: self.keys(where, block, {"type"}, {"block_id"}),
            "image": self.image,
            "rich_text": self.rich_text,
        }
        self.rich: dict[str, Check] = {
            "rich_text_section": self.rich_section,
            "rich_text_quote": self.rich_section,
            "rich_text_list": self.rich_list,
            "rich_text_preformatted": self.rich_preformatted,
        }

    def say(self, where: str, what: str, word: str = "") -> None:
        self.found.append(f"{word or self.word}: {where}: {what}")

    def keys(
        self, where: str, value: Mapping[str, Any], required: set[str], optional: set[str]
    ) -> None:
        """Check that an object has the keys it must have and no unknown ones."""
        for key in sorted(required - value.keys()):
            self.say(where, f"{key} is missing")
        for key in sorted(map(str, value.keys() - required - optional)):
            self.say(where, f"unknown key {key}")
        for key in {"expand", "emoji", "verbatim"} & value.keys():
            if not isinstance(value[key], bool):
                self.say(f"{where}.{key}", "not true or false")

    def length(self, where: str, value: object, most: int, *, blank: bool = False) -> bool:
        """Check that a value is a text of 1 to ``most`` characters with nothing unseen in it."""
        if not isinstance(value, str):
            self.say(where, "not a text")
            return False
        if not (value if blank else value.strip()):
            self.say(where, "empty")
        if len(value) > most:
            self.say(where, f"{len(value)} characters, at most {most}")
        if unseen := UNSEEN.search(value):
            self.say(where, f"control character U+{ord(unseen[0]):04X}")
        return True

    def items(self, where: str, value: object, most: int, check: Check) -> None:
        """Check a list of 1 to ``most`` objects, each by itself."""
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            self.say(where, f"not a list of 1 to {most}")
            return
        for number, item in enumerate(value):
            place = f"{where}[{number}]"
            if isinstance(item, Mapping):
                check(place, item)
            else:
                self.say(place, "not an object")

    def message(self, payload: object) -> None:
        """Check a whole message."""
        if not isinstance(payload, Mapping):
            self.say("message", "not an object")
            return
        self.keys("message", payload, UNFURL, {"text", "blocks", "attachments"})
        for key in sorted(UNFURL & payload.keys()):
            if payload[key] is not False:
                self.say(key, "not false")
        if not payload.get("text"):
            self.say("text", "empty", "no_text")
        elif self.length("text", payload["text"], 40_000):
            self.tokens("text", payload["text"], linked=True)
        if "attachments" in payload:
            self.word = "invalid_attachments"
            self.items("attachments", payload["attachments"], ATTACHMENTS, self.attachment)
        self.word = "invalid_blocks"
        if "blocks" in payload:
            self.items("blocks", payload["blocks"], BLOCKS, self.block)
        if not self.found:
            self.sums(payload)

    def sums(self, payload: Mapping[str, Any]) -> None:
        """Check what holds over all blocks, once each of them is sound."""
        blocks = _all_blocks(payload)
        if len(blocks) > BLOCKS:
            self.say("blocks", f"{len(blocks)} with those of attachments, at most {BLOCKS}")
        if (size := text_size(blocks)) > SLACK_TEXT_SUM:
            what = f"{size} characters of text, at most {SLACK_TEXT_SUM}"
            self.say("blocks", what, "msg_blocks_too_long")

    def attachment(self, where: str, value: Mapping[str, Any]) -> None:
        self.keys(where, value, {"blocks"}, {"color", "fallback"})
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", str(value.get("color", "#000000"))):
            self.say(f"{where}.color", "not a colour such as #d00000")
        if "fallback" in value and self.length(f"{where}.fallback", value["fallback"], TEXT):
            self.tokens(f"{where}.fallback", value["fallback"], linked=True)
        self.items(f"{where}.blocks", value.get("blocks"), BLOCKS, self.block)

    def block(self, where: str, value: Mapping[str, Any]) -> None:
        block_id = value.get("block_id")
        if "block_id" in value and self.length(f"{where}.block_id", block_id, 255):
            if block_id in self.block_ids:
                self.say(f"{where}.block_id", "used twice")
            self.block_ids.add(str(block_id))
        self.one_of(where, value, self.blocks)

    def one_of(self, where: str, value: Mapping[str, Any], checks: Mapping[str, Check]) -> None:
        """Check an object by its type."""
        kind = value.get("type")
        if isinstance(kind, str) and kind in checks:
            checks[kind](where, value)
        else:
            self.say(where, f"unknown type {json.dumps(kind)[:60]}")

    def text(self, where: str, value: object, most: int, kinds: Collection[str]) -> None:
        """Check a text object of one of some kinds."""
        kind = value.get("type") if isinstance(value, Mapping) else None
        if not isinstance(value, Mapping) or kind not in kinds:
            self.say(where, f"not a {' or '.join(kinds)} object")
            return
        flag = "verbatim" if kind == "mrkdwn" else "emoji"
        self.keys(where, value, {"type", "text"}, {flag})
        if self.length(f"{where}.text", value.get("text"), most) and kind == "mrkdwn":
            self.tokens(f"{where}.text", value["text"], linked=not value.get("verbatim"))

    def mrkdwn(self, most: int) -> Check:
        return lambda where, value: self.text(where, value, most, ("mrkdwn", "plain_text"))

    def header(self, where: str, value: Mapping[str, Any]) -> None:
        self.keys(where, value, {"type", "text"}, {"block_id"})
        self.text(f"{where}.text", value.get("text"), 150, ("plain_text",))

    def section(self, where: str, value: Mapping[str, Any]) -> None:
        self.keys(where, value, {"type"}, {"block_id", "text", "fields", "expand"})
        if not {"text", "fields"} & value.keys():
            self.say(where, "text or fields is missing")
        if "text" in value:
            self.mrkdwn(TEXT)(f"{where}.text", value["text"])
        if "fields" in value:
            self.items(f"{where}.fields", value["fields"], 10, self.mrkdwn(2_000))

    def context(self, where: str, value: Mapping[str, Any]) -> None:
        self.keys(where, value, {"type", "elements"}, {"block_id"})
        self.items(f"{where}.elements", value.get("elements"), 10, self.context_element)

    def context_element(self, where: str, value: Mapping[str, Any]) -> None:
        if value.get("type") == "image":
            self.keys(where, value, PICTURE, set())
            self.picture(where, value)
        else:
            self.mrkdwn(2_000)(where, value)

    def image(self, where: str, value: Mapping[str, Any]) -> None:
        self.keys(where, value, PICTURE, {"title", "block_id"})
        self.picture(where, value)
        if "title" in value:
            self.text(f"{where}.title", value["title"], 2_000, ("plain_text",))

    def picture(self, where: str, value: Mapping[str, Any]) -> None:
        self.url(f"{where}.image_url", value.get("image_url"))
        self.length(f"{where}.alt_text", value.get("alt_text"), 2_000)

    def rich_text(self, where: str, value: Mapping[str, Any]) -> None:
        self.keys(where, value, {"type", "elements"}, {"block_id"})
        self.items(f"{where}.elements", value.get("elements"), 100, self.rich_element)

    def rich_element(self, where: str, value: Mapping[str, Any]) -> None:
        self.one_of(where, value, self.rich)

    def rich_section(self, where: str, value: Mapping[str, Any]) -> None:
        self.keys(where, value, {"type", "elements"}, set())
        self.items(f"{where}.elements", value.get("elements"), 500, self.run({"style"}))

    def rich_list(self, where: str, value: Mapping[str, Any]) -> None:
        self.keys(where, value, {"type", "style", "elements"}, {"indent", "offset"})
        if value.get("style") not in {"bullet", "ordered"}:
            self.say(f"{where}.style", "not bullet or ordered")
        for key in {"indent", "offset"} & value.keys():
            if type(value[key]) is not int or value[key] < 0:
                self.say(f"{where}.{key}", "not a number from 0")
        self.items(f"{where}.elements", value.get("elements"), 100, self.rich_item)

    def rich_item(self, where: str, value: Mapping[str, Any]) -> None:
        self.one_of(where, value, {"rich_text_section": self.rich_section})

    def rich_preformatted(self, where: str, value: Mapping[str, Any]) -> None:
        # A border other than 0 is reported as refused, so none is sent.
        self.keys(where, value, {"type", "elements"}, {"language"})
        if "language" in value:
            self.length(f"{where}.language", value["language"], 40)
        self.items(f"{where}.elements", value.get("elements"), 500, self.run(set()))

    def run(self, styled: set[str]) -> Check:
        """Make the check of a run of rich text: text, link or emoji, with a style or without."""

        def check(where: str, value: Mapping[str, Any]) -> None:
            match value.get("type"):
                case "text":
                    self.keys(where, value, {"type", "text"}, styled)
                case "link":
                    self.keys(where, value, {"type", "url"}, {"text"} | styled)
                    self.url(f"{where}.url", value.get("url"))
                case "emoji" if styled:
                    self.keys(where, value, {"type", "name"}, set())
                    self.length(f"{where}.name", value.get("name"), 100)
                case kind:
                    # A mention (user, usergroup, channel, broadcast) ends here too.
                    self.say(where, f"unknown type {json.dumps(kind)[:60]}")
            if "text" in value:
                self.length(f"{where}.text", value["text"], SLACK_TEXT_SUM, blank=True)
            self.style(f"{where}.style", value.get("style", {}))

        return check

    def style(self, where: str, value: object) -> None:
        known = {"bold", "italic", "strike", "code", "underline"}
        if not isinstance(value, Mapping) or not set(value) <= known:
            self.say(where, f"not an object of {', '.join(sorted(known))}")
        elif not all(isinstance(flag, bool) for flag in value.values()):
            self.say(where, "not true or false")

    def tokens(self, where: str, text: str, *, linked: bool) -> None:
        """Check what Slack reads in a mrkdwn text; ``linked`` where it looks for bare URLs too."""
        if ENTITY.search(text):
            self.say(where, "& is not escaped")
        for token in TOKEN.findall(text):
            if token[:1] in {"!", "@", "#"}:
                if not DATE.fullmatch(token):
                    self.say(where, f"live token <{token[:60]}>")
            else:
                self.url(where, token.partition("|")[0].replace("&amp;", "&"))
        rest = TOKEN.sub(" ", text)
        if "<" in rest or ">" in rest:
            self.say(where, "< or > is not escaped")
        for url in BARE_URL.findall(rest) if linked else ():
            self.url(where, url.replace("&amp;", "&"))

    def url(self, where: str, value: object) -> None:
        """Check that a link is a URL to a host that is allowed."""
        match = LINK.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            self.say(where, f"not an https URL: {str(value)[:60]!r}")
            return
        if len(match[0]) > URL:
            self.say(where, f"URL of {len(match[0])} characters, at most {URL}")
        host = match[1].lower()
        if host not in self.hosts and not CONSOLE.fullmatch(host):
            self.say(where, f"link to {host[:60]}, which is not allowed")
