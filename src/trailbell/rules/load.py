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
from trailbell.toml_files import duration_of, line_of_table, load_toml

DEFAULT_PACK = "cis"

# Keys of the format that this version does not read; refused by name, never ignored.
_PLANNED = {
    "except": "named exceptions of a rule",
    "test": "records that a rule must match or not",
    "enabled": "switching a rule off",
    "published_pattern": "the exact text of a benchmark",
}

_SELECTOR = re.compile(r"\$(\.[\w-]+)+")
_Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]


class _Threshold(msgspec.Struct, forbid_unknown_fields=True):
    """Hold ``threshold`` as it stands in the file."""

    count: Annotated[int, msgspec.Meta(ge=2, le=10_000)]
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
    threshold: _Threshold | None = None
    route: str = ""


class _RuleFile(msgspec.Struct, forbid_unknown_fields=True):
    """Hold a rule file."""

    rule: tuple[_Rule, ...] = ()
    description: str = ""


class Pack(msgspec.Struct, frozen=True):
    """Hold the rules of one file, with what the file says of itself."""

    name: str
    path: Path
    description: str
    rules: tuple[Rule, ...]


def pack_names() -> tuple[str, ...]:
    """Return the names of the packs that ship with the package, sorted."""
    return tuple(sorted(path.stem for path in _packs().glob("*.toml")))


def load_rules(names: tuple[str, ...], folder: Path) -> tuple[Pack, ...]:
    """Load packs by name and rule files by path; a path may hold ``*``.

    Relative paths are of ``folder``. Raises ConfigurationError where one does not exist, is
    wrong, or where two rules have one name.
    """
    packs: list[Pack] = []
    seen: dict[str, Path] = {}
    for path in _paths(names, folder):
        if any(pack.path == path for pack in packs):
            continue
        pack = load_file(path)
        for rule in pack.rules:
            if rule.name in seen:
                raise ConfigurationError(
                    f'{path}: rule "{rule.name}" is in {seen[rule.name]} already;'
                    " rename one of them"
                )
            seen[rule.name] = path
        packs.append(pack)
    return tuple(packs)


def load_file(path: Path) -> Pack:
    """Load one rule file. Raises ConfigurationError naming file, line, rule and key."""
    content = load_toml(path, _RuleFile, planned=_PLANNED)
    if not content.rule:
        raise ConfigurationError(f"{path}: holds no rule; a rule is a [[rule]] table")
    lines = path.read_text(encoding="utf-8")
    rules = []
    for number, table in enumerate(content.rule):
        place = f'{path}:{line_of_table(lines, "[[rule]]", number)}: rule "{table.name}"'
        rules.append(_made(table, place))
    return Pack(path.stem, path, content.description, tuple(rules))


def _made(table: _Rule, place: str) -> Rule:
    """Make a rule of its table; ``place`` names file, line and rule for an error."""
    threshold = None
    if table.threshold:
        seconds = duration_of(table.threshold.within, f'{place}: key "within"')
        threshold = Threshold(table.threshold.count, timedelta(seconds=seconds))
    if table.runbook and not table.runbook.startswith(("https://", "http://")):
        raise ConfigurationError(
            f'{place}: key "runbook": expected an https:// address, found "{table.runbook}"'
        )
    for name in table.group_by:
        if name not in FACETS and not _SELECTOR.fullmatch(name):
            raise ConfigurationError(
                f'{place}: key "group_by": expected {", ".join(FACETS)}, or a selector such as'
                f' "$.requestParameters.bucketName"; found {preview(name)}'
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
        found = sorted(folder.glob(name)) if "*" in name and not Path(name).is_absolute() else []
        if "*" not in name:
            found = [folder / name] if (folder / name).is_file() else []
        if not found:
            raise ConfigurationError(
                f'rules "{name}": no such pack or file; the packs are {", ".join(pack_names())},'
                f" and paths are relative to {folder}"
            )
        paths.extend(found)
    return paths
