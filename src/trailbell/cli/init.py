"""``trailbell init``: a configuration, and a rule of one's own, to begin with."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from trailbell.cli.exits import Exit
from trailbell.errors import ConfigurationError
from trailbell.preview import printable
from trailbell.starter import starter_files

_NEXT = """\
Next:
  {cd}trailbell rules test              the rules, and their tests
  {cd}trailbell run --to terminal LOGS  what would ring, nowhere but here
  {cd}trailbell manifest --format url   the Slack app; put its webhook URL into SLACK_WEBHOOK_URL
"""


@click.command(short_help="Write a configuration to begin with.")
@click.argument(
    "folder", type=click.Path(file_okay=False, path_type=Path), default=Path(), metavar="[FOLDER]"
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
def init(folder: Path, *, force: bool) -> int:
    """Write a commented trailbell.toml, and a rule file with a tested example.

    Nothing is asked, and nothing that is there is replaced.

    \b
    Example:
      trailbell init alerts
    """
    files = {folder / path: text for path, text in starter_files().items()}
    there = [path for path in files if path.exists()]
    if there and not force:
        names = " and ".join(printable(str(path)) for path in there)
        raise ConfigurationError(
            f"{names}: there already; --force replaces what is there, another folder leaves it"
        )
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        click.echo(f"wrote {printable(str(path))}")
    inside = folder.resolve() == Path.cwd()
    click.echo(
        _NEXT.format(cd="" if inside else f"cd {printable(shlex.quote(str(folder)))} && "), nl=False
    )
    return Exit.OK
