"""Credentials in log content are masked by the name of their key.

CloudTrail hides many secrets itself, not all: ``AssumeRole`` answers carry a session token where
an old client asked for it, ``CreateAccessKey`` answers carry the key, and what people put in
tags, user data or environment variables is theirs. Masking goes by key, since a secret's value
has no form that could be relied on.
"""

from __future__ import annotations

import json
import operator
import re

MASK = "*** masked ***"

# Compared with a key in lower case without "_", "-" and ".".
_SECRET_PARTS = (
    "password",
    "passwd",
    "passphrase",
    "secretaccesskey",
    "secretkey",
    "secretstring",
    "secretbinary",
    "secrethash",
    "clientsecret",
    "privatekey",
    "sessiontoken",
    "securitytoken",
    "authtoken",
    "authorizationtoken",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "bearertoken",
    "apikey",
    "plaintext",
)
_SECRET_WHOLE = frozenset({"secret", "token", "credential", "authorization"})
# Settings about passwords are no passwords, and who reads an alert wants to see them.
_HARMLESS = re.compile(
    r"(reset|policy|required|length|lastused|enabled|expir|age|prevention|arn|id)"
)
_NAMING_KEYS = ("name", "key", "Name", "Key", "parameterKey", "ParameterKey")
_VALUE_KEYS = frozenset({"value", "Value", "parameterValue", "ParameterValue"})
_SEPARATORS = str.maketrans("", "", "_-. ")
# Pairs in text that is not JSON: "key": "value" and key=value. Neither can backtrack.
_JSON_PAIR = re.compile(r'"([^"\\]{1,100})"(\s{0,10}:\s{0,10})"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_ASSIGNMENT = re.compile(r"\b([A-Za-z][\w.-]{1,99})=(?:\"[^\"]*+\"|'[^']*+'|[^\s&;,\"']++)")


def is_secret_key(key: str) -> bool:
    """Tell whether the value under this key is a credential."""
    plain = key.translate(_SEPARATORS).lower()
    if plain in _SECRET_WHOLE:
        return True
    for part in _SECRET_PARTS:
        _, found, after = plain.partition(part)
        if found:
            return not _HARMLESS.match(after)
    return False


def masked(value: object) -> object:
    """Return a decoded JSON value with every credential in it replaced by ``MASK``.

    ``value`` is left as it is; what holds no credential is returned itself, not a copy. JSON in a
    string (a policy, user data) is looked into as well.
    """
    if isinstance(value, dict):
        named = next((value[key] for key in _NAMING_KEYS if isinstance(value.get(key), str)), "")
        names_secret = is_secret_key(named)
        new: dict[object, object] = {}
        for key, item in value.items():
            secret = is_secret_key(str(key)) or (names_secret and key in _VALUE_KEYS)
            new[key] = _hidden(item) if secret else masked(item)
        return value if all(new[key] is value[key] for key in value) else new
    if isinstance(value, list):
        items = [masked(item) for item in value]
        return value if all(map(operator.is_, items, value)) else items
    if isinstance(value, str):
        return _masked_json(value) or value
    return value


def masked_message(message: str) -> str:
    """Return a log message with the credentials in it masked.

    JSON is masked by key at every depth. Other text loses the values of ``"key": "value"`` and
    ``key=value`` where the key names a credential. A message without any comes back to the letter.
    """
    return _masked_json(message) or _masked_pairs(message)


def _hidden(value: object) -> object:
    """Hide every scalar below a secret key, and keep what tells nothing."""
    if isinstance(value, dict):
        return {key: _hidden(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_hidden(item) for item in value]
    # CloudTrail's own mark, null and booleans tell the reader something and an attacker nothing.
    if value is None or isinstance(value, bool) or value in ("", "HIDDEN_DUE_TO_SECURITY_REASONS"):
        return value
    return MASK


def _masked_json(text: str) -> str | None:
    """Mask JSON that stands in a string; None where it is none, or nests too deep to read."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        value = json.loads(text)
        new = masked(value)
    except (ValueError, RecursionError):
        return None
    return text if new is value else json.dumps(new, separators=(",", ":"), ensure_ascii=False)


def _masked_pairs(text: str) -> str:
    """Mask pairs of key and value in text that is not JSON as a whole."""

    def json_pair(found: re.Match[str]) -> str:
        key, colon = found[1], found[2]
        return f'"{key}"{colon}"{MASK}"' if is_secret_key(key) else found[0]

    def assignment(found: re.Match[str]) -> str:
        return f"{found[1]}={MASK}" if is_secret_key(found[1]) else found[0]

    return _ASSIGNMENT.sub(assignment, _JSON_PAIR.sub(json_pair, text))
