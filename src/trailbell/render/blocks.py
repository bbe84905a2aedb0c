"""The pieces that Slack messages are made of, as plain dictionaries, and what they weigh.

https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from trailbell.preview import printable

Block = dict[str, Any]

# Slack refuses a message whose blocks hold too much text in sum (msg_blocks_too_long) and says
# nowhere how much that is. Rejections were reported from 11,341 characters on, and each header
# seems to cost about 100: https://github.com/slackapi/bolt-js/issues/2509
BUDGET = 10_000
"""Characters of all blocks together, ``BLOCK_COST`` for each block among them."""
BLOCK_COST = 100
LONGEST_RICH_TEXT = 6_000
"""Characters of one rich_text block; Slack names no number, this is ours."""

LONGEST_TEXT = 3_000
"""Characters of a text object: https://docs.slack.dev/reference/block-kit/blocks/section-block"""
LONGEST_FALLBACK = 300
LONGEST_PLAIN = 3_000


def message(fallback: str, blocks: Sequence[Block] = ()) -> Block:
    """Return a message; ``fallback`` is mrkdwn and is what a phone's notification shows."""
    content: Block = {"text": fallback, "unfurl_links": False, "unfurl_media": False}
    return {**content, "blocks": list(blocks)} if blocks else content


def mrkdwn(text: str) -> Block:
    """Return a text object in which Slack makes no link of what only looks like one."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str) -> Block:
    """Return a section of one text."""
    return {"type": "section", "text": mrkdwn(text)}


def fields(pairs: Iterable[tuple[str, str]]) -> Block:
    """Return a section of name and value pairs; a pair without a value is left out."""
    return {
        "type": "section",
        "fields": [mrkdwn(f"*{name}*\n{value}") for name, value in pairs if value],
    }


def context(texts: Iterable[str]) -> Block:
    """Return a line of small print; an empty text is left out, and Slack takes ten."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts if text][:10]}


def rich_text(*elements: Block) -> Block:
    """Return a rich text block."""
    return {"type": "rich_text", "elements": list(elements)}


def line(*pieces: Block) -> Block:
    """Return a line of rich text."""
    return {"type": "rich_text_section", "elements": list(pieces)}


def bullets(lines: Sequence[Block]) -> Block:
    """Return a list of lines."""
    return {"type": "rich_text_list", "style": "bullet", "elements": list(lines)}


def text(content: str, *, code: bool = False, bold: bool = False) -> Block:
    """Return a piece of rich text, shown literally; Slack refuses an empty one."""
    piece: Block = {"type": "text", "text": printable(content) or "(empty)"}
    style = {name: True for name, on in (("code", code), ("bold", bold)) if on}
    return {**piece, "style": style} if style else piece


def preformatted(content: str, language: str = "") -> Block:
    """Return a code block, shown literally."""
    element: Block = {"type": "rich_text_preformatted", "elements": [text(content)]}
    return rich_text({**element, "language": language} if language else element)


def weight(blocks: Iterable[Block]) -> int:
    """Return what blocks take of ``BUDGET``: the text and links in them, and their own cost."""
    return sum(BLOCK_COST + _text_in(block) for block in blocks)


def room_beside(blocks: Sequence[Block]) -> int:
    """Return how many characters a further rich text block may hold beside these."""
    return min(LONGEST_RICH_TEXT, BUDGET - weight(blocks) - BLOCK_COST)


def _text_in(node: object) -> int:
    """Count the characters of every text and link below a node."""
    if isinstance(node, dict):
        own = sum(len(node[key]) for key in ("text", "url") if isinstance(node.get(key), str))
        return own + sum(_text_in(value) for value in node.values())
    return sum(map(_text_in, node)) if isinstance(node, list) else 0
