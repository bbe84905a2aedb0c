"""Slack's mrkdwn as HTML, read the way Slack reads it.

What would ring or lead somewhere in Slack does so visibly here, so that a look at the preview
shows whether log content got loose. Nothing reaches the HTML unescaped.
https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

EMOJI = {
    "rotating_light": "\N{POLICE CARS REVOLVING LIGHT}",
    "red_circle": "\N{LARGE RED CIRCLE}",
    "large_orange_circle": "\N{LARGE ORANGE CIRCLE}",
    "large_yellow_circle": "\N{LARGE YELLOW CIRCLE}",
    "large_blue_circle": "\N{LARGE BLUE CIRCLE}",
    "white_check_mark": "\N{WHITE HEAVY CHECK MARK}",
    "x": "\N{CROSS MARK}",
    "warning": "\N{WARNING SIGN}\N{VARIATION SELECTOR-16}",
}

_MARKUP = re.compile(
    r"""
      ```(?P<fence>.+?)```
    | `(?P<code>[^`\n]+)`
    | <(?P<token>[^<>\n]+)>
    | :(?P<emoji>[a-z0-9_+-]{1,100}):
    | (?<![\w*])\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])
    | (?<![\w_])_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])
    | (?<![\w~])~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])
    """,
    re.VERBOSE | re.DOTALL,
)
_DATE = re.compile(r"!date\^(?P<time>\d{1,12})\^(?P<form>[^|^]*)(?:\^[^|]*)?\|(?P<fallback>.*)")
_TAGS = {"bold": "strong", "italic": "em", "strike": "s"}
# The forms that we send: https://docs.slack.dev/messaging/formatting-message-text#date-formatting
_FORMS: Mapping[str, Callable[[datetime], str]] = {
    "{date_short_pretty}": lambda time: f"{time:%b} {time.day}, {time.year}",
    "{time_secs}": lambda time: f"{time.hour % 12 or 12}:{time:%M:%S %p}",
}


def mrkdwn_html(text: str) -> str:
    """Return mrkdwn as HTML."""
    pieces, end = [], 0
    for found in _MARKUP.finditer(text):
        pieces += [_literal(text[end : found.start()]), _marked(found)]
        end = found.end()
    return "".join([*pieces, _literal(text[end:])])


def emoji_html(name: str) -> str:
    """Return an emoji by its name in Slack; one that we never send shows by its name."""
    return EMOJI.get(name) or f'<span class="live">:{html.escape(name)}:</span>'


def link_html(url: str, label: str) -> str:
    """Return a link; ``label`` is HTML. What is no web address is shown, and leads nowhere."""
    if not url.startswith(("https://", "http://")):
        return f'<span class="live">{html.escape(url)}</span>'
    return f'<a href="{html.escape(url)}" rel="noopener noreferrer">{label}</a>'


def _marked(found: re.Match[str]) -> str:
    """Return a piece of markup as HTML."""
    kind = found.lastgroup or ""
    inside = found[kind]
    match kind:
        case "fence":
            return f"<pre>{_literal(inside)}</pre>"
        case "code":
            return f"<code>{_literal(inside)}</code>"
        case "token":
            return _token(inside)
        case "emoji":
            return emoji_html(inside)
    return f"<{_TAGS[kind]}>{mrkdwn_html(inside)}</{_TAGS[kind]}>"


def _token(inside: str) -> str:
    """Return a date, a link, or whatever else Slack would act upon, so that it is seen."""
    date = _DATE.fullmatch(inside)
    if date:
        return f'<time title="{_literal(date["fallback"])}">{_date(date)}</time>'
    if inside[0] in "!@#":
        return f'<span class="live">{_literal(inside)}</span>'
    url, _, label = inside.partition("|")
    return link_html(html.unescape(url), mrkdwn_html(label) if label else _literal(url))


def _date(found: re.Match[str]) -> str:
    """Return a date in the form that was asked for, in UTC."""
    try:
        time = datetime.fromtimestamp(int(found["time"]), UTC)
    except (OverflowError, ValueError, OSError):
        return _literal(found["fallback"])
    text = found["form"]
    for name, form in _FORMS.items():
        text = text.replace(name, form(time))
    return _literal(text)


def _literal(text: str) -> str:
    """Return text as HTML; Slack decodes three entities, and reads nothing in what they stand for.

    Quotes come out escaped too, so that the text can stand in an attribute.
    """
    decoded = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return html.escape(decoded)
