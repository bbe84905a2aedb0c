"""The manifest of the Slack app 'AWS Log Alert', and the ways to hand it over.

A manifest describes a Slack app, so that creating it is one click:
https://docs.slack.dev/app-manifests
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import quote

NEW_APP_PAGE = "https://api.slack.com/apps?new_app=1&manifest_json="

# YAML 1.1 reads these as booleans and null, and many of its readers still do.
# https://yaml.org/type/bool.html
YAML_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})

Manifest = Mapping[str, Any]


def read_manifest(*, original: bool = False) -> Manifest:
    """Read the app's manifest as the package ships it.

    ``original`` gives the app as it was before: a Messages tab that is only read, and no
    description. An app that was created from it goes on working.
    """
    name = "original.json" if original else "manifest.json"
    text = files("trailbell").joinpath("slack_app", name).read_text(encoding="utf-8")
    manifest: Manifest = json.loads(text)
    return manifest


def to_json(manifest: Manifest) -> str:
    """Write a manifest as indented JSON, without a newline at the end."""
    return json.dumps(manifest, indent=2, ensure_ascii=False)


def to_yaml(manifest: Manifest) -> str:
    """Write a manifest as YAML, without a newline at the end.

    Takes what JSON can hold, lists of lists and of objects in their JSON form, which is YAML too.
    """
    return "\n".join(_yaml_lines(manifest, indent=""))


def creation_link(manifest: Manifest) -> str:
    """Give the address of the page at which Slack creates the app of a manifest."""
    compact = json.dumps(manifest, separators=(",", ":"))
    return NEW_APP_PAGE + quote(compact, safe="")


def _yaml_lines(mapping: Manifest, indent: str) -> Iterator[str]:
    """Write the entries of an object, each with what hangs below it."""
    for key, value in mapping.items():
        start = f"{indent}{_yaml_key(key)}:"
        if isinstance(value, Mapping) and value:
            yield start
            yield from _yaml_lines(value, indent + "  ")
        elif isinstance(value, list) and value:
            yield start
            yield from (f"{indent}  - {_yaml_value(item)}" for item in value)
        else:
            yield f"{start} {_yaml_value(value)}"


def _yaml_key(key: str) -> str:
    """Write a key without quotes where no reader of YAML can take it for something else."""
    plain = re.fullmatch(r"[a-z_]+", key) and key not in YAML_WORDS
    return key if plain else _yaml_value(key)


def _yaml_value(value: object) -> str:
    """Write a value as JSON: its texts, numbers and words mean the same in YAML."""
    return json.dumps(value)
