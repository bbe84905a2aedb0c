"""Slack messages as a web page that shows what Slack would show.

The page needs nothing beside itself and runs nothing: what may be loaded is nothing at all, and
its one style sheet is named by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Callable, Iterable, Mapping
from importlib.resources import files
from typing import Any

from trailbell.render.mrkdwn import emoji_html, link_html, mrkdwn_html

Node = Mapping[str, Any]

TITLE = "Preview: what Slack would show"
_STYLE = files("trailbell.render").joinpath("page.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"
)
_HEAD = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{TITLE}</title>
<style>{_STYLE}</style>
</head>
<body>
"""
_ABOUT = (
    f"<h1>{TITLE}</h1>\n"
    '<p class="about">Above each message is the line that a phone shows. Times are in UTC here;'
    " Slack shows them in the zone of whoever reads.</p>\n"
)
_STYLES = {"bold": "strong", "italic": "em", "strike": "s", "code": "code"}

# A string, with the colon that makes it a key; a number or a word; all else is punctuation.
_JSON = re.compile(
    r'(?P<text>"(?:[^"\\]|\\.)*")(?P<colon>\s*:)?|(?P<number>-?\d[\d.eE+-]*|true|false|null)'
)


def page(messages: Iterable[Node], *, about: bool = True) -> str:
    """Return an HTML page that shows messages as Slack would.

    ``messages`` are payloads of a webhook. ``about`` puts a title and a word of explanation above
    them, and above each the line that a phone shows.
    """
    shown = "".join(_article(message, about=about) for message in messages)
    return f"{_HEAD}{_ABOUT if about else ''}{shown}</body>\n</html>\n"


def _article(message: Node, *, about: bool) -> str:
    """Return a message with its sender."""
    text = mrkdwn_html(str(message.get("text", "")))
    blocks = "".join(map(_block, message.get("blocks", ()))) or f'<p class="text">{text}</p>'
    phone = f'<p class="phone">{text}</p>\n' if about else ""
    return (
        f'<article>{phone}<div class="message"><div class="face">\N{BELL}</div><div>'
        '<span class="from">AWS Log Alert</span><span class="badge">APP</span>'
        f'<div class="body">{blocks}</div></div></div></article>\n'
    )


def _block(block: Node) -> str:
    """Return a block; one of a kind that we never send shows by its kind."""
    show = _BLOCKS.get(str(block.get("type")))
    return show(block) if show else f'<p class="live">{html.escape(str(block.get("type")))}</p>'


def _section(block: Node) -> str:
    text = f'<div class="text">{_text(block["text"])}</div>' if "text" in block else ""
    cells = "".join(f'<div class="field">{_text(cell)}</div>' for cell in block.get("fields", ()))
    return f'{text}<div class="fields">{cells}</div>' if cells else text


def _context(block: Node) -> str:
    texts = "".join(f"<span>{_text(element)}</span>" for element in block["elements"])
    return f'<div class="context">{texts}</div>'


def _text(node: Node) -> str:
    """Return a text object; plain text knows emoji alone."""
    if node["type"] == "mrkdwn":
        return mrkdwn_html(node["text"])
    return re.sub(
        r":([a-z0-9_+-]{1,100}):",
        lambda found: emoji_html(found[1]),
        html.escape(node["text"], quote=False),
    )


def _rich_text(block: Node) -> str:
    return f'<div class="rich">{"".join(map(_rich, block["elements"]))}</div>'


def _rich(element: Node) -> str:
    """Return an element of rich text, in which nothing is read as markup."""
    match element["type"]:
        case "rich_text_list":
            tag = "ol" if element.get("style") == "ordered" else "ul"
            items = "".join(f"<li>{_runs(item)}</li>" for item in element["elements"])
            return f"<{tag}>{items}</{tag}>"
        case "rich_text_preformatted":
            if element.get("language") == "json":
                return f"<pre>{_json(''.join(run.get('text', '') for run in _all(element)))}</pre>"
            return f"<pre>{_runs(element)}</pre>"
        case "rich_text_quote":
            return f"<blockquote>{_runs(element)}</blockquote>"
    return f"<div>{_runs(element)}</div>"


def _all(element: Node) -> Iterable[Node]:
    runs: Iterable[Node] = element["elements"]
    return runs


def _runs(element: Node) -> str:
    return "".join(map(_run, _all(element)))


def _run(run: Node) -> str:
    """Return a run of rich text; what would ring shows by its kind."""
    match run["type"]:
        case "text":
            shown = html.escape(run["text"])
        case "link":
            shown = link_html(run["url"], html.escape(run.get("text") or run["url"]))
        case "emoji":
            shown = emoji_html(run["name"])
        case kind:
            shown = f'<span class="live">{html.escape(str(kind))}</span>'
    for name, tag in _STYLES.items():
        if run.get("style", {}).get(name):
            shown = f"<{tag}>{shown}</{tag}>"
    return shown


def _json(text: str) -> str:
    """Return JSON in colours."""
    pieces, end = [], 0
    for found in _JSON.finditer(text):
        kind = "key" if found["colon"] else "string" if found["text"] else "number"
        shown = html.escape(found["text"] or found["number"])
        colon = found["colon"] or ""
        pieces += [html.escape(text[end : found.start()])]
        pieces += [f'<span class="{kind}">{shown}</span>{colon}']
        end = found.end()
    return "".join([*pieces, html.escape(text[end:])])


_BLOCKS: Mapping[str, Callable[[Node], str]] = {
    "header": lambda block: f'<div class="header">{_text(block["text"])}</div>',
    "section": _section,
    "context": _context,
    "divider": lambda _: "<hr>",
    "rich_text": _rich_text,
}
