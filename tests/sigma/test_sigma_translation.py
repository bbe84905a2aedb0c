"""What detections become, and which are refused, with the reason."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sigma.rule", reason="pySigma is not installed: the extra sigma")

import yaml

from trailbell.pattern import compile_pattern
from trailbell.sigma.conditions import MAX_PATTERNS
from trailbell.sigma.refusal import RefusedError
from trailbell.sigma.rules import import_rule, name_of, unique_name

HERE = Path(__file__).parent


def cases(name: str) -> list[Any]:
    """Read a table of cases."""
    table = tomllib.loads((HERE / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in table["case"]]


def rule(detection: str | dict[str, Any], /, **keys: object) -> dict[str, Any]:
    """Return a rule as YAML gives it."""
    return {
        "title": "A rule",
        "logsource": {"product": "aws", "service": "cloudtrail"},
        "detection": yaml.safe_load(detection) if isinstance(detection, str) else detection,
        **keys,
    }


@pytest.mark.parametrize("case", cases("sigma_patterns.toml"))
def test_patterns(case: dict[str, Any]) -> None:
    """A detection becomes the patterns of the table."""
    made, _ = import_rule(rule(case["detection"]), any_case=case.get("any_case", False))
    assert tuple(case["patterns"]) == made.patterns


@pytest.mark.parametrize("case", cases("sigma_refusals.toml"))
def test_refusals(case: dict[str, Any]) -> None:
    """What the language cannot say is refused, with the reason of the table."""
    with pytest.raises(RefusedError) as caught:
        import_rule(rule(case["detection"]), any_case=False)
    assert case["reason"] == str(caught.value)
    assert case.get("kind", "not expressible") == caught.value.kind


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"logsource": {"product": "aws", "service": "s3"}}, "not the service cloudtrail of aws"),
        ({"logsource": {"category": "proxy"}}, 'its log source is category "proxy"'),
        ({"logsource": {"definition": "?"}}, "its log source is not named"),
        ({"logsource": None}, "it is no Sigma rule"),
        ({"detection": [1]}, "it is no Sigma rule"),
        ({"taxonomy": "ecs"}, 'its taxonomy "ecs" names fields otherwise'),
        ({"id": 7}, "pySigma refuses it"),
        ({"title": None}, "sigma rule must have a title"),
        ({"level": "loud"}, "'loud' is not a valid Sigma rule level"),
        ({"tags": ["plain"]}, "sigma tag must start with namespace"),
        ({"references": "https://example.com"}, "references must be a list"),
    ],
)
def test_keys_that_are_wrong(keys: dict[str, Any], reason: str) -> None:
    """A rule for another log, or with a key of the wrong type, is refused with the reason."""
    with pytest.raises(RefusedError) as caught:
        import_rule(rule("{s: {eventName: StopLogging}, condition: s}", **keys), any_case=False)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "condition",
    ["not " * 2_000 + "s", "(" * 100_000, {"a": 1}, ""],
    ids=["nots", "brackets", "table", "empty"],
)
def test_hostile_conditions(condition: object) -> None:
    """A condition that nests deep, or is none, is refused and ends nothing."""
    with pytest.raises(RefusedError):
        import_rule(rule({"s": {"eventName": "A1b"}, "condition": condition}), any_case=False)


@pytest.mark.parametrize("negated", [False, True])
def test_long_lists_take_several_patterns(*, negated: bool) -> None:
    """A list that one pattern has no room for becomes several; an exclusion cannot."""
    names = [f"Event{number}Of{number % 7}Kind" for number in range(100)]
    content = rule(
        {
            "s": {"eventName": names, "userAgent|contains": "curl"},
            "f": {"errorCode": "AccessDenied"},
            "condition": "not s" if negated else "s and not f",
        }
    )
    if negated:
        with pytest.raises(RefusedError, match="1024 characters"):
            import_rule(content, any_case=False)
        return
    made, notes = import_rule(content, any_case=False)
    patterns = [compile_pattern(text) for text in made.patterns]
    assert 1 < len(patterns) <= MAX_PATTERNS
    assert f"{len(patterns)} patterns, since one has no room for it" in notes
    for name in [*names, "Event1", "EventOf7Kind"]:
        for agent, error in (("CURL/8", None), ("wget", None), ("curl", "AccessDenied")):
            message = f'{{"eventName": "{name}", "userAgent": "{agent}", "errorCode": "{error}"}}'
            expected = name in names and agent != "wget" and error is None
            assert expected == any(pattern.matches(message) for pattern in patterns), message


def test_lists_beyond_all_room_are_refused() -> None:
    """A rule never becomes more patterns than anybody reads."""
    names = [f"Event{number}" + "x" * 40 for number in range(1_000)]
    with pytest.raises(RefusedError) as caught:
        import_rule(rule({"s": {"eventName": names}, "condition": "s"}), any_case=False)
    assert "it would take more than 20 patterns" == str(caught.value)


@pytest.mark.parametrize(
    "detection",
    [
        {"s": {"userAgent|contains": ["x"] * 100_000}, "condition": "s"},
        {"s": {f"f{n}": n for n in range(100_000)}, "condition": "s"},
        {**{f"s{n}": {"f": n} for n in range(900)}, "condition": " or ".join(["1 of s*"] * 900)},
        {"s": [[["x"] * 1_000] * 1_000] * 1_000, "condition": "s"},
    ],
    ids=["values", "fields", "references", "aliases"],
)
def test_large_detections_cost_nothing(detection: dict[str, Any]) -> None:
    """A detection that no rule has room for is refused before it is worked on."""
    start = time.perf_counter()
    with pytest.raises(RefusedError) as caught:
        import_rule(rule(detection), any_case=False)
    reason = "its detection and condition are too large for the patterns of a rule"
    assert reason == str(caught.value)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Root: signed in!", "root-signed-in"),
        ("Détournement d'un rôle", "detournement-d-un-role"),
        ("根", "sigma-rule"),
        ("word " * 30, "-".join(["word"] * 16)),
        ("x" * 200, "x" * 80),
    ],
)
def test_names(title: str, name: str) -> None:
    """A name is the title in lower case with hyphens, 80 characters at most."""
    assert name == name_of(title)


def test_unique_names() -> None:
    """A name that is taken gets the first number that is free, and stays short enough."""
    assert "a" == unique_name("a", [])
    assert "a-3" == unique_name("a", ["a", "a-2"])
    assert f"{'x' * 78}-2" == unique_name("x" * 80, ["x" * 80])
