"""Log content made harmless for Slack.

Slack reads ``<!channel>``, ``<@U…>`` and ``<https://…|label>`` in every mrkdwn text, so whoever
chooses a user agent or a session name could ring a whole channel or plant a link:
https://docs.slack.dev/messaging/formatting-message-text
"""

from __future__ import annotations

import re

from trailbell.preview import one_line

# Three characters and no others, says Slack's page.
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ESCAPES = str.maketrans(_ENTITIES)
_YEAR_10000 = 253_402_300_800
# A backtick cannot be escaped in code style.
_IN_CODE = str.maketrans({"`": "'"})
# Outside of it, stars, strokes and backticks would style the text, so signs that look like them
# stand for them; an invisible word joiner keeps colons from making an emoji.
_MARKS = str.maketrans(
    {
        "*": "\N{ASTERISK OPERATOR}",
        "~": "\N{TILDE OPERATOR}",
        "`": "'",
        ":": ":\N{WORD JOINER}",
    }
)
# Underscores slant what stands between two of them, but for those within a word.
_SLANTING = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_LOW_LINE = "\N{MODIFIER LETTER LOW MACRON}"


def plain(text: str, longest: int) -> str:
    """Return a value for running mrkdwn: one line, no mark working, at most ``longest`` long."""
    unmarked = _SLANTING.sub(_LOW_LINE, one_line(text, longest).translate(_MARKS))
    return _escaped(unmarked, longest)


def code(text: str, longest: int) -> str:
    """Return a value in code style of at most ``longest`` characters; nothing for no value."""
    return _code(one_line(text, longest), longest)


def code_unlinked(text: str, longest: int) -> str:
    """Return a value in code style for a message without blocks.

    There Slack looks for web addresses of itself; an invisible word joiner keeps it from them.
    """
    return _code(one_line(text, longest).replace("://", ":\N{WORD JOINER}//"), longest)


def link(url: str, label: str) -> str:
    """Return a link; ``url`` is one of ours, ``label`` is mrkdwn already."""
    safe = url.replace("|", "%7C").replace("<", "%3C").replace(">", "%3E").replace("&", "&amp;")
    return f"<{safe}|{label}>"


def date(time: int, fallback: str) -> str:
    """Return a time (milliseconds) that Slack shows in the reader's own zone.

    https://docs.slack.dev/messaging/formatting-message-text#date-formatting
    """
    return _time(time, "{date_short_pretty} {time_secs}", fallback)


def clock(time: int, fallback: str) -> str:
    """Return the time of day of a time (milliseconds), in the reader's own zone."""
    return _time(time, "{time_secs}", fallback)


def _time(time: int, form: str, fallback: str) -> str:
    """Return a time as Slack writes it; before 1970, and after the year 9999, as we do."""
    seconds = time // 1000
    return f"<!date^{seconds}^{form}|{fallback}>" if 0 <= seconds < _YEAR_10000 else fallback


def _code(text: str, longest: int) -> str:
    inside = _escaped(text.translate(_IN_CODE), longest - 2)
    return f"`{inside}`" if inside else ""


def _escaped(text: str, longest: int) -> str:
    """Escape a text and cut it to what fits; an entity is never split."""
    whole = text.translate(_ESCAPES)
    if len(whole) <= longest:
        return whole
    kept, room = [], longest - 1
    for character in text:
        written = _ENTITIES.get(character, character)
        room -= len(written)
        if room < 0:
            break
        kept.append(written)
    return "".join(kept) + "…"
