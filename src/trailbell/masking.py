"""Credentials in log content are masked by the name of their key.

CloudTrail hides many secrets itself, not all: answers of ``AssumeRole`` and ``GetSessionToken``
carry a session token, and what people put into tags, user data, environments and log lines is
theirs. Masking goes by key, since a secret's value has no form that could be relied on; what a
reader needs to know whose key it is (its id, its expiry, an ARN) stays.
"""

from __future__ import annotations

import functools
import json
import math
import operator
import re
from itertools import pairwise
from typing import NamedTuple

MASK = "*** masked ***"

# Both are looked for in a key in lower case without blanks, "_", "-", "." and "/".
_SECRET = re.compile(
    r"""(?: password | passwd | passphrase | passcode
      | secretaccesskey | secretkey | secretstring | secretbinary | secrethash
      | (?<!public) keymaterial | privatekey | presharedkey | apikey | plaintext | stringseed
      | connectionstring | samlassertion | xamzsignature
      | (?: session | security | auth | authorization | access | refresh | bearer | identity ) token
      )
      # Settings about passwords are no passwords, and who reads an alert wants to see them.
      (?! reset | reuse | polic | required | requirement | length | last | next | enabled | expir
        | age | prevention | rotat | valid | arn | id | status | type | format | source | name
        | version | file | path )
    | (?<! next ) (?<! client ) (?<! request ) (?<! continuation ) (?<! pagination )
      (?<! idempotency ) (?<! page ) (?<! starting ) (?<! creation ) (?<! change ) (?<! lock )
      (?<! update ) (?<! forward ) (?<! backward ) (?<! sequence ) (?<! sync ) (?<! resumption )
      (?<! task ) (?<! invalid ) (?<! expired )
      token \d* $
    | secret \d* $ | .pwd $ | ^(?: set )?cookie $ | ^(?: proxy )?authorization $
    """,
    re.VERBOSE,
)
# Objects under these names hold harmless fields too, so only what is no object is hidden as such.
_HOLDER = re.compile(r"credentials? $ | secret \d* $ | userdata $", re.VERBOSE)
_SEPARATORS = str.maketrans("", "", "_-./ ")
_SHORT = 200  # characters; no longer key is worth remembering
_HEADERS = ("authorization", "cookie")

# What stands where a secret was, or says where it is.
_KEPT = re.compile(
    r"""| HIDDEN_DUE_TO_SECURITY_REASONS | <sensitiveDataRemoved> | \*+ | \*\*\*[ ]masked[ ]\*\*\*
      | arn:aws[\w-]*:.* | null | None | true | false""",
    re.VERBOSE,
)

# A key in text, and what leads to its value: "key": and its escaped forms, key=, "key: ", --key.
_KEY = re.compile(
    r"""(?P<quote> \\{0,8}["'] ) (?P<quoted> [^"'\\\n]{1,100}+ ) (?P=quote) \s{0,10} (?: => | [:=] )
        \s{0,10}
    | (?<![\w.-]) (?P<flag> --[\w.-]{1,100}+ ) (?: = | [ \t]{1,10} )
    | (?<![\w.-]) (?P<bare> [\w.-]{1,100}+ ) (?: = | :[ \t]{1,10} )
    """,
    re.VERBOSE,
)
_MAY_HOLD_PAIR = re.compile(r"[\"'][\s:=]|[=@]|:[ \t]|--")
_OPENED = re.compile(r"\\{0,8}[\"']")
_SCHEME = re.compile(r"(?:(?:Bearer|Basic|Token)[ \t]{1,10})?", re.IGNORECASE)
# A value without quotes goes on over a separator unless the next pair, or a blank, follows.
_BARE = re.compile(r"(?![\[{])(?:[^\s&;,\"'\\]|[&;,](?!\s|[\w.-]{1,100}+=))++")
_TO_END_OF_LINE = re.compile(r"[^\r\n\"'\\]++")
_USERINFO = re.compile(r"(?<=://)([^\s/:@\"']{0,100}+:)[^\s/@\"']{1,500}+(?=@)")
# Who has a webhook's address may post: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
_WEBHOOK = re.compile(
    r"(//hooks\.slack(?:-gov)?\.com/)(?!\*{3})[^\s\"'<>|\\]{1,500}+", re.IGNORECASE
)

_QUOTED = {
    '"': re.compile(r'(?:[^"\\]|\\.)*+', re.DOTALL),
    "'": re.compile(r"(?:[^'\\]|\\.)*+", re.DOTALL),
}
_SURROGATE = re.compile("[\ud800-\udfff]")


def is_secret_key(key: str) -> bool:
    """Tell whether the value under this key is a credential."""
    return _kind(key).secret


def masked(value: object) -> object:
    """Return a decoded JSON value with every credential in it replaced by ``MASK``.

    ``value`` is left as it is; what holds no credential is returned itself, not a copy. Text in
    it (a policy, a command line, an address) is looked into as well.
    """
    if isinstance(value, dict):
        new = _masked_members(value, hides_values=False)
        return value if all(new[key] is value[key] for key in value) else new
    if isinstance(value, list):
        items = [_masked_item(before, item) for before, item in pairwise([None, *value])]
        return value if all(map(operator.is_, items, value)) else items
    return _masked_text(value) if isinstance(value, str) else value


def masked_message(message: str) -> str:
    """Return a log message with the credentials in it masked.

    JSON is masked by key at every depth, also after the head of a log line. Other text loses the
    values of pairs such as ``"key": "value"``, ``key=value``, ``key: value`` and ``--key value``
    where the key names a credential, the passwords in addresses, and the paths of Slack's webhooks.
    A message without any comes back to the letter.
    """
    return _masked_text(message)


