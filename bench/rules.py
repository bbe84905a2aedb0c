"""Make rule sets like those that people write: mostly one call each, and some of every kind."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

from trailbell import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHARE = 0.01
"""How many of the records the rules are to match."""

_ROUND = 10
_SEEN = 3
"""How many of every ten rules ask for a call that occurs, while there are any."""

_NUMERIC, _FIRST_NUMERIC = 25, 6
"""So often comes a rule that needs no text; such is the first of them, so that ten have one too."""

_VERBS = ("Delete", "Put", "Create", "Update", "Attach", "Detach", "Modify", "Stop", "Disable")
_NOUNS = (
    "Trail", "Detector", "FlowLogs", "Vault", "KeyPolicy", "RolePolicy", "LoginProfile",
    "BucketPolicy", "SecurityGroupRule", "ConfigRule", "AccessKey", "MfaDevice", "Cluster",
    "NetworkAcl", "VpcPeering", "ParameterGroup", "SnapshotShare", "ImageAttribute",
)  # fmt: skip
_ENDINGS = ("", "V2", "Version", "Tags", "Config", "Batch", "Association")
_WORDS = ("cryptominer", "exfiltrate", "kerberoast", "reverse-shell", "TorProxy", "masscan")


def made_rules(count: int, names: Mapping[str, int]) -> list[Rule]:
    """Make a set of rules for records whose event names occur as often as ``names`` says.

    Of every ten rules seven ask for a call by JSON, one for a glob or a regex in JSON, one for
    terms, and one is space-delimited with a text and a number. In place of one of every 25 calls
    stands one that is space-delimited and asks for numbers alone. The first rules of a set match
    about a hundredth of the records, the others next to none, but for those on numbers alone.
    """
    rng = random.Random(20)  # noqa: S311  the same rules in every run
    seen = iter(_rare(names))
    fresh = ["".join(parts) for parts in itertools.product(_VERBS, _NOUNS, _ENDINGS)]
    fresh = [name for name in fresh if name not in names]
    rng.shuffle(fresh)
    unseen = itertools.cycle(fresh)
    patterns = []
    for number in range(count):
        kind = number % _ROUND
        if number % _NUMERIC == _FIRST_NUMERIC:
            patterns.append(_numeric(number // _NUMERIC))
            continue
        other = _OTHERS.get(kind)
        name = (next(seen, None) if kind < _SEEN else None) or next(unseen)
        patterns.append(other(name, number) if other else _call(name, number, rng))
    return [Rule(f"rule-{number}", pattern) for number, pattern in enumerate(patterns)]


def _rare(names: Mapping[str, int]) -> Iterator[str]:
    """Give names that together make the share of records that is to match."""
    left = SHARE * sum(names.values())
    chosen: list[str] = []
    for name, seen in sorted(names.items(), key=lambda item: -item[1]):
        if seen <= left / 2 or (seen <= left and chosen):
            chosen.append(name)
            left -= seen
    yield from chosen


def _call(name: str, number: int, rng: random.Random) -> str:
    """Ask for a call, mostly with something about the caller."""
    conditions = (
        "$.errorCode NOT EXISTS",
        '$.userIdentity.type != "AWSService"',
        '$.sourceIPAddress != "10.*"',
        '$.userAgent != "*internal*"',
        f'$.userIdentity.sessionContext.sessionIssuer.userName != "deploy-{number}"',
        '$.readOnly IS FALSE || $.eventVersion = "1.*"',
    )
    chosen = " && ".join(f"({c})" for c in rng.sample(conditions, rng.choice((0, 1, 1, 2))))
    two = (
        f"(($.eventName = {name}) || ($.eventName = {name}Ex))"
        if number % 5 == 0 and number
        else ""
    )
    return f"{{ {two or f'$.eventName = {name}'}{' && ' + chosen if chosen else ''} }}"


def _pattern(name: str, number: int) -> str:
    if number // _ROUND % 2 == 0:
        return f'{{ $.requestParameters.name = "{name}-*" && $.awsRegion = "eu-*" }}'
    return f"{{ $.userAgent = %{name[:8]}[a-z]+/[0-9]% && $.errorCode = AccessDenied* }}"


def _terms(name: str, number: int) -> str:
    word = _WORDS[number // 10 % len(_WORDS)]
    return (
        f'"{word}-{number}" -test' if number // _ROUND % 2 == 0 else f"?{name}Failed ?{name}Refused"
    )


def _fields(name: str, number: int) -> str:
    if number // _ROUND % 2 == 0:
        return f'[host, user, time, request = "*/{name}*", status >= {400 + number % 100}, bytes]'
    return f'[time, level = "{name}", request, took > {number}, ...]'


def _numeric(number: int) -> str:
    """Ask for numbers alone, so that there is no text to look for."""
    return (
        f"[address, user, name, time, request, status >= {400 + number % 100}, bytes]",
        f"[version, account, interface, source, target, from, to = {number}, protocol, ...]",
        f"[time, level, took > {number}, ...]",
        f"[..., status = {400 + number % 100}, bytes]",
    )[number % 4]


_OTHERS = {7: _pattern, 8: _terms, 9: _fields}
"""What stands at these places of every ten rules; at the others stands a call."""
