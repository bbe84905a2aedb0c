"""Exceptions that are suggested."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

import kit
from trailbell import Rule, Severity
from trailbell.configuration import load_configuration
from trailbell.model import Match, RuleException
from trailbell.suggestion import Suggestion, suggestion_for
from trailbell.volume import Volume

TODAY = date(2026, 3, 14)
RULE = structs.replace(kit.rule(), severity=Severity.HIGH)
BOB = "arn:aws:iam::111122223333:user/bob"


def suggested(matches: Iterable[Match]) -> Suggestion | None:
    """Suggest an exception for matches."""
    volume = Volume(int(kit.NOON * 1000))
    for match in matches:
        volume.add(match)
    volume.settle()
    return suggestion_for(volume, TODAY)


def matches(rule: Rule, actors: Iterable[str], **fields: Any) -> list[Match]:  # noqa: ANN401  any field of a record
    """Make a match of each of these actors, ten minutes apart."""
    return [
        Match(
            rule,
            kit.event(
                number,
                at=kit.NOON + 600 * number,
                userIdentity={"type": "IAMUser", "arn": actor},
                **fields,
            ),
        )
        for number, actor in enumerate(actors)
    ]


def test_actor(tmp_path: Path) -> None:
    """Where an actor makes half of the loudest rule, an exception for it is ready to be pasted."""
    found = suggested(matches(RULE, [BOB, kit.ALICE, BOB]))
    text = """\
[[except]]
rule = ["trail-stopped"]
name = "bob"
reason = "say here why this is expected"
values = { actor = ["arn:aws:iam::111122223333:user/bob"] }
until = 2026-06-12
"""
    assert Suggestion(RULE, "actor", BOB, text, 2, 3, 2, 3) == found
    path = tmp_path / "trailbell.toml"
    path.write_text(text, "utf-8")
    assert ["bob"] == [one.exception.name for one in load_configuration(path).tailoring.exceptions]


@pytest.mark.parametrize(
    ("actor", "taken", "expected"),
    [
        (BOB, ["bob"], "bob 2"),
        (BOB, ["bob 2", "bob"], "bob 3"),
        (f"{BOB}/\N{NO-BREAK SPACE}", [], f"{BOB}/"),
        (" ", [], "blank"),
    ],
)
def test_name(actor: str, taken: list[str], expected: str) -> None:
    """A suggested exception has a name that can be read, and that no other of its rule has."""
    exceptions = tuple(RuleException(name, "any", "none of these") for name in taken)
    rule = structs.replace(RULE, exceptions=exceptions)
    found = suggested(matches(rule, [actor] * 2))
    assert found is not None
    assert expected == tomllib.loads(found.text)["except"][0]["name"]


def test_source_address() -> None:
    """Where no actor does, an address may."""
    found = suggested(matches(RULE, [f"{BOB}{number}" for number in range(4)]))
    assert found is not None
    assert ("source_ip", "203.0.113.7", 4) == (found.facet, found.value, found.matches)


def test_critical_rules_are_passed_over() -> None:
    """Another rule is made quieter before a critical one is, be it the loudest."""
    loud = structs.replace(RULE, name="loud", severity=Severity.CRITICAL)
    found = suggested([*matches(loud, [BOB] * 5), *matches(RULE, [BOB] * 2)])
    assert found is not None
    assert "trail-stopped" == found.rule.name
    alone = suggested(matches(loud, [BOB] * 5))
    assert alone is not None
    assert "loud" == alone.rule.name


@pytest.mark.parametrize("actor", ["*", "arn:aws:iam::1:user/*", "bob\u202e", "bob\x1b[2J"])
def test_hostile_actor(actor: str) -> None:
    """A name that would widen an exception, or that nobody can read, is not suggested."""
    found = suggested(matches(RULE, [actor] * 3, sourceIPAddress=actor))
    assert found is None


def test_text_of_a_log_stays_text() -> None:
    """Quotes and brackets of a name end no text of the exception."""
    actor = "bob']\n".strip() + '"] }\\ [[except]]'
    found = suggested(matches(RULE, [actor] * 3))
    assert found is not None
    assert [{"actor": [actor]}] == [one["values"] for one in tomllib.loads(found.text)["except"]]


def test_one_alert_is_no_noise() -> None:
    """A rule that rang once is passed over, however many matches that alert has."""
    burst = structs.replace(RULE, name="burst")
    once = [Match(burst, kit.event(number, at=kit.NOON + number)) for number in range(9)]
    assert None is suggested(once)
    found = suggested([*once, *matches(RULE, [BOB] * 2)])
    assert found is not None
    assert "trail-stopped" == found.rule.name


def test_nothing_to_suggest() -> None:
    """What rings once, or what is suppressed already, needs no exception."""
    held = RuleException("any", "any", "StopLogging")
    quiet = structs.replace(RULE, exceptions=(held,))
    assert None is suggested([])
    assert None is suggested(matches(RULE, [BOB]))
    assert None is suggested(matches(quiet, [BOB] * 3))
