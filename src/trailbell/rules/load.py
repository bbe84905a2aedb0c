"""Rule files and packs: read, validate, and give rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path

import msgspec

from trailbell.errors import ConfigurationError
from trailbell.preview import preview
from trailbell.rules.pack import Entry, Invalid, Pack
from trailbell.rules.shapes import RuleFile
from trailbell.rules.tables import Lists, entry_of
from trailbell.toml_files import TomlFile, read_toml
from trailbell.toml_words import close_matches

DEFAULT_PACK = "essentials"

# What takes the place of the other rules of a file while one of them is looked at by itself.
_STAND_IN = {"name": "stand-in", "pattern": ""}


def pack_names() -> tuple[str, ...]:
    """Return the names of the packs that ship with the package, sorted."""
    return tuple(sorted(path.stem for path in _packs().glob("*.toml")))


def load_rules(
    names: Sequence[str],
    folder: Path,
    *,
    lists: Mapping[str, Sequence[str]] | None = None,
    skip_invalid: bool = False,
) -> tuple[Pack, ...]:
    """Load packs by name and rule files by path; a path may hold ``*``.

    Relative paths are of ``folder``. ``lists`` are those of the configuration; they replace what a
    file has of the same names. With ``skip_invalid`` a rule, or a file, that is wrong is left out
    and named in ``Pack.invalid``. Raises ConfigurationError where a file does not exist, else where
    one is wrong, or where two rules have one name.
    """
    packs: dict[Path, Pack] = {}
    seen: dict[str, str] = {}
    for path in rule_paths(names, folder):
        if path.resolve() in packs:
            continue
        pack = load_file(path, lists=lists, skip_invalid=skip_invalid)
        packs[path.resolve()] = _without_taken(pack, seen, skip_invalid=skip_invalid)
    return tuple(packs.values())


def load_file(
    path: Path,
    *,
    lists: Mapping[str, Sequence[str]] | None = None,
    skip_invalid: bool = False,
) -> Pack:
    """Load one rule file; see ``load_rules``.

    Raises ConfigurationError naming file, line, rule and key.
    """
    try:
        file = read_toml(path)
        content = _converted(file, skip_invalid=skip_invalid)
    except ConfigurationError as error:
        if not skip_invalid:
            raise
        return Pack(path.stem, path, invalid=(Invalid(path, "", error),))
    known = {**content.lists, **(lists or {})}
    if not skip_invalid:
        entries = tuple(entry_of(one, file, at, known) for at, one in enumerate(content.rule))
        return Pack(path.stem, path, content.description, entries)
    found = list(_one_by_one(file, known))
    return Pack(
        path.stem,
        path,
        content.description,
        tuple(one for one in found if isinstance(one, Entry)),
        tuple(one for one in found if isinstance(one, Invalid)),
    )


def _converted(file: TomlFile, *, skip_invalid: bool) -> RuleFile:
    """Read a file into its shape, where invalid rules are skipped without its rules."""
    rules = file.content.get("rule")
    if skip_invalid and isinstance(rules, list):
        file = _with_rules(file, [_STAND_IN] * len(rules))
    content = file.convert(RuleFile)
    if not content.rule:
        raise ConfigurationError(f"{file.path}: holds no rule; a rule is a [[rule]] table")
    return content


def _one_by_one(file: TomlFile, lists: Lists) -> Iterator[Entry | Invalid]:
    """Read each rule of a file as if it were the only one."""
    tables = file.content["rule"]
    try:
        # Mostly no table is wrong, and a thousand of them need not be read a thousand times.
        whole = file.convert(RuleFile).rule
    except ConfigurationError:
        whole = ()
    for number, table in enumerate(tables):
        others: list[object] = [_STAND_IN] * len(tables)
        others[number] = table
        try:
            rules = whole or _with_rules(file, others).convert(RuleFile).rule
            yield entry_of(rules[number], file, number, lists)
        except ConfigurationError as error:
            name = table.get("name") if isinstance(table, dict) else None
            yield Invalid(file.path, name if isinstance(name, str) else "", error)


def _with_rules(file: TomlFile, rules: Sequence[object]) -> TomlFile:
    """Return a file with other tables in the place of its rules."""
    return dataclasses.replace(file, content={**file.content, "rule": list(rules)})


def _without_taken(pack: Pack, seen: dict[str, str], *, skip_invalid: bool) -> Pack:
    """Return a pack without the rules whose names are taken; note the names of the others."""
    entries, invalid = [], []
    for entry in pack.entries:
        name = entry.rule.name
        taken = seen.setdefault(name, entry.place)
        if taken == entry.place:
            entries.append(entry)
            continue
        error = ConfigurationError(
            f'{entry.place}: rule "{name}": the name is taken by the rule at {taken};'
            " rename one of them"
        )
        if not skip_invalid:
            raise error
        invalid.append(Invalid(pack.path, name, error))
    return msgspec.structs.replace(pack, entries=tuple(entries), invalid=(*pack.invalid, *invalid))


def _packs() -> Path:
    """Return the folder of the shipped packs; the package is always installed unpacked."""
    return Path(str(resources.files("trailbell.rules") / "packs"))


def rule_paths(names: Sequence[str], folder: Path) -> list[Path]:
    """Return the files that names of packs and paths stand for, as ``load_rules`` takes them.

    Raises ConfigurationError where there is none.
    """
    paths: list[Path] = []
    for name in names:
        if name in pack_names():
            paths.append(_packs() / f"{name}.toml")
            continue
        found = _files(name, folder)
        if not found:
            raise ConfigurationError(
                f"rules {preview(name)}: no such pack or file;{_advice_on(name)}"
                f" the packs are {', '.join(pack_names())},"
                f" and paths are relative to {folder.resolve()}"
            )
        paths.extend(found)
    return paths


def _advice_on(name: str) -> str:
    """Say what a name that is neither a pack nor a file may have been meant for."""
    near = close_matches(name, pack_names())
    if near:
        return f" did you mean {near}?"
    homes = (pack for pack in pack_names() if name in _names_in(_packs() / f"{pack}.toml"))
    home = next(homes, None)
    return f" it is a rule of the pack {home}: name the pack;" if home else ""


def _names_in(path: Path) -> set[str]:
    """Return the names of the rules of a file."""
    return {entry.rule.name for entry in load_file(path).entries}


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
