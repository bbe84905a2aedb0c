"""``trailbell rules import-sigma``: a rule file made of Sigma rules."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trailbell.cli.exits import Exit
from trailbell.cli.inputs import LONGEST_LINE, complete_files
from trailbell.errors import ConfigurationError, UnreadableError
from trailbell.model import Unreadable
from trailbell.preview import lowered, one_line, printable
from trailbell.sources.files import STDIN, InputFile, find

if TYPE_CHECKING:
    from trailbell.sigma.documents import Document
    from trailbell.sigma.importing import Import, Outcome

_SUFFIXES = (".yml", ".yaml")
_INSTALL = "pip install 'pysigma>=2,<3'"


@click.command("import-sigma", short_help="Make a rule file of Sigma rules.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", shell_complete=complete_files)
@click.option(
    "--output",
    metavar="FILE",
    shell_complete=complete_files,
    help="Where the rule file goes; - is the standard output, and the default without --json.",
)
@click.option("--force", is_flag=True, help="Replace the output file if it is there.")
@click.option(
    "--any-case",
    is_flag=True,
    help="Compare also what AWS spells, such as eventName, in upper and lower case alike.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON array.")
def import_sigma(
    paths: tuple[str, ...], output: str | None, *, force: bool, any_case: bool, as_json: bool
) -> int:
    """Make a rule file of Sigma rules for CloudTrail, and tell of each what became of it.

    A path is a file, a folder with .yml and .yaml files, or "-" for the standard input. What the
    pattern language cannot say exactly is not imported, and the report says why. The exit status
    is 0 where all rules were imported, 1 where one was not, 3 where a file could not be read.

    \b
    Example:
      trailbell rules import-sigma sigma/rules/cloud/aws --output rules/sigma.toml
    """
    _check_extra()
    target = _target(output, force=force, as_json=as_json)
    # pySigma takes a tenth of a second to load, and is not always there.
    from trailbell.sigma.importing import import_documents
    from trailbell.sigma.writing import rule_file

    documents, unreadable = _read(_files(paths))
    if not documents and not unreadable:
        raise ConfigurationError(
            f"{', '.join(map(printable, paths))}: no .yml or .yaml file with a rule in it"
        )
    done = import_documents(documents, any_case=any_case)
    if done.rules and target is not None:
        text = rule_file(done.rules, any_case=any_case)
        if target == Path(STDIN):
            click.echo(text, nl=False)
        else:
            target.write_text(text, "utf-8")
    if as_json:
        click.echo(json.dumps([*map(_as_json, done.outcomes), *map(_unread, unreadable)], indent=2))
    else:
        for line in _lines(done, unreadable):
            click.echo(one_line(line, LONGEST_LINE) if line[:1] != " " else line, err=True)
    if unreadable:
        return Exit.UNREADABLE
    return Exit.NOTHING_FOUND if len(done.rules) < len(done.outcomes) else Exit.OK


def _check_extra() -> None:
    """Raise ConfigurationError where pySigma is not installed."""
    try:
        # Another package is called sigma as well; it has no module of this name.
        import sigma.rule  # noqa: F401  only whether it is there
    except ImportError as error:
        raise ConfigurationError(f"importing Sigma rules needs pySigma: {_INSTALL}") from error


def _target(output: str | None, *, force: bool, as_json: bool) -> Path | None:
    """Return where the rule file goes, None for nowhere; ``-`` is the standard output.

    Raises ConfigurationError where that is a file that is there, or where the report goes.
    """
    if output is None:
        return None if as_json else Path(STDIN)
    if output == STDIN and as_json:
        raise ConfigurationError(
            "--json prints the report to the standard output; name a file with --output"
        )
    path = Path(output)
    if output != STDIN and path.exists() and not force:
        raise ConfigurationError(
            f"{printable(output)}: there already; --force replaces it, another --output leaves it"
        )
    return path


def _files(paths: Iterable[str]) -> Iterator[InputFile]:
    """Give the files that paths name, of folders those with YAML in them; each once."""
    seen = set()
    for path in dict.fromkeys(paths):
        chosen = os.path.isdir(path)  # noqa: PTH112  the path stays as the user gave it
        for file in find([path]):
            whole = os.path.realpath(file.path) if file.path != STDIN else STDIN
            if whole not in seen and (not chosen or file.path.lower().endswith(_SUFFIXES)):
                seen.add(whole)
                yield file


def _read(files: Iterable[InputFile]) -> tuple[list[Document], list[Unreadable]]:
    """Read the documents of files; those that cannot be read are told apart."""
    from trailbell.sigma.documents import documents_of

    documents: list[Document] = []
    unreadable = []
    for file in files:
        try:
            with file.open() as stream:
                documents += documents_of(file.path, stream)
        except OSError as error:
            reason = lowered(error.strerror or str(error))
            unreadable.append(Unreadable(file.path, reason))
        except UnreadableError as error:
            unreadable.append(Unreadable(file.path, str(error)))
    return documents, unreadable


def _lines(done: Import, unreadable: Iterable[Unreadable]) -> Iterator[str]:
    """Give the lines of the report: every rule with what became of it, and the sum."""
    for one in done.outcomes:
        told = f"{one.path}:{one.line}: {one.title or 'without a title'}"
        if one.name is None:
            yield f"not imported: {told}: {one.reason}"
        else:
            yield f"imported: {told}: {one.name}"
        yield from (f"  note: {one_line(note, LONGEST_LINE)}" for note in one.notes)
    yield from (f"unreadable: {file.place}: {file.reason}" for file in unreadable)
    yield done.summary


def _as_json(one: Outcome) -> dict[str, object]:
    """Return what scripts get of a rule."""
    return {
        "path": one.path,
        "line": one.line,
        "title": one.title,
        "id": one.id,
        "imported": one.name is not None,
        "name": one.name,
        "reason": one.reason or None,
        "notes": list(one.notes),
    }


def _unread(file: Unreadable) -> dict[str, object]:
    """Return what scripts get of a file that could not be read: the keys of a rule."""
    return {
        "path": file.place,
        "line": None,
        "title": "",
        "id": "",
        "imported": False,
        "name": None,
        "reason": file.reason,
        "notes": [],
    }
