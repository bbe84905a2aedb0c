"""The command that prints the schemas."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from trailbell.cli import cli
from trailbell.schemas import DRAFTS, NAMES, Draft, SchemaName, schema_text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("draft", DRAFTS)
def test_a_schema_is_printed_as_it_ships(name: SchemaName, draft: Draft) -> None:
    """The output is the schema and nothing else."""
    result = CliRunner().invoke(cli, ["schema", name, "--draft", str(draft)])
    assert (0, schema_text(name, draft)) == (result.exit_code, result.output)


def test_draft_7_is_the_default() -> None:
    """Without an option the schema is of draft-07."""
    result = CliRunner().invoke(cli, ["schema", "payload"])
    assert "http://json-schema.org/draft-07/schema#" == json.loads(result.output)["$schema"]


@pytest.mark.parametrize("arguments", [[], ["news"], ["payload", "--draft", "6"]])
def test_error_usage(arguments: list[str]) -> None:
    """A schema that does not exist is wrong usage, and the error lists the choices."""
    result = CliRunner().invoke(cli, ["schema", *arguments])
    assert 2 == result.exit_code
    assert "'4', '7'" in result.output if "--draft" in arguments else "envelope" in result.output


def test_the_example_of_the_help_works() -> None:
    """The help ends in an example that can be pasted."""
    output = CliRunner().invoke(cli, ["schema", "--help"]).output
    example = output.partition("Example:\n")[2].splitlines()[0].split()
    assert ["trailbell", "schema"] == example[:2]
    assert 0 == CliRunner().invoke(cli, example[1 : example.index(">")]).exit_code
