"""The preview page."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

from render_kit import alert_of
from trailbell.model import Origin
from trailbell.render.blocks import bullets, line, message, preformatted, rich_text, text
from trailbell.render.page import TITLE, page
from trailbell.render.slack import SlackMessages

HOSTILE = "<script>alert(1)</script> <!channel> \"&quot;\" 'x'"


def body_of(html: str) -> str:
    """Return what a page shows."""
    return html.partition("<body>\n")[2].removesuffix("</body>\n</html>\n")


def shown(*blocks: dict[str, Any]) -> str:
    """Return the HTML of blocks."""
    html = body_of(page([message("x", blocks)], about=False))
    return html.partition('<div class="body">')[2].removesuffix("</div></div></div></article>\n")


def test_page_needs_nothing_and_runs_nothing() -> None:
    """The policy forbids everything but the one style sheet, and the page has no more than that."""
    html = page([])
    style = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert [
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    ] == policy
    assert 1 == len(style)
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import|style=|\son\w+=", html)


def test_page_has_its_title_and_the_line_of_a_phone() -> None:
    """Above each message stands what a phone shows of it, unless the page is to be bare."""
    content = message("[high] *StopLogging*", [rich_text(line(text("hello")))])
    html = page([content, content])
    assert f"<h1>{TITLE}</h1>" in html
    assert 2 == html.count('<p class="phone">[high] <strong>StopLogging</strong></p>')
    bare = body_of(page([content], about=False))
    assert "<h1>" not in bare
    assert "phone" not in bare


def test_a_message_without_blocks_shows_its_text() -> None:
    """A plain message is shown as text."""
    assert '<p class="text">hello <code>x</code></p>' in page([message("hello `x`")])


def test_rich_text_is_literal() -> None:
    """In rich text nothing is read as markup, neither Slack's nor HTML's."""
    pieces = line(text("*no* "), text(HOSTILE, code=True), text("b", bold=True))
    script = "&lt;script&gt;alert(1)&lt;/script&gt;"
    escaped = f"{script} &lt;!channel&gt; &quot;&amp;quot;&quot; &#x27;x&#x27;"
    assert (
        f'<div class="rich"><div>*no* <code>{escaped}</code><strong>b</strong></div>'
        f"<ul><li>{escaped}</li></ul></div>"
    ) == shown(rich_text(pieces, bullets([line(text(HOSTILE))])))
    assert f'<div class="rich"><pre>{escaped}</pre></div>' == shown(preformatted(HOSTILE))


def test_json_is_coloured_and_still_literal() -> None:
    """Keys, strings and numbers have their colours; what is in them stays text."""
    content = '{"<b>": "</pre>\\"<i>", "n": -1.5e3, "t": true}'
    assert (
        '<div class="rich"><pre>{<span class="key">&quot;&lt;b&gt;&quot;</span>: '
        '<span class="string">&quot;&lt;/pre&gt;\\&quot;&lt;i&gt;&quot;</span>, '
        '<span class="key">&quot;n&quot;</span>: <span class="number">-1.5e3</span>, '
        '<span class="key">&quot;t&quot;</span>: <span class="number">true</span>}</pre></div>'
    ) == shown(preformatted(content, "json"))


def test_what_slack_would_ring_for_is_seen() -> None:
    """A mention in rich text, and a block of a kind that we never send, show by their kind."""
    ringing = rich_text(line({"type": "broadcast", "range": "channel"}))
    assert (
        '<div class="rich"><div><span class="live">broadcast</span></div></div>'
        '<p class="live">&lt;b&gt;</p>'
    ) == shown(ringing, {"type": "<b>"})


def test_a_hostile_record_shows_nothing_live() -> None:
    """Of our own messages nothing acts, in whatever field an attacker writes."""
    record = dict.fromkeys(
        ("eventName", "userAgent", "errorCode", "errorMessage", "sourceIPAddress", "awsRegion"),
        HOSTILE,
    )
    messages = SlackMessages({})
    alerts = [
        alert_of([json.dumps({"eventVersion": "1", **record})]),
        alert_of([HOSTILE], origin=Origin(log_group="/app", log_stream="s")),
        alert_of([HOSTILE], origin=Origin(path="app.log", position=1)),
    ]
    html = body_of(page([messages(alert) for alert in alerts]))
    assert 'class="live"' not in html
    assert "<script" not in html
