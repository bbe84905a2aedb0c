"""What a call asked for: on what, with which parameters, by which program."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trailbell.preview import one_line
from trailbell.record import Record

MOST_PARAMETERS = 8
LONGEST_NAME = 80
LONGEST_VALUE = 100

# Where a call names what it acts on, the most telling first.
_TARGETS = (
    "bucketName",
    "userName",
    "roleName",
    "groupName",
    "functionName",
    "trailName",
    "secretId",
    "keyId",
    "groupId",
    "instanceId",
    "vpcId",
    "routeTableId",
    "networkAclId",
    "volumeId",
    "snapshotId",
    "imageId",
    "dBInstanceIdentifier",
    "dBSnapshotIdentifier",
    "tableName",
    "stackName",
    "clusterName",
    "policyArn",
    "roleArn",
    "detectorId",
    "configurationRecorderName",
    "deliveryChannelName",
    "accountId",
    "name",
)

# How an answer is cut into pages and a call is told from its repetition: nothing that was done.
_NOISE = frozenset(
    {
        "Host",
        "clientRequestToken",
        "clientToken",
        "marker",
        "maxItems",
        "maxResults",
        "nextToken",
        "xmlns",
    }
)

# EC2 wraps its lists: ipPermissions.items[0].ipProtocol.
_WRAPPED = ".items["

# What every browser, or every program of its kind, says; what tells them apart stays.
_SAID_BY_ALL = re.compile(
    r"""(?<!\S)(?:
        Mozilla/5\.0 | AppleWebKit/\S+ | \(KHTML,\ like\ Gecko\) | Safari/537\.36 | Gecko/20100101
      | APN/1\.0 | HashiCorp/1\.0 | \(\+https?://[^()\s]*\)
      | (?:api|cfg|m|md|ua)/\S+
    )(?!\S)""",
    re.VERBOSE,
)


def target_of(record: Record) -> str:
    """Name what was acted on: by the request, else the first resource."""
    for name in _TARGETS:
        value = record.text("requestParameters", name)
        if value:
            return value
    resources = record.value("resources")
    first = resources[0] if isinstance(resources, list) and resources else None
    arn = first.get("ARN") or first.get("arn") if isinstance(first, dict) else None
    return arn if isinstance(arn, str) else ""


def parameters_of(record: Record) -> tuple[tuple[str, str], ...]:
    """Pick the request's scalars, the shallow ones first, but for the target and noise.

    Each is a pair of its path and its value, both on one line and cut.
    """
    target = target_of(record)
    found: list[tuple[str, str]] = []
    for path, value in _scalars(record.value("requestParameters")):
        if value != target:
            name = path.replace(_WRAPPED, "[")
            found.append((one_line(name, LONGEST_NAME), one_line(value, LONGEST_VALUE)))
        if len(found) == MOST_PARAMETERS:
            break
    return tuple(found)


def agent_of(record: Record) -> str:
    """Return the user agent without the parts that all of its kind have in common."""
    whole = record.text("userAgent")[:2_000].removeprefix("[").removesuffix("]")
    telling = _SAID_BY_ALL.sub(" ", whole)
    return " ".join(telling.split()) or whole


def _scalars(value: object) -> Iterator[tuple[str, str]]:
    """Yield path and text of the scalars below a value, level by level."""
    level: list[tuple[str, object]] = [("", value)]
    while level:
        deeper: list[tuple[str, object]] = []
        for path, item in level:
            if isinstance(item, dict):
                deeper += [
                    (f"{path}.{key}" if path else str(key), inner)
                    for key, inner in list(item.items())[:50]
                    if key not in _NOISE
                ]
            elif isinstance(item, list):
                deeper += [(f"{path}[{index}]", inner) for index, inner in enumerate(item[:10])]
            elif item is not None and item != "" and path:
                yield path, str(item).lower() if isinstance(item, bool) else str(item)
        # What lies deeper than a few hundred fields is read in the record itself.
        level = deeper[:200]
