"""The shared conformance cases, where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trailbell.pattern import PatternSyntaxError, compile_pattern

SHARED = Path(__file__).parents[2] / "../shared/conformance/patterns.jsonl"


@pytest.mark.skipif(not SHARED.exists(), reason="the shared cases are not here")
def test_conformance() -> None:
    """Every shared case gives its answer."""
    wrong = []
    for line in SHARED.read_text().splitlines():
        case = json.loads(line)
        try:
            pattern = compile_pattern(case["pattern"])
        except PatternSyntaxError:
            if not case.get("error") and case["match"] is not None:
                wrong.append(case["id"])
            continue
        answer = pattern.matches(case["message"])
        differs = case["match"] is not None and answer is not case["match"]
        extracts = "extracted" in case and pattern.extract(case["message"]) != case["extracted"]
        if case.get("error") or differs or (case["match"] and extracts):
            wrong.append(case["id"])

    assert wrong == []
