"""Which addresses a message may go to."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from fake_slack import assert_no_secret
from trailbell.deliver.address import parse_address
from trailbell.errors import ConfigurationError

CASES = tomllib.loads(Path(__file__).with_name("webhook_urls.toml").read_text("utf-8"))
SECRET = "s3cr3tpart"
SLACK = f"https://hooks.slack.com/services/T0AB/B0CD/{SECRET}"


@pytest.mark.parametrize("case", CASES["accepted"], ids=lambda case: f"{case['url']}")
def test_an_allowed_address_is_shown_without_its_path(case: dict[str, Any]) -> None:
    """An allowed address is taken, and shown and represented without its secret part."""
    address = parse_address(case["url"], allow_hosts=case.get("allow", ()))
    expected = case["shown"]
    assert expected == address.shown
    assert_no_secret(case["url"], address.shown, address)
    assert SECRET not in repr(address)


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: f"{case['name']}")
def test_error_names_what_is_wrong_without_the_secret(case: dict[str, Any]) -> None:
    """Any other address is refused with its reason, and the error never holds the secret."""
    with pytest.raises(ConfigurationError) as caught:
        parse_address(case["url"], allow_hosts=case.get("allow", ()))
    expected = case["error"]
    assert expected == str(caught.value)
    assert caught.value.__cause__ is None
    assert SECRET not in f"{caught.value!r}"


def test_error_for_a_url_of_a_megabyte_is_short() -> None:
    """A URL of a megabyte is refused by its length, and not repeated."""
    with pytest.raises(ConfigurationError) as caught:
        parse_address(f"https://hooks.slack.com/services/{'x' * 1_000_000}")
    expected = "webhook URL: 1,000,033 characters, at most 2,000 are read"
    assert expected == str(caught.value)


def test_error_cuts_a_long_host() -> None:
    """A host that is far too long is shown by its beginning."""
    with pytest.raises(ConfigurationError) as caught:
        parse_address(f"https://{'a' * 1_000}/{SECRET}")
    shown = "a" * 79 + "…"
    expected = (
        "webhook URL: expected host hooks.slack.com or hooks.slack-gov.com, "
        f'found "{shown}"; allow another by name (--allow-host {shown})'
    )
    assert expected == str(caught.value)


@pytest.mark.parametrize(
    ("text", "exposed"),
    [
        (f"go to /services/T0AB/B0CD/{SECRET}", True),
        ("S3CR3TPART", True),
        ("s3c\nr3t-part", True),
        ("the service is down; services return later", False),
        ("", False),
    ],
)
def test_a_text_that_holds_a_part_of_the_path_exposes_it(text: str, *, exposed: bool) -> None:
    """Any part of the path exposes it, however spaced or cased; the word services does not."""
    address = parse_address(SLACK)
    assert exposed == address.exposed_by(text)
