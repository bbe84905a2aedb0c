"""The packs that ship: their rules' own tests, and what they say of the published patterns."""

from __future__ import annotations

import re
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from trailbell.errors import PatternSyntaxError
from trailbell.model import Severity
from trailbell.pattern import compile_pattern
from trailbell.rules import Entry, load_rules, pack_names
from trailbell.rules.testing import run_tests

HERE = Path(__file__).parent
FACTS = HERE.parents[1] / "../shared/spec/patterns-in-use.toml"

PACKS = {pack.name: pack for pack in load_rules(pack_names(), HERE)}
ENTRIES = [entry for pack in PACKS.values() for entry in pack.entries]
CIS = {entry.rule.name: entry for entry in PACKS["cis"].entries}
AWS = {entry.rule.name: entry for entry in PACKS["aws-template"].entries}
PUBLISHED: dict[str, Any] = tomllib.loads((HERE / "published.toml").read_text(encoding="utf-8"))
TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")

FIELD = re.compile(r"\$\.[\w.]+")
ISSUER = re.compile(r"sessionIssuer\.arn = (\S+)")
WRITTEN_BY_AWS = {
    "errorCode",
    "eventType",
    "readOnly",
    "sessionCredentialFromConsole",
    "sourceIPAddress",
    "userIdentity.accountId",
    "userIdentity.invokedBy",
    "userIdentity.sessionContext.sessionIssuer.arn",
    "userIdentity.type",
}

# The published text for failed sign-ins is no pattern before its message has quotes.
NOT_LEGAL = "console-sign-in-failures"
QUOTED = ("Failed authentication", '"Failed authentication"')


def name_of(entry: Entry) -> str:
    """Name a rule in the report."""
    return entry.rule.name


def facts(table: str) -> list[dict[str, Any]]:
    """Read what is known of the published patterns, where it is at hand."""
    if not FACTS.exists():
        pytest.skip("the facts on published patterns are not here")
    tables: list[dict[str, Any]] = tomllib.loads(FACTS.read_text(encoding="utf-8"))[table]
    return tables


def digest(text: str) -> str:
    """Shorten a text to what published.toml holds of it."""
    return sha256(text.encode()).hexdigest()[:16]


def published(entry: Entry) -> str:
    """Return the published text of a rule, made legal."""
    text = entry.published_pattern
    return text.replace(*QUOTED) if entry.rule.name == NOT_LEGAL else text


@pytest.mark.parametrize("entry", ENTRIES, ids=name_of)
def test_rule_is_complete(entry: Entry) -> None:
    """A shipped rule says what it is, with a technique of ATT&CK, and has two tests each way."""
    rule = entry.rule
    assert len(rule.title) <= 80
    # A rule without a title is called by its name.
    assert rule.title != rule.name.replace("-", " ")
    assert rule.description.strip()
    assert [one for one in rule.references if TECHNIQUE.fullmatch(one)]
    verdicts = [test.matches for test in entry.tests]
    assert min(verdicts.count(True), verdicts.count(False)) >= 2
    names = [test.name for test in entry.tests]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("entry", ENTRIES, ids=name_of)
def test_rule_passes_its_tests(entry: Entry) -> None:
    """A rule matches the records that it is for and leaves their look-alikes alone."""
    verdicts = run_tests(entry)
    assert [(test.name, True) for test in entry.tests] == [
        (one.test.name, one.passed) for one in verdicts
    ]


@pytest.mark.parametrize("entry", ENTRIES, ids=name_of)
def test_every_pattern_has_a_record(entry: Entry) -> None:
    """Each of a rule's patterns holds on a record of a test that is to match."""
    texts = [sample.text for test in entry.tests if test.matches for sample in test.samples]
    untried = [
        pattern.name
        for pattern in entry.rule.any_of
        if not any(pattern.compiled.matches(text) for text in texts)
    ]
    assert [] == untried


@pytest.mark.parametrize("entry", ENTRIES, ids=name_of)
def test_every_exception_has_a_record(entry: Entry) -> None:
    """Each exception that is a pattern holds on a record of a test; lists are empty as shipped."""
    tried = {test.exception for test in entry.tests}
    assert [] == [
        one.name for one in entry.rule.exceptions if one.pattern and one.name not in tried
    ]


@pytest.mark.parametrize("entry", ENTRIES, ids=name_of)
def test_caller_cannot_write_an_exception(entry: Entry) -> None:
    """Exceptions that ship look at what AWS alone writes, and at a role from its first character.

    A caller chooses the user agent, the session's name and every parameter of the request.
    """
    for one in entry.rule.exceptions:
        assert {field[2:] for field in FIELD.findall(one.pattern)} <= WRITTEN_BY_AWS
        issuer = ISSUER.findall(one.pattern)
        assert all(text.startswith("%^arn:aws[a-z-]*:iam::[0-9]{12}:role/") for text in issuer)


