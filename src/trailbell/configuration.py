"""``trailbell.toml``: which rules, which destinations, and which way a match goes.

.. code-block:: toml

    rules = ["cis", "rules/*.toml"]

    [destination.security]
    type = "slack-webhook"
    url = { env = "SLACK_WEBHOOK_URL" }

    [[route]]
    severity = ["high", "critical"]
    to = "security"

The value of a secret never stands in the file; a destination says where it is found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from trailbell.errors import ConfigurationError
from trailbell.model import Match, Severity
from trailbell.rules import (
    DEFAULT_PACK,
    DESTINATION_NAME,
    AddedException,
    ExceptTable,
    Pack,
    Tailoring,
    exception_of,
    load_rules,
)
from trailbell.suppression import fits_text
from trailbell.toml_files import duration_of, read_toml
from trailbell.toml_words import found_words

FILE_NAME = "trailbell.toml"

_PLANNED = {
    "ssm": "a secret in Parameter Store",
    "secret": "a secret in Secrets Manager",
}
_SOURCES = 'where the secret is found: { env = "NAME" } or { file = "path" }'

_DestinationName = Annotated[
    str,
    msgspec.Meta(
        pattern=rf"^{DESTINATION_NAME.pattern}\Z",
        description='a name such as "security": a-z, 0-9, single hyphens or underscores',
    ),
]
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class SecretSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say where a secret is found: an environment variable or a file; exactly one of them."""

    env: str = ""
    file: str = ""

    def check(self, where: str) -> None:
        """Raise ConfigurationError, naming ``where``, unless it says one place.

        A value that was written instead of its place is not shown: it is the secret.
        """
        if bool(self.env) == bool(self.file):
            raise ConfigurationError(
                f'{where}: expected either {{ env = "NAME" }} or {{ file = "path" }}'
            )
        if self.env and not _ENVIRONMENT_NAME.fullmatch(self.env):
            raise ConfigurationError(
                f'{where}: key "env": expected the name of an environment variable, found something'
                " else; set a variable to the value and write its name here"
            )
        if "://" in self.file:
            raise ConfigurationError(
                f'{where}: key "file": expected the path of a file, found an address;'
                " write the address into a file and its path here"
            )

    def read(self, environment: Mapping[str, str], folder: Path, where: str) -> str:
        """Return the secret, without the blanks round it.

        ``where`` names the key for an error. Raises ConfigurationError where it is not there.
        """
        self.check(where)
        if self.env:
            value = environment.get(self.env, "").strip()
            if not value:
                raise ConfigurationError(
                    f"{where}: the environment variable {self.env} is not set;"
                    f" set it, or run with --to terminal"
                )
            return value
        path = folder / self.file
        try:
            value = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise ConfigurationError(f"{where}: {path} cannot be read: {reason}") from error
        if not value:
            raise ConfigurationError(f"{where}: {path} is empty; write the value into it")
        return value


class DestinationTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold a ``[destination.NAME]`` table."""

    type: Literal["slack-webhook", "terminal"]
    url: Annotated[SecretSource, msgspec.Meta(description=_SOURCES)] | None = None
    per_second: Annotated[float, msgspec.Meta(gt=0, le=1_000)] = 1.0
    burst: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 3
    allow_host: tuple[str, ...] = ()


class RouteTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold a ``[[route]]`` table; every key that is there must fit."""

    to: str
    severity: tuple[Severity, ...] = ()
    rule: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    log_group: tuple[str, ...] = ()


class GroupTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold the ``[group]`` table: how stories are cut."""

    window: str = "5m"
    longest: str = "1h"


class ExceptFor(ExceptTable, frozen=True, forbid_unknown_fields=True):
    """Hold an ``[[except]]`` table: an exception for the rules whose names fit."""

    rule: Annotated[
        tuple[str, ...],
        msgspec.Meta(
            min_length=1, description='a list of names of rules in [ ], such as ["root-login"]'
        ),
    ] = ("*",)


class ConfigurationFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold ``trailbell.toml`` as it stands."""

    rules: tuple[str, ...] = (DEFAULT_PACK,)
    destination: dict[_DestinationName, DestinationTable] = {}
    route: tuple[RouteTable, ...] = ()
    accounts: dict[str, str] = {}
    group: GroupTable = GroupTable()
    disabled: tuple[str, ...] = ()
    exceptions: tuple[ExceptFor, ...] = msgspec.field(default=(), name="except")
    lists: Annotated[
        dict[str, tuple[str, ...]],
        msgspec.Meta(description="a table of lists, each of texts in [ ]"),
    ] = {}
    published_patterns: bool = False


