"""The schemas that ship, and decoding, against the same good and bad payloads."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import jsonschema
import pytest

from trailbell.decode import Form, decode
from trailbell.model import Remark, Unreadable
from trailbell.schemas import DRAFTS, NAMES, Draft, SchemaName, schema_text

CASES = json.loads(Path(__file__).with_name("schema_cases.json").read_text("utf-8"))
VALIDATORS = {4: jsonschema.Draft4Validator, 7: jsonschema.Draft7Validator}


@dataclass(frozen=True)
class Piece:
    """A file that holds a JSON value."""

    value: object
    path: str = "x"

    def open(self) -> BinaryIO:
        """Open the value as JSON on one line."""
        return io.BytesIO(json.dumps(self.value).encode())


def accepts(name: SchemaName, draft: Draft, value: object) -> bool:
    """Ask the independent validator."""
    return bool(VALIDATORS[draft](json.loads(schema_text(name, draft))).is_valid(value))


def verdict(value: object, form: Form) -> str:
    """Say what decoding does with a value."""
    items = list(decode(Piece(value), form))
    if any(isinstance(item, Unreadable) for item in items):
        assert 1 == len(items)
        return "refused"
    return "remarked" if any(isinstance(item, Remark) for item in items) else "accepted"


def payload_of(case: dict[str, Any]) -> object:
    """Give the payload of a case; ``g*512`` stands for 512 letters."""
    if "whole" in case:
        return case["whole"]
    payload = CASES["payload"]["good"] | case.get("set", {})
    payload.pop(case.get("unset"), None)
    text = re.sub(r"([a-z])\*(\d+)", lambda name: name[1] * int(name[2]), json.dumps(payload))
    return json.loads(text)


@pytest.mark.parametrize("case", CASES["payload"]["cases"], ids=lambda case: case["name"])
def test_payload_schema_and_decoding_agree(case: dict[str, Any]) -> None:
    """Decoding refuses what the schemas refuse in structure, and remarks on what is left."""
    payload = payload_of(case)
    assert case["verdict"] == verdict(payload, Form.PAYLOAD)
    for draft in case.get("drafts", DRAFTS):
        assert (case["verdict"] == "accepted") == accepts("payload", draft, payload)


@pytest.mark.parametrize("case", CASES["envelope"], ids=lambda case: case["name"])
def test_envelope_schema_and_decoding_agree(case: dict[str, Any]) -> None:
    """Decoding refuses what the envelope's schemas refuse, and bad content besides."""
    packed = gzip.compress(json.dumps(CASES["payload"]["good"]).encode())
    good = json.dumps(base64.b64encode(packed).decode())
    envelope = json.loads(json.dumps(case["envelope"]).replace('"good"', good))
    assert case["verdict"] == verdict(envelope, Form.SUBSCRIPTION)
    schema_accepts = case["verdict"] == "accepted" or case.get("by") == "content"
    for draft in DRAFTS:
        assert schema_accepts == accepts("envelope", draft, envelope)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("draft", DRAFTS)
def test_schemas_obey_their_own_draft(name: SchemaName, draft: Draft) -> None:
    """A schema is one of the draft that it names."""
    schema = json.loads(schema_text(name, draft))
    VALIDATORS[draft].check_schema(schema)
    assert f"http://json-schema.org/draft-0{draft}/schema#" == schema["$schema"]
    keywords = set(re.findall(r'"(\$?[A-Za-z]+)":', schema_text(name, draft)))
    later = {"const", "if", "then", "else", "$id", "contains", "propertyNames", "examples"}
    assert not keywords & later
    assert (name == "envelope" and draft == 7) == ("contentEncoding" in keywords)


def test_the_envelope_says_how_its_data_is_encoded() -> None:
    """Draft-07 can say that the data is base64 of gzip."""
    data = json.loads(schema_text("envelope", 7))["properties"]["awslogs"]["properties"]["data"]
    assert ("base64", "application/gzip") == (data["contentEncoding"], data["contentMediaType"])


def test_the_drafts_of_the_payload_differ_in_their_name_alone() -> None:
    """The payload is described by the same keywords in both drafts."""
    four, seven = (json.loads(schema_text("payload", draft)) for draft in DRAFTS)
    assert four.pop("$schema") != seven.pop("$schema")
    assert four == seven


def test_case_names_are_unique() -> None:
    """No two cases of a table have the same name."""
    for cases in (CASES["payload"]["cases"], CASES["envelope"]):
        names = [case["name"] for case in cases]
        assert sorted(set(names)) == sorted(names)
