"""The manifest of the Slack app, and its three forms."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from trailbell.manifest import creation_link, read_manifest, to_json, to_yaml

LINK = (
    "https://api.slack.com/apps?new_app=1&manifest_json="
    "%7B%22_metadata%22%3A%7B%22major_version%22%3A2%2C%22minor_version%22%3A1%7D%2C"
    "%22display_information%22%3A%7B%22name%22%3A%22AWS%20Log%20Alert%22%2C"
    "%22description%22%3A%22AWS%20CloudTrail%20and%20CloudWatch%20Logs%20alerts%2C%20with%20the"
    "%20record%20itself%22%2C%22background_color%22%3A%22%23232f3e%22%7D%2C"
    "%22features%22%3A%7B%22bot_user%22%3A%7B%22display_name%22%3A%22AWS%20Log%20Alert%22%2C"
    "%22always_online%22%3Afalse%7D%7D%2C"
    "%22oauth_config%22%3A%7B%22scopes%22%3A%7B%22bot%22%3A%5B%22incoming-webhook%22%5D%7D%7D%2C"
    "%22settings%22%3A%7B%22org_deploy_enabled%22%3Afalse%2C%22socket_mode_enabled%22%3Afalse%2C"
    "%22token_rotation_enabled%22%3Afalse%7D%7D"
)

YAML = """\
_metadata:
  major_version: 2
  minor_version: 1
display_information:
  name: "AWS Log Alert"
  description: "AWS CloudTrail and CloudWatch Logs alerts, with the record itself"
  background_color: "#232f3e"
features:
  bot_user:
    display_name: "AWS Log Alert"
    always_online: false
oauth_config:
  scopes:
    bot:
      - "incoming-webhook"
settings:
  org_deploy_enabled: false
  socket_mode_enabled: false
  token_rotation_enabled: false"""

ORIGINAL_YAML = """\
_metadata:
  major_version: 1
  minor_version: 1
display_information:
  name: "AWS Log Alert"
features:
  app_home:
    home_tab_enabled: false
    messages_tab_enabled: true
    messages_tab_read_only_enabled: true
  bot_user:
    display_name: "AWS Log Alert"
    always_online: false
oauth_config:
  scopes:
    bot:
      - "incoming-webhook"
settings:
  org_deploy_enabled: false
  socket_mode_enabled: false
  is_hosted: false"""


def test_link_is_the_published_one() -> None:
    """The link that creates the app is the same to the character, all 707 of them."""
    link = creation_link(read_manifest())
    assert (link, len(link)) == (LINK, 707)


@pytest.mark.parametrize("original", [False, True])
def test_link_carries_the_shipped_file(*, original: bool) -> None:
    """What Slack reads out of the link is the manifest that ships."""
    manifest = read_manifest(original=original)
    carried = parse_qs(urlsplit(creation_link(manifest)).query)
    assert (["1"], manifest) == (carried["new_app"], json.loads(carried["manifest_json"][0]))


@pytest.mark.parametrize("original", [False, True])
def test_json_is_the_shipped_file(*, original: bool) -> None:
    """The JSON that is printed says what the shipped file says."""
    manifest = read_manifest(original=original)
    assert manifest == json.loads(to_json(manifest))


@pytest.mark.parametrize(("original", "expected"), [(False, YAML), (True, ORIGINAL_YAML)])
def test_yaml_is_written_whole(expected: str, *, original: bool) -> None:
    """The YAML has every entry of the manifest, texts in quotes."""
    assert expected == to_yaml(read_manifest(original=original))


def test_yaml_quotes_what_a_reader_would_misread() -> None:
    """Keys and texts that look like something else to a reader of YAML stand in quotes."""
    manifest = {"on": "no", "Größe": "1: 2 # 3", "empty": {}, "none": [], "list": ["- a", "\n"]}
    expected = (
        '"on": "no"\n'
        '"Gr\\u00f6\\u00dfe": "1: 2 # 3"\n'
        "empty: {}\n"
        "none: []\n"
        "list:\n"
        '  - "- a"\n'
        '  - "\\n"'
    )
    assert expected == to_yaml(manifest)


@pytest.mark.parametrize("original", [False, True])
def test_manifest_keeps_slacks_limits(*, original: bool) -> None:
    """Names and descriptions are as short as https://docs.slack.dev/reference/app-manifest asks."""
    manifest = read_manifest(original=original)
    display = manifest["display_information"]
    assert len(display["name"]) <= 35
    assert len(display.get("description", "")) <= 140
    assert len(manifest["features"]["bot_user"]["display_name"]) <= 80
