"""What a configuration changes of the rules that it loads."""

from __future__ import annotations

from pathlib import Path

import pytest

from trailbell.errors import ConfigurationError
from trailbell.model import RuleException
from trailbell.rules import AddedException, Pack, Tailoring, load_rules

TEXT = """
[[rule]]
name = "trail-stopped"
published_pattern = "{ $.eventName = StopLogging }"
[rule.patterns]
one = "x"
two = "y"
[[rule.except]]
name = "nightly"
reason = "it may"
pattern = "nightly"

[[rule]]
name = "trail-deleted"
pattern = "deleted"
published_pattern = "{ not legal"

[[rule]]
name = "broken"
pattern = "{"

[[rule]]
name = "off"
pattern = "off"
enabled = false
"""
DEPLOYS = RuleException("deploys", "they may", values=(("actor", ("deploy",)),))


@pytest.fixture
def packs(tmp_path: Path) -> tuple[Pack, ...]:
    """Load the rules of these tests."""
    (tmp_path / "own.toml").write_text(TEXT, "utf-8")
    return load_rules(("own.toml",), tmp_path, skip_invalid=True)


def added(*rules: str, exception: RuleException = DEPLOYS) -> AddedException:
    """Make an exception for the rules of some names."""
    return AddedException(rules, exception, 'trailbell.toml:3: except "deploys"')


def test_nothing_to_change(packs: tuple[Pack, ...]) -> None:
    """Without a word, rules stay as they are."""
    assert packs == Tailoring().applied(packs)


def test_disabled(packs: tuple[Pack, ...]) -> None:
    """Rules are switched off by name, or many by a star; none is switched on."""
    for names, running in (
        (("trail-stopped",), ["trail-deleted"]),
        (("trail-*",), []),
        (("off",), ["trail-stopped", "trail-deleted"]),
    ):
        (pack,) = Tailoring(disabled=names).applied(packs)
        assert running == [rule.name for rule in pack.rules]


def test_exceptions(packs: tuple[Pack, ...]) -> None:
    """An exception is added behind those of the rules that it names."""
    (pack,) = Tailoring(exceptions=(added("*-stopped", "off"),)).applied(packs)
    found = {entry.rule.name: [one.name for one in entry.rule.exceptions] for entry in pack.entries}
    assert {
        "trail-stopped": ["nightly", "deploys"],
        "trail-deleted": [],
        "off": ["deploys"],
    } == found


def test_published_patterns(packs: tuple[Pack, ...]) -> None:
    """Published patterns replace a rule's own, but for texts that are no patterns."""
    (pack,) = Tailoring(published=True).applied(packs)
    assert [["{ $.eventName = StopLogging }"], ["deleted"], ["off"]] == [
        [one.text for one in entry.rule.any_of] for entry in pack.entries
    ]


NO_RULES = [
    (
        Tailoring(disabled=("trail-stoped",)),
        (
            'trailbell.toml: key "disabled": no rule is called "trail-stoped";'
            ' did you mean "trail-stopped" or "trail-deleted"?'
        ),
    ),
    (
        Tailoring(disabled=("cis-*",)),
        'trailbell.toml: key "disabled": no rule is called "cis-*"; see: trailbell rules list',
    ),
    (
        Tailoring(exceptions=(added("off", "xyz"),)),
        (
            'trailbell.toml:3: except "deploys": key "rule": no rule is called "xyz";'
            " see: trailbell rules list"
        ),
    ),
]


@pytest.mark.parametrize(("tailoring", "message"), NO_RULES, ids=["near", "far", "exception"])
def test_error_no_rule(tailoring: Tailoring, message: str, packs: tuple[Pack, ...]) -> None:
    """A change for a rule that is not there is an error; a rule that is only broken is there."""
    with pytest.raises(ConfigurationError) as caught:
        tailoring.check(packs, "trailbell.toml")
    assert message == str(caught.value)
    Tailoring(disabled=("broken", "off")).check(packs, "trailbell.toml")


def test_error_name_of_an_exception_is_taken(packs: tuple[Pack, ...]) -> None:
    """Two exceptions of one name could not be told apart in a report."""
    again = RuleException("nightly", "it may", "x")
    with pytest.raises(ConfigurationError) as caught:
        Tailoring(exceptions=(added("*", exception=again),)).applied(packs)
    expected = (
        'trailbell.toml:3: except "deploys": the rule "trail-stopped" has an exception of this'
        " name already; rename it"
    )
    assert expected == str(caught.value)


def test_names_of_an_unreadable_file(tmp_path: Path) -> None:
    """A change may be for a rule of a file that cannot be read, so that it stops no other rule."""
    (tmp_path / "own.toml").write_text(TEXT, "utf-8")
    (tmp_path / "bad.toml").write_text("[[rule", "utf-8")
    packs = load_rules(("own.toml", "bad.toml"), tmp_path, skip_invalid=True)
    asked = Tailoring(disabled=("in-bad",), exceptions=(added("in-bad"),))
    asked.check(packs, "trailbell.toml")
    with pytest.raises(ConfigurationError):
        asked.check([pack for pack in packs if not pack.invalid], "trailbell.toml")
