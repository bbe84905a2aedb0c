r"""Choose the bytes to look for: a run of characters that stands the same in every encoding.

A message stands in a payload as a JSON string, and a value in a message as another. So what a
pattern looks for may be escaped once or twice. Only runs of characters that no writer needs to
escape are looked for; where one is escaped without need (``\u0041``), ESCAPE finds that.
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from functools import cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from trailbell.pattern.requires import Literal, Need, NumberToken

if TYPE_CHECKING:
    from collections.abc import Iterator

# Printable ASCII, but for what JSON escapes (quote and backslash, and the slash if it likes) and
# what writers escape that keep JSON safe within HTML.
_PLAIN_RUN = re.compile(r"[ !#-%(-.0-;?-\[\]-~]+")
_SHORTEST = 3
_LONGEST = 32
_SCANNED = 8


class Level(enum.IntEnum):
    """Say how often a message is encoded in the bytes that are scanned."""

    PLAIN = 0
    """The message itself: a line, or a record of a trail file."""
    PAYLOAD = 1
    """A JSON string, in the payload of a subscription."""


ESCAPE = b"\\u00"
"""What stands before two digits wherever a character of ASCII is escaped by its number."""

_NEVER_NEEDED = {*range(0x20, 0x7F), *b"\t\n\v\f\r"} - set(b"&'/<=>")
ESCAPED = frozenset(
    digits.encode() for code in _NEVER_NEEDED for digits in (f"{code:02x}", f"{code:02X}")
)
"""The two digits where that is a character of a run, a blank, a quote or a backslash."""


def verbatim(text: bytes) -> bytes:
    """Write bytes as a regex for themselves."""
    return b"".join(b"\\x%02x" % byte for byte in text)


# What many of a trail's records hold. A text that is not here is taken to be the rarer the longer
# it is.
_COMMON = re.compile(
    r"""
    [a-z0-9.-]*amazonaws\.com | [a-z]{2}(-[a-z]+)+-[0-9] | Aws[A-Za-z]+
    | Root | IAMUser | AssumedRole | AWSService | AWSAccount | Role | true | false
    | Management | Client | Server | Success | AccessDenied | (?:arn|aws|assumed-role)\b.*
    """,
    re.VERBOSE,
)


def _pairs(text: str) -> Iterator[tuple[str, int]]:
    """Give the pairs of characters of a text as the scanner tells them apart.

    Its tables for few literals keep four bits of the second one.
    """
    return ((first, ord(second) & 0xF) for first, second in pairwise(text))


# A record in short: its pairs of characters are those that most records are made of.
_PAIRS = Counter(
    _pairs(
        '{"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:'
        'session","arn":"arn:aws:sts::111122223333:assumed-role/application/session","accountId":'
        '"111122223333","accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"type":'
        '"Role","userName":"application"},"attributes":{"creationDate":"2026-03-14T01:58:00Z",'
        '"mfaAuthenticated":"false"}}},"eventTime":"2026-03-14T02:05:12Z","eventSource":'
        '"ec2.amazonaws.com","eventName":"DescribeInstances","awsRegion":"us-east-1",'
        '"sourceIPAddress":"203.0.113.7","userAgent":"aws-sdk-go/1.44 (linux; amd64)",'
        '"errorCode":"AccessDenied","errorMessage":"User is not authorized to perform",'
        '"requestParameters":{"bucketName":"logs","roleArn":"arn:aws:iam::111122223333:role/x",'
        '"Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*","Condition":{}}]},'
        '"responseElements":null,"requestID":"5f0e2d1c-9b8a-4756","eventID":"c4d3e2f1-0a1b-4c5d",'
        '"readOnly":true,"resources":[{"accountId":"111122223333","type":"AWS::S3::Bucket"}],'
        '"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333",'
        '"eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":'
        '"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"ec2.us-east-1.amazonaws.com"}}'
    )
)
_COMMON_SHARE = 0.5
_NUMBER_SHARE = 0.6
_KEY_SHARE = 0.8
_NOTHING = 1e6


@cache
def weigh(need: Need) -> float:
    """Estimate the share of messages that hold what is looked for; more than 1 is for nothing."""
    if isinstance(need, NumberToken):
        return _NUMBER_SHARE
    run = run_of(need)
    if run is None:
        return _NOTHING
    if need.key:
        return _KEY_SHARE - len(run) / 1000
    common = _COMMON.fullmatch(run.strip('"')) is not None
    return 0.5 ** min(len(run), 12) + (_COMMON_SHARE if common else 0.0)


def run_of(literal: Literal) -> str | None:
    """Give the run of a literal that is looked for, with the quotes that stand next to it.

    None where all runs are too short to be of use.
    """
    best = ""
    for match in _PLAIN_RUN.finditer(literal.text):
        run = match[0][:_LONGEST]
        if literal.opens and match.start() == 0:
            run = f'"{run}'
        if literal.closes and match.end() == len(literal.text) and len(match[0]) <= _LONGEST:
            run = f'{run}"'
        best = max(best, run, key=len)
    return best if len(best) >= _SHORTEST else None


def cut(run: str) -> int:
    """Say how much of a run is to be scanned for: up to where rare characters end.

    The scanner looks at the last eight characters, and works the longer the more often records
    hold them. What stands behind them can be compared where they are found.
    """
    sums = list(accumulate((_PAIRS[pair] for pair in _pairs(run)), initial=0))
    ends = range(_SCANNED, len(run) + 1)
    return min(ends, key=lambda end: sums[end - 1] - sums[end - _SCANNED]) if ends else len(run)


def encoded(run: str, level: Level) -> bytes:
    """Write a run as it stands in the bytes."""
    return (run.replace('"', '\\"') if level is Level.PAYLOAD else run).encode("ascii")
