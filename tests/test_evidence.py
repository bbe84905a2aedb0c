"""What of a match is kept: its clauses with what they found, and no credential."""

from __future__ import annotations

import json

import pytest

from trailbell.evidence import with_evidence
from trailbell.masking import MASK
from trailbell.model import Clause, LogEvent, Match, Rule

SECRET = "made-up-secret-0123"
ANSWER = json.dumps(
    {
        "eventName": "GetSessionToken",
        "answer": {"credentials": {"sessionToken": SECRET, "accessKeyId": "ASIAEXAMPLE"}},
        "tags": [{"name": "password", "value": SECRET}],
        "command": ["--password", SECRET, "--host", "db-1"],
        "line": f"login password={SECRET} host=db-1",
    }
)
LINE = f"ERROR password: {SECRET} db-1"


@pytest.mark.parametrize(
    ("message", "pattern", "clauses"),
    [
        (ANSWER, "{ $.eventName = Get* }", [("$.eventName = Get*", '"GetSessionToken"')]),
        (ANSWER, "{ $.answer.credentials.sessionToken = made* }", None),
        (ANSWER, "{ $.answer.credentials.* = made* }", None),
        (ANSWER, "{ $.tags[*].value = made* }", None),
        (ANSWER, "{ $.command[*] = made* }", None),
        (ANSWER, "{ $.line = *made* }", None),
        (ANSWER, "{ $.command[3] = db-1 }", [("$.command[3] = db-1", '"db-1"')]),
        (LINE, "[level, key, value = made*, ...]", [("value = made*", MASK)]),
        (LINE, "[level = ERROR, ...]", [("level = ERROR", '"ERROR"')]),
    ],
)
def test_no_clause_shows_a_credential(
    message: str, pattern: str, clauses: list[tuple[str, str]] | None
) -> None:
    """However a clause comes to a credential, by its key or round it, it shows the mask instead."""
    match = Match(Rule("any", pattern), LogEvent(message))
    kept = with_evidence(match, 0)
    assert match.compiled.matches(message)
    assert SECRET not in repr(kept)
    if clauses is None:
        assert MASK in " ".join(kept.clauses[0].selected)
    else:
        assert tuple(Clause(text, (value,)) for text, value in clauses) == kept.clauses


def test_time_is_given_where_an_event_has_none() -> None:
    """An event keeps its own timestamp; one without gets the event time."""
    rule = Rule("any", "x")
    kept = [with_evidence(Match(rule, LogEvent("x", timestamp=t)), 7).event for t in (None, 0)]
    assert [7, 0] == [event.timestamp for event in kept]