class _Kind(NamedTuple):
    """Say what a key is: secret, a holder of secrets, or one that names or gives a value."""

    secret: bool
    holder: bool
    names: bool
    value: bool


def _kind(key: str) -> _Kind:
    """Say what a key is; the same few come with every record."""
    return _kind_of_short(key) if len(key) <= _SHORT else _kind_of(key)


def _kind_of(key: str) -> _Kind:
    """Say what a key is, without remembering it."""
    plain = key.translate(_SEPARATORS).lower()
    return _Kind(
        secret=_SECRET.search(plain) is not None and not plain.endswith("arn"),
        holder=_HOLDER.search(plain) is not None,
        names=plain.endswith(("name", "key")),
        value=plain.endswith(("value", "values")),
    )


_kind_of_short = functools.lru_cache(maxsize=4_096)(_kind_of)


def _masked_members(members: dict[str, object], *, hides_values: bool) -> dict[str, object]:
    """Mask the members of an object; ``value`` too where it, or what it is named, is secret."""
    kinds = {key: _kind(key) for key in members}
    hides_values = hides_values or any(
        kinds[key].names and isinstance(item, str) and is_secret_key(item)
        for key, item in members.items()
    )
    new: dict[str, object] = {}
    for key, item in members.items():
        kind = kinds[key]
        if kind.holder:
            new[key] = _hidden(item, holds_more=True)
        elif kind.secret or (hides_values and kind.value):
            new[key] = _hidden(item)
        else:
            new[key] = masked(item)
    return new


def _masked_item(before: object, item: object) -> object:
    """Mask an item of a list; ``before`` is the one before it, maybe an option of a command."""
    if isinstance(before, str) and before.startswith("-") and is_secret_key(before):
        return _hidden(item)
    return masked(item)


def _hidden(value: object, *, holds_more: bool = False) -> object:
    """Hide every scalar below a secret key, and keep what tells nothing.

    Where it ``holds_more`` than secrets, objects are masked by their keys.
    """
    if isinstance(value, dict):
        if holds_more:
            return _masked_members(value, hides_values=True)
        return {key: _hidden(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_hidden(item, holds_more=holds_more) for item in value]
    # CloudTrail's own mark, null and booleans tell the reader something and an attacker nothing.
    if value is None or isinstance(value, bool):
        return value
    return value if isinstance(value, str) and _KEPT.fullmatch(value) else MASK


def _masked_text(text: str) -> str:
    """Mask text: JSON, text that ends in JSON, or any other."""
    for opens in sorted({text.find("{"), text.find("[")} - {-1}):
        found = _masked_json(text[opens:])
        if found is not None:
            return _masked_pairs(text[:opens]) + found
    return _masked_pairs(text)


def _masked_json(text: str) -> str | None:
    """Mask JSON; None where it is none, or nests too deep to read."""
    try:
        value = json.loads(text, parse_float=_number, object_pairs_hook=_object)
        new = masked(value)
        if new is value:
            return text
        written = json.dumps(new, separators=(",", ":"), ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
    # Half of a surrogate pair is legal as an escape alone: nothing could encode the text else.
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", written)


def _number(text: str) -> float | str:
    """Read a number; one beyond what a float holds stays the text that it is."""
    number = float(text)
    return number if math.isfinite(number) else text


def _object(members: list[tuple[str, object]]) -> dict[str, object]:
    """Read an object. Raises ValueError where a key stands twice: none of its values may leak."""
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("a key stands twice")
    return found


def _masked_pairs(text: str) -> str:
    """Mask pairs of key and value, and what is secret of addresses, in text that is not JSON."""
    if "//hooks.slack" in text:
        text = _WEBHOOK.sub(rf"\1{MASK}", text)
    if not _MAY_HOLD_PAIR.search(text):
        return text
    pieces: list[str] = []
    done = 0
    for found in _KEY.finditer(text):
        key = found["quoted"] or found["flag"] or found["bare"]
        if found.start() < done or not is_secret_key(key):
            continue
        start, end = _value_at(text, found.end(), key)
        if not _KEPT.fullmatch(text, start, end) and not text.startswith(MASK, start):
            pieces += (text[done:start], MASK)
            done = end
    masked_text = "".join((*pieces, text[done:])) if pieces else text
    return _USERINFO.sub(rf"\1{MASK}", masked_text) if "://" in text else masked_text


def _value_at(text: str, start: int, key: str) -> tuple[int, int]:
    """Return where the value that begins here stands, without its quotes."""
    opened = _OPENED.match(text, start)
    if opened:
        return opened.end(), _closing(text, opened.end(), opened[0])
    if key.lower().endswith(_HEADERS):
        found = _TO_END_OF_LINE.match(text, start)
    else:
        scheme = _SCHEME.match(text, start)
        start = scheme.end() if scheme else start
        found = _BARE.match(text, start)
    return (start, found.end()) if found else (start, start)


def _closing(text: str, start: int, quote: str) -> int:
    """Return where a quoted text ends, at the latest with the whole; quotes may be escaped."""
    if quote in _QUOTED:
        found = _QUOTED[quote].match(text, start)
        return found.end() if found else start
    end = text.find(quote, start)
    while end > start and text[end - 1] == "\\":
        end = text.find(quote, end + 1)
    return end if end >= start else len(text)