def test_patterns_are_word_for_word() -> None:
    """The patterns of aws-template, and beside those of cis, are published, to the character."""
    shipped = {
        "aws-template": {name: digest(entry.rule.pattern) for name, entry in AWS.items()},
        "cis": {name: digest(entry.published_pattern) for name, entry in CIS.items()},
    }
    assert PUBLISHED["sha256"] == shipped


@pytest.mark.parametrize("entry", CIS.values(), ids=name_of)
def test_published_pattern_answers_otherwise(entry: Entry) -> None:
    """On these records of a rule's tests, and no others, the published text is wrong."""
    pattern = compile_pattern(published(entry))
    otherwise = [
        test.name
        for test in entry.tests
        if test.matches != bool(pattern.matches(test.samples[0].text))
    ]
    assert PUBLISHED["otherwise"].get(entry.rule.name, []) == otherwise


def test_error_published_sign_in_failures() -> None:
    """The published text for failed sign-ins is no pattern at all: its message has no quotes."""
    text = CIS[NOT_LEGAL].published_pattern
    with pytest.raises(PatternSyntaxError) as caught:
        compile_pattern(text)
    expected = ("authentication", 'a value with spaces takes quotes: "Failed authentication"')
    error = caught.value
    assert expected == (text[error.start : error.end], error.hint)


def test_cis_says_what_it_mends() -> None:
    """A rule says "Mended:" if, and only if, its pattern does not mean the published one."""
    differing = {
        entry.rule.name
        for entry in CIS.values()
        if compile_pattern(published(entry)) != compile_pattern(entry.rule.pattern)
    }
    saying = {entry.rule.name for entry in ENTRIES if "\n\nMended: " in entry.rule.description}
    assert differing == saying == set(PUBLISHED["otherwise"])


def test_cis_has_the_numbers_of_every_version() -> None:
    """Each rule of cis has the control's number in all versions, and Security Hub's."""
    # Security Hub counts the first three in another order, and has nothing on Organizations.
    hub = [2, 3, 1, *range(4, 15)]
    chapters = {"7.0": 5, "6.0": 5, "5.0": 4, "4.0.1": 4, "3.0": 4, "2.0": 4, "1.5": 4, "1.4": 4}
    for number, entry in enumerate(CIS.values(), start=1):
        expected = [f"CIS {version} {chapter}.{number}" for version, chapter in chapters.items()]
        if number <= len(hub):
            expected += [f"CIS 1.2 3.{number}", f"CloudWatch.{hub[number - 1]}"]
        found = [one for one in entry.rule.references if not TECHNIQUE.fullmatch(one)]
        assert expected == found


def test_numbers_are_those_of_the_facts() -> None:
    """The control numbers and Security Hub ids are complete by what is known of them."""
    expected: dict[str, set[str]] = {}
    for one in facts("cis"):
        numbers = {f"CIS {version} {number}" for version, number in one["controls"].items()}
        hub = {one["security_hub"]} - {""}
        expected[one["key"]] = expected.get(one["key"], set()) | numbers | hub
    found = {
        name: {one for one in entry.rule.references if not TECHNIQUE.fullmatch(one)}
        for name, entry in CIS.items()
    }
    assert expected == found


def test_published_patterns_are_those_of_the_facts() -> None:
    """The published texts of cis are the audit texts of the benchmark's newest version."""
    audit = {
        one["key"]: one["pattern"]
        for one in facts("cis")
        if "7.0" in one["controls"] and "audit" in one["found_in"]
    }
    assert audit == {name: entry.published_pattern for name, entry in CIS.items()}


def test_template_is_that_of_the_facts() -> None:
    """The rules of aws-template have the patterns and the thresholds of AWS's, in its order."""
    expected = [(one["pattern"], one["threshold"], one["period"]) for one in facts("template")]
    found = []
    for entry in AWS.values():
        limit = entry.rule.threshold
        count, seconds = (limit.count, limit.within.total_seconds()) if limit else (1, 300)
        found.append((entry.rule.pattern, count, seconds))
    assert expected == found


def test_pack_names_what_security_hub_demands() -> None:
    """Where Security Hub demands a text of its own, the pack has it in a comment."""
    text = PACKS["cis"].path.read_text(encoding="utf-8")
    for one in facts("security_hub"):
        assert f"\n# {one['pattern']}\n" in text


def test_tampering_with_the_trail_is_loudest() -> None:
    """Of the published rules only a change of a trail is critical: records may be missing then."""
    loudest = {
        entry.rule.name
        for entry in (*AWS.values(), *CIS.values())
        if entry.rule.severity is Severity.CRITICAL
    }
    assert {"aws-cloudtrail-changes", "cloudtrail-changes"} == loudest


def test_only_the_sign_in_alarm_has_a_threshold() -> None:
    """AWS's template counts to three for failed sign-ins, within five minutes, and nowhere else."""
    held_back = {
        entry.rule.name: (entry.rule.threshold.count, entry.rule.threshold.within.total_seconds())
        for entry in (*AWS.values(), *CIS.values())
        if entry.rule.threshold
    }
    expected = {"aws-console-sign-in-failures": (3, 300.0)}
    assert expected == held_back
