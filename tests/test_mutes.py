"""What a mute says of itself."""

from __future__ import annotations

import dataclasses

import kit
from trailbell.mutes import Mute, end_words

ONE = Mute("root-usage", "", "", "alice", "we know", kit.NOON, kit.NOON + 7_200)


def test_what_is_muted() -> None:
    """A mute names rule, actor and account, those of them that it is for."""
    assert "rule root-usage" == ONE.what
    whole = dataclasses.replace(ONE, actor=kit.ALICE, account=kit.ACCOUNT)
    assert f"rule root-usage and actor {kit.ALICE} and account {kit.ACCOUNT}" == whole.what
    assert "account 1*" == dataclasses.replace(ONE, rule="", account="1*").what


def test_end_is_told_on_one_harmless_line() -> None:
    """The end says what, whose, how long ago and how much, whatever the names hold."""
    now = kit.NOON + 7_800
    expected = "the mute of rule root-usage by alice ended 10m ago: 0 matches were muted"
    assert expected == end_words(ONE, now)
    expected = "the mute of rule root-usage by alice ended now: 0 matches were muted"
    assert expected == end_words(ONE, ONE.until)
    lifted = dataclasses.replace(ONE, lifted=kit.NOON + 60, matches=1, owner="a\x1b[2J\nb")
    expected = "the mute of rule root-usage by a [2J b ended 2h 9m ago: 1 match was muted"
    assert expected == end_words(lifted, now)
    hostile = dataclasses.replace(ONE, rule="", actor="x\u202e" * 10_000, matches=12_000)
    said = end_words(hostile, now)
    assert "\u202e" not in said
    assert len(said) < 300
    assert said.endswith("… by alice ended 10m ago: 12,000 matches were muted")
