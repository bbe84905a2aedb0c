"""Credentials in log content are masked by the name of their key.

CloudTrail hides many secrets itself, not all: ``AssumeRole`` answers carry a session token where
an old client asked for it, ``CreateAccessKey`` answers carry the key, and what people put in
tags, user data or environment variables is theirs. Masking goes by key, since a secret's value
has no form that could be relied on.
"""

from __future__ import annotations

import json
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
    "signaturevalue",
)
_SECRET_WHOLE = frozenset({"secret", "token", "pwd", "credential", "authorization"})
# Settings about passwords are no passwords, and who reads an alert wants to see them.
_HARMLESS = re.compile(r"(reset|policy|required|length|lastused|enabled|expir|age|prevention|arn|id)")
_NAMING_KEYS = ("name", "key", "parameterKey", "ParameterKey", "Name", "Key")
_VALUE_KEYS = frozenset({"value", "Value", "parameterValue", "ParameterValue"})
_SEPARATORS = str.maketrans("", "", "_-. ")
_LONGEST_EMBEDDED = 200_000


def is_secret_key(key: str) -> bool:
    """Tell whether the value under this key is a credential."""
    plain = key.translate(_SEPARATORS).lower()
    if plain in _SECRET_WHOLE:
        return True
    for part in _SECRET_PARTS:
        before, found, after = plain.partition(part)
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
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    if isinstance(value, str):
        return _masked_text(value)
    return value


def masked_message(message: str) -> str:
    """Return a log message with the credentials of its JSON object masked.

    A message that is not JSON, or that holds no credential, comes back to the letter.
    """
    return _masked_text(message)


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


def _masked_text(text: str) -> str:
    """Mask JSON that stands in a string; other text is returned as it is."""
    opening = text.lstrip()[:1]
    if opening not in ("{", "[") or not opening or len(text) > _LONGEST_EMBEDDED * 10:
        return text
    try:
        value = json.loads(text)
        new = masked(value)
    except (ValueError, RecursionError):
        return text
    return text if new is value else json.dumps(new, separators=(",", ":"), ensure_ascii=False)
