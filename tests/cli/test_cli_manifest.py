"""``trailbell manifest`` at the command line."""

import json

import pytest
from click.testing import CliRunner

from trailbell.cli import cli
from trailbell.manifest import creation_link, read_manifest, to_yaml


@pytest.mark.parametrize("options", [[], ["--format", "yaml"]])
def test_yaml_is_what_is_printed_unless_asked_otherwise(options: list[str]) -> None:
    """Without a format the manifest is printed as YAML, ready to paste."""
    result = CliRunner().invoke(cli, ["manifest", *options])
    assert (0, to_yaml(read_manifest()) + "\n") == (result.exit_code, result.output)


def test_json_can_be_read_back() -> None:
    """``--format json`` prints the manifest as JSON."""
    result = CliRunner().invoke(cli, ["manifest", "--format", "json"])
    assert (0, read_manifest()) == (result.exit_code, json.loads(result.output))


def test_url_is_one_line() -> None:
    """``--format url`` prints the link that creates the app, and nothing else."""
    result = CliRunner().invoke(cli, ["manifest", "--format", "url"])
    assert (0, creation_link(read_manifest()) + "\n") == (result.exit_code, result.output)


def test_original_is_the_first_manifest() -> None:
    """``--original`` goes with every format."""
    result = CliRunner().invoke(cli, ["manifest", "--original", "--format", "json"])
    assert (0, read_manifest(original=True)) == (result.exit_code, json.loads(result.output))


def test_error_unknown_format() -> None:
    """A format that there is not is refused, and those that there are get listed."""
    result = CliRunner().invoke(cli, ["manifest", "--format", "xml"])
    expected = (
        "Usage: cli manifest [OPTIONS]\n"
        "Try 'cli manifest --help' for help.\n"
        "\n"
        "Error: Invalid value for '--format': 'xml' is not one of 'yaml', 'json', 'url'.\n"
    )
    assert (2, expected) == (result.exit_code, result.output)


def test_help_ends_in_an_example() -> None:
    """The help keeps the example on a line of its own."""
    result = CliRunner().invoke(cli, ["manifest", "--help"])
    assert "  Example:\n    trailbell manifest --format url\n" in result.output
