"""Links into the console."""

from __future__ import annotations

import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest

from trailbell.render.links import LONGEST, console_host, event_link, stream_link

CASES = tomllib.loads((Path(__file__).parent / "links.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["host"], ids=lambda case: case["region"])
def test_each_partition_has_its_console(case: dict[str, str]) -> None:
    """A region leads to the console of its partition."""
    assert case["host"] == console_host(case["region"])


@pytest.mark.parametrize("case", CASES["no_host"], ids=lambda case: ascii(case["region"]))
def test_what_is_no_region_leads_nowhere(case: dict[str, str]) -> None:
    """A text that is not strictly a region gives no host, and so no link of any kind."""
    region = case["region"]
    assert console_host(region) is None
    assert event_link(region, CASES["event"][0]["id"]) is None
    assert stream_link(region, "group", "stream", 1) is None


@pytest.mark.parametrize("case", CASES["event"], ids=lambda case: case["id"])
def test_event_links(case: dict[str, str]) -> None:
    """An event is linked by its id where that is strictly one."""
    assert case.get("link") == event_link("eu-west-1", case["id"])


@pytest.mark.parametrize("case", CASES["encoded"], ids=lambda case: case["name"])
def test_names_are_encoded_twice_as_the_console_does(case: dict[str, str]) -> None:
    """Group and stream stand in the link as in links of the console, and decode to themselves."""
    written = case["written"]
    assert case["name"] == unquote(unquote(written.replace("$", "%")))
    assert (
        "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"
        f"#logsV2:log-groups/log-group/{written}/log-events/{written}$3Fstart$3D5$26end$3D6"
    ) == stream_link("eu-west-1", case["name"], case["name"], 5)


def test_no_link_without_a_stream_or_with_names_without_end() -> None:
    """Where the group or stream is unknown, or the link would take the record's room, is none."""
    assert stream_link("eu-west-1", "", "stream", 5) is None
    assert stream_link("eu-west-1", "group", "", 5) is None
    assert stream_link("eu-west-1", "g" * LONGEST, "stream", 5) is None
