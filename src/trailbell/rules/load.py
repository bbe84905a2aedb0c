"""Rule files and packs: read, validate, and give rules."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Annotated

import msgspec

from trailbell.errors import ConfigurationError, PatternSyntaxError
from trailbell.model import Rule, Severity, Threshold
from trailbell.preview import preview
from trailbell.record import FACETS
from trailbell.toml_files import duration_of, read_toml
from trailbell.toml_words import close_matches, found_words

DEFAULT_PACK = "cis"

# Keys of the format that this version does not read; refused by name, never ignored.
_PLANNED = {
    "except": "named exceptions of a rule",
    "test": "records that a rule must match or not",
    "enabled": "switching a rule off",
    "published_pattern": "the exact text of a benchmark",
}

DESTINATION_NAME = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
"""What a destination may be called."""

_SELECTOR = re.compile(r"\$(\.[\w-]+)+")
_Name = Annotated[
    str,
    msgspec.Meta(
        # "$" alone would let a line end through.
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\Z",
        max_length=80,
        description='a name such as "root-login": a-z, 0-9, single hyphens, 80 characters at most',
    ),
]
_ADDRESS = re.compile(r"https?://[^\s<>|\"]+")


class _Threshold(msgspec.Struct, forbid_unknown_fields=True):
    """Hold ``threshold`` as it stands in the file."""

    count: Annotated[int, msgspec.Meta(ge=2, le=2_000)]
    within: str


class _Rule(msgspec.Struct, forbid_unknown_fields=True):
    """Hold a ``[[rule]]`` table as it stands in the file."""

    name: _Name
    pattern: str
    title: Annotated[str, msgspec.Meta(max_length=150)] = ""
    severity: Severity = Severity.MEDIUM
    description: str = ""
    references: tuple[str, ...] = ()
    runbook: str = ""
    group_by: tuple[str, ...] = ()
    threshold: (
        Annotated[
            _Threshold, msgspec.Meta(description='a table such as { count = 5, within = "5m" }')
        ]
        | None
    ) = None
    route: str = ""


class _RuleFile(msgspec.Struct, forbid_unknown_fields=True):
    """Hold a rule file."""

    rule: tuple[_Rule, ...] = ()
    description: str = ""


class Pack(msgspec.Struct, frozen=True):
    """Hold the rules of one file, with what the file says of itself.

    ``places`` has for each rule the file and line of its table, as errors name them.
    """

    name: str
    path: Path
    description: str
    rules: tuple[Rule, ...]
    places: tuple[str, ...] = ()


def pack_names() -> tuple[str, ...]:
    """Return the names of the packs that ship with the package, sorted."""
    return tuple(sorted(path.stem for path in _packs().glob("*.toml")))


def load_rules(names: tuple[str, ...], folder: Path) -> tuple[Pack, ...]:
    """Load packs by name and rule files by path; a path may hold ``*``.

    Relative paths are of ``folder``. Raises ConfigurationError where one does not exist, is
    wrong, or where two rules have one name.
    """
    packs: dict[Path, Pack] = {}
    seen: dict[str, str] = {}
    for path in _paths(names, folder):
        if path.resolve() in packs:
            continue
        pack = packs[path.resolve()] = load_file(path)
        for rule, place in zip(pack.rules, pack.places, strict=True):
            if rule.name in seen:
                raise ConfigurationError(
                    f'{place}: rule "{rule.name}": the name is taken by the rule at'
                    f" {seen[rule.name]}; rename one of them"
                )
            seen[rule.name] = place
    return tuple(packs.values())


def load_file(path: Path) -> Pack:
    """Load one rule file. Raises ConfigurationError naming file, line, rule and key."""
    file = read_toml(path)
    content = file.convert(_RuleFile, planned=_PLANNED)
    if not content.rule:
        raise ConfigurationError(f"{path}: holds no rule; a rule is a [[rule]] table")
    numbers = range(len(content.rule))
    rules = tuple(_made(content.rule[number], file.place("rule", number)) for number in numbers)
    places = tuple(file.at("rule", number) for number in numbers)
    return Pack(path.stem, path, content.description, rules, places)


def _made(table: _Rule, place: str) -> Rule:
    """Make a rule of its table; ``place`` names file, line and rule for an error."""
    threshold = None
    if table.threshold:
        seconds = duration_of(table.threshold.within, f'{place}: key "within"')
        threshold = Threshold(table.threshold.count, timedelta(seconds=seconds))
    if table.runbook and not _ADDRESS.fullmatch(table.runbook):
        raise ConfigurationError(
            f'{place}: key "runbook": expected an https:// address,'
            f" found {found_words(table.runbook)}"
        )
    for name in table.group_by:
        if name not in FACETS and not _SELECTOR.fullmatch(name):
            raise ConfigurationError(
                f'{place}: key "group_by": expected {", ".join(FACETS)}, or a selector such as'
                f' "$.requestParameters.bucketName"; found {preview(name)}'
            )
    if table.route and not DESTINATION_NAME.fullmatch(table.route):
        raise ConfigurationError(
            f'{place}: key "route": expected the name of a destination,'
            f" found {found_words(table.route)}"
        )
    try:
        return Rule(
            name=table.name,
            pattern=table.pattern,
            title=table.title or table.name.replace("-", " "),
            severity=table.severity,
            description=table.description,
            references=table.references,
            runbook=table.runbook,
            group_by=table.group_by,
            threshold=threshold,
            route=table.route,
        )
    except PatternSyntaxError as error:
        raise ConfigurationError(f"{place}: {error}") from error


def _packs() -> Path:
    """Return the folder of the shipped packs; the package is always installed unpacked."""
    return Path(str(resources.files("trailbell.rules") / "packs"))


def _paths(names: tuple[str, ...], folder: Path) -> list[Path]:
    """Turn names of packs and paths into the files they stand for."""
    paths: list[Path] = []
    for name in names:
        if name in pack_names():
            paths.append(_packs() / f"{name}.toml")
            continue
        found = _files(name, folder)
        if not found:
            near = close_matches(name, pack_names())
            raise ConfigurationError(
                f"rules {preview(name)}: no such pack or file; "
                + (f"did you mean {near}? " if near else "")
                + f"the packs are {', '.join(pack_names())}, and paths are relative to {folder}"
            )
        paths.extend(found)
    return paths


def _files(name: str, folder: Path) -> list[Path]:
    """Return the files that a path stands for. Raises ConfigurationError for a folder."""
    # The folder itself is no pattern, whatever characters are in its name.
    path = folder / name
    if "*" in name:
        root = Path(path.anchor) if Path(name).is_absolute() else folder
        try:
            return sorted(root.glob(str(path.relative_to(root))))
        except (ValueError, NotImplementedError, OSError) as error:
            raise ConfigurationError(
                f"rules {preview(name)}: cannot be searched for: {error}"
            ) from error
    if name and path.is_dir():
        raise ConfigurationError(
            f'rules {preview(name)}: is a folder; write "{name.rstrip("/")}/*.toml"'
            " for the files in it"
        )
    return [path] if path.is_file() else []