@dataclass(frozen=True, slots=True)
class Configuration:
    """Hold what a configuration says, checked; without a file, the defaults.

    ``path`` is its file, None without one. ``folder`` is where relative paths start; ``window`` and
    ``longest`` are in seconds. ``tailoring`` is what it changes of the rules that it loads.
    """

    folder: Path
    rules: tuple[str, ...] = (DEFAULT_PACK,)
    destinations: Mapping[str, DestinationTable] = field(default_factory=dict)
    routes: tuple[RouteTable, ...] = ()
    accounts: Mapping[str, str] = field(default_factory=dict)
    window: float = 300.0
    longest: float = 3600.0
    path: Path | None = field(default=None, compare=False)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tailoring: Tailoring = field(default_factory=Tailoring)

    def load_rules(
        self, names: Sequence[str] = (), *, skip_invalid: bool = False
    ) -> tuple[Pack, ...]:
        """Load the rules that the configuration names, with what it changes of them.

        Other ``names``, whose paths are relative to the working directory, take the place of its
        own. With ``skip_invalid`` what is wrong is left out, and stands in ``Pack.invalid``. Raises
        ConfigurationError where a rule, or a name that a change is for, is wrong.
        """
        folder = Path() if names else self.folder
        packs = load_rules(names or self.rules, folder, lists=self.lists, skip_invalid=skip_invalid)
        if not names:
            self.tailoring.check(packs, str(self.path))
        return self.tailoring.applied(packs)

    def destinations_of(self, match: Match, account: str) -> tuple[str, ...]:
        """Return the names of the destinations that a match goes to.

        That is the rule's own route, else the first route that fits; every destination where
        there is no route at all; none where there are routes and none of them fits.
        """
        if match.rule.route:
            return (match.rule.route,)
        if not self.routes:
            return tuple(self.destinations)
        for route in self.routes:
            if _fits(route, match, account):
                return (route.to,)
        return ()


def find_configuration(named: Path | None, folder: Path) -> Configuration:
    """Load the configuration that is named, else the one in a folder, else the defaults.

    Raises ConfigurationError as ``load_configuration`` does.
    """
    path = named or folder / FILE_NAME
    if named is None and not path.exists():
        return Configuration(folder)
    return load_configuration(path)


def load_configuration(path: Path) -> Configuration:
    """Load a configuration file.

    Raises ConfigurationError, which names the file, the table and the key.
    """
    file = read_toml(path)
    content = file.convert(ConfigurationFile, planned=_PLANNED)
    for name, table in content.destination.items():
        where = file.place("destination", name)
        if table.url:
            table.url.check(f'{where}: key "url"')
        elif table.type == "slack-webhook":
            raise ConfigurationError(
                f'{where}: the key "url" is missing; write url = {{ env = "SLACK_WEBHOOK_URL" }}'
            )
    for number, route in enumerate(content.route):
        if route.to not in content.destination:
            known = ", ".join(content.destination) or "none"
            raise ConfigurationError(
                f'{file.place("route", number)}: key "to": no destination is called'
                f" {found_words(route.to)}; configured are: {known}"
            )
    added = tuple(
        AddedException(
            table.rule, exception_of(table, place := file.place("except", at), content.lists), place
        )
        for at, table in enumerate(content.exceptions)
    )
    return Configuration(
        path=path,
        folder=path.parent,
        lists=content.lists,
        tailoring=Tailoring(content.disabled, added, content.published_patterns),
        rules=content.rules,
        destinations=content.destination,
        routes=content.route,
        accounts=content.accounts,
        window=duration_of(content.group.window, f'{file.place("group", "window")}: key "window"'),
        longest=duration_of(
            content.group.longest, f'{file.place("group", "longest")}: key "longest"'
        ),
    )


def _fits(route: RouteTable, match: Match, account: str) -> bool:
    """Tell whether every key of a route fits; a name may hold ``*``."""
    asked = (
        (route.severity, match.rule.severity),
        (route.rule, match.rule.name),
        (route.account, account),
        (route.log_group, match.event.origin.log_group),
    )
    return all(
        not wanted or any(fits_text(found, one) for one in wanted) for wanted, found in asked
    )
