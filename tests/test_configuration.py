"""``trailbell.toml``: what it says, and what is wrong in it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from trailbell.configuration import (
    Configuration,
    DestinationTable,
    RouteTable,
    SecretSource,
    load_configuration,
)
from trailbell.errors import ConfigurationError
from trailbell.model import LogEvent, Match, Origin, Rule, Severity
from trailbell.rules import DEFAULT_PACK

HERE = Path(__file__).parent
ERRORS = tomllib.loads((HERE / "configuration_errors.toml").read_text("utf-8"))["case"]
SECRET = "tiger"

FULL = """
rules = ["essentials", "rules/*.toml"]

[destination.security]
type = "slack-webhook"
url = { env = "SLACK_WEBHOOK_URL" }
per_second = 2
burst = 5
allow_host = ["127.0.0.1"]

[destination.screen]
type = "terminal"

[[route]]
severity = ["high", "critical"]
account = ["1111*"]
to = "security"

[[route]]
to = "screen"

[accounts]
111122223333 = "prod"

[group]
window = "10m"
longest = "2h"

[lists]
scanners = ["198.51.100.7"]
"""


def test_every_key(tmp_path: Path) -> None:
    """A file with every key says all of it; paths are relative to its folder."""
    path = tmp_path / "trailbell.toml"
    path.write_text(FULL, "utf-8")
    expected = Configuration(
        folder=tmp_path.resolve(),
        rules=("essentials", "rules/*.toml"),
        destinations={
            "security": DestinationTable(
                "slack-webhook", SecretSource(env="SLACK_WEBHOOK_URL"), 2.0, 5, ("127.0.0.1",)
            ),
            "screen": DestinationTable("terminal"),
        },
        routes=(
            RouteTable("security", (Severity.HIGH, Severity.CRITICAL), account=("1111*",)),
            RouteTable("screen"),
        ),
        accounts={"111122223333": "prod"},
        window=600.0,
        longest=7_200.0,
        lists={"scanners": ("198.51.100.7",)},
    )
    assert expected == load_configuration(path)


def test_empty_file(tmp_path: Path) -> None:
    """A file that says nothing is the default."""
    path = tmp_path / "trailbell.toml"
    path.touch()
    expected = Configuration(tmp_path.resolve())
    assert expected == load_configuration(path)
    assert expected.rules == (DEFAULT_PACK,)


@pytest.mark.parametrize("case", ERRORS, ids=lambda case: case["name"])
def test_error_in_configuration(
    case: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error names file, line, table and key, what belongs there and what was found."""
    monkeypatch.chdir(tmp_path)
    path = Path("trailbell.toml")
    path.write_text(case["text"], "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(path)
    assert case["error"] == str(caught.value)


def test_error_tells_no_secret() -> None:
    """The table of errors has addresses wherever somebody may write one, and shows none."""
    written = [case for case in ERRORS if SECRET in case["text"]]
    assert len(written) > 5
    assert [] == [case["error"] for case in ERRORS if SECRET in case["error"]]


def test_secret_of_the_environment(tmp_path: Path) -> None:
    """A secret in a variable comes without the blanks round it."""
    source = SecretSource(env="URL")
    assert source.read({"URL": " tiger\n"}, tmp_path, "here") == SECRET


def test_secret_of_a_file(tmp_path: Path) -> None:
    """A secret in a file comes without its line end; the path is relative to the folder."""
    (tmp_path / "url.txt").write_text("tiger\n", "utf-8")
    assert SecretSource(file="url.txt").read({}, tmp_path, "here") == SECRET


SECRET_ERRORS = [
    (
        SecretSource(env="URL"),
        "here: the environment variable URL is not set; set it, or run with --to terminal",
    ),
    (SecretSource(file="none"), "here: {}/none cannot be read: No such file or directory"),
    (SecretSource(file="empty"), "here: {}/empty is empty; write the value into it"),
    (SecretSource(file="binary"), "here: {}/binary cannot be read: it is not UTF-8 text"),
    (SecretSource(), 'here: expected either {{ env = "NAME" }} or {{ file = "path" }}'),
]


@pytest.mark.parametrize(("source", "message"), SECRET_ERRORS, ids=str)
def test_error_no_secret(source: SecretSource, message: str, tmp_path: Path) -> None:
    """A secret that is not where it should be is an error that says where to put it."""
    (tmp_path / "empty").write_text(" \n", "utf-8")
    (tmp_path / "binary").write_bytes(b"tiger\xff")
    with pytest.raises(ConfigurationError) as caught:
        source.read({"URL": " "}, tmp_path, "here")
    assert message.format(tmp_path) == str(caught.value)


def match(name: str = "stops", **changed: str) -> Match:
    """Make a match of a high rule in a log group."""
    rule = Rule(name, "{ $.a = b }", severity=Severity.HIGH, route=changed.get("route", ""))
    return Match(rule, LogEvent("{}", origin=Origin(log_group=changed.get("group", "trail"))))


ROUTES = [
    ((), "", ("first", "second")),
    ((RouteTable("second"),), "", ("second",)),
    ((RouteTable("second"),), "first", ("first",)),
    ((RouteTable("first", severity=(Severity.LOW,)),), "", ()),
    (
        (
            RouteTable("first", severity=(Severity.LOW,)),
            RouteTable("second", severity=(Severity.HIGH,)),
        ),
        "",
        ("second",),
    ),
    ((RouteTable("first", rule=("st*",)), RouteTable("second")), "", ("first",)),
    ((RouteTable("first", rule=("st",)), RouteTable("second")), "", ("second",)),
    ((RouteTable("first", account=("111122223333",)),), "", ("first",)),
    ((RouteTable("first", account=("4444*", "1111*")),), "", ("first",)),
    ((RouteTable("first", account=("1111*",), log_group=("other",)),), "", ()),
    ((RouteTable("first", account=("1111*",), log_group=("tr*",)),), "", ("first",)),
    ((RouteTable("first", log_group=("[t]rail", "t?ail")), RouteTable("second")), "", ("second",)),
]


@pytest.mark.parametrize(("routes", "own", "names"), ROUTES)
def test_way_of_a_match(
    routes: tuple[RouteTable, ...], own: str, names: tuple[str, ...], tmp_path: Path
) -> None:
    """A match goes where its rule says, else the first route that fits; without routes, to all."""
    tables = {name: DestinationTable("terminal") for name in ("first", "second")}
    configuration = Configuration(tmp_path, destinations=tables, routes=routes)
    assert names == configuration.destinations_of(match(route=own), "111122223333")
