"""``trailbell config``: what holds, once the defaults and the file are put together."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
import msgspec

from trailbell.cli.exits import Exit
from trailbell.cli.options import config_option
from trailbell.configuration import Configuration, SecretSource, find_configuration
from trailbell.durations import duration_text
from trailbell.errors import ConfigurationError
from trailbell.preview import printable
from trailbell.toml_text import key_text, table_text, value_text


@click.group(short_help="Show the configuration that holds.")
def config() -> None:
    """Show the configuration that holds.

    \b
    Example:
      trailbell config show
    """


@config.command(short_help="Print what holds, defaults and all.")
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(config: Path | None, *, as_json: bool) -> int:
    """Print what holds once the defaults and the file are put together, as TOML.

    Of a secret, only where it is found is shown, and whether something is there. The rules are
    loaded too, so that what is wrong in them is told.

    \b
    Example:
      trailbell config show --json
    """
    found = find_configuration(config, Path())
    packs = found.load_rules()
    counts = {pack.name: len(pack.rules) for pack in packs}
    whole = _merged(found)
    if as_json:
        file = str(found.path) if found.path else None
        merged = {"file": file, **whole, "rules_that_run": counts}
        click.echo(json.dumps(merged, indent=2, default=str))
        return Exit.OK
    where = printable(str(found.path)) if found.path else "no file: these are the defaults"
    rules = ", ".join(f"{name} {number}" for name, number in counts.items())
    click.echo(f"# {where}\n# rules that run: {printable(rules)}")
    for text in _as_toml(whole):
        click.echo(text)
    return Exit.OK


def _merged(found: Configuration) -> dict[str, Any]:
    """Return what holds, by the keys of a file; a secret is there by the place of it alone."""
    destinations = {name: _plain(table) for name, table in found.destinations.items()}
    for name, table in found.destinations.items():
        if table.url is not None:
            destinations[name]["secret"] = _secret(table.url, found.folder)
    exceptions = [
        {"rule": list(one.rules), **_plain(one.exception)} for one in found.tailoring.exceptions
    ]
    for exception in exceptions:
        if "values" in exception:
            exception["values"] = dict(exception["values"])
    return {
        "rules": list(found.rules),
        "disabled": list(found.tailoring.disabled),
        "published_patterns": found.tailoring.published,
        "destination": destinations,
        "route": [_plain(route) for route in found.routes],
        "accounts": dict(found.accounts),
        "lists": {name: list(values) for name, values in found.lists.items()},
        "except": exceptions,
        "group": {
            "window": duration_text(timedelta(seconds=found.window)),
            "longest": duration_text(timedelta(seconds=found.longest)),
        },
    }


def _plain(table: object) -> dict[str, Any]:
    """Return the keys of a table that say something."""
    return _saying(msgspec.to_builtins(table, builtin_types=(date,)))


def _saying(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table without the keys that say nothing."""
    inner = (
        (name, _saying(value) if isinstance(value, dict) else value)
        for name, value in table.items()
    )
    return {name: value for name, value in inner if value not in ("", [], None, {}, ())}


def _secret(source: SecretSource, folder: Path) -> str:
    """Say whether a secret is where it should be."""
    try:
        source.read(os.environ, folder, "url")
    except ConfigurationError as error:
        return f"missing: {str(error).removeprefix('url: ').partition(';')[0]}"
    return "there, and not shown"


def _as_toml(whole: Mapping[str, Any]) -> Iterator[str]:
    """Give the tables as a file has them; whether a secret is there stands beside it."""
    tables: dict[str, Any] = {name: whole[name] for name in ("accounts", "lists", "group")}
    plain = ("rules", "disabled", "published_patterns")
    yield "".join(f"{name} = {value_text(whole[name])}\n" for name in plain)
    for name, table in whole["destination"].items():
        secret = table.get("secret")
        pairs = [(key, value) for key, value in table.items() if key != "secret"]
        remark = f"# url: {printable(secret)}\n" if secret else ""
        yield remark + table_text(f"[destination.{key_text(name)}]", pairs)
    for name in ("route", "except"):
        for table in whole[name]:
            yield table_text(f"[[{name}]]", table.items())
    for name, table in tables.items():
        if table:
            yield table_text(f"[{name}]", table.items())
