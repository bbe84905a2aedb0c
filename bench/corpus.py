"""Write a synthetic corpus of CloudTrail records, the same for the same seed."""

from __future__ import annotations

import base64
import gzip
import json
import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAYLOAD_BYTES = 1_000_000
FILE_RECORDS = 250

_CALLS = (
    ("s3", "GetObject"), ("s3", "PutObject"), ("sts", "AssumeRole"), ("kms", "Decrypt"),
    ("ec2", "DescribeInstances"), ("logs", "CreateLogStream"), ("ssm", "GetParameter"),
    ("dynamodb", "DescribeTable"), ("lambda", "ListFunctions20150331"), ("iam", "GetRole"),
    ("ecr", "GetAuthorizationToken"), ("sqs", "GetQueueAttributes"), ("iam", "CreateUser"),
    ("ec2", "AuthorizeSecurityGroupIngress"), ("signin", "ConsoleLogin"), ("rds", "StopDBCluster"),
    ("s3", "PutBucketPolicy"), ("cloudtrail", "LookupEvents"), ("iam", "AttachRolePolicy"),
)  # fmt: skip
_AGENTS = (
    "aws-cli/2.15.3 Python/3.11.6 Linux/6.1.0 exe/x86_64 prompt/off command/s3.cp",
    "Boto3/1.34.11 md/Botocore#1.34.11 ua/2.0 os/linux#6.1 lang/python#3.11.6",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0",
    "terraform-provider-aws/5.31.0 (+https://registry.example/aws) aws-sdk-go-v2/1.24.0",
    "[aws-internal/3 aws-sdk-java/1.12.500 Linux/5.10.0 OpenJDK_64-Bit_Server_VM/17.0.8]",
    "scheduler.amazonaws.com",
)
_REFUSED = 0.05
_WITH_POLICY = 0.02

_REGIONS = ("eu-west-1", "eu-central-1", "us-east-1", "ap-southeast-2")
_ACCOUNTS = ("111122223333", "444455556666", "777788889999")


@dataclass
class Corpus:
    """Hold what is measured: payloads as ``awslogs.data``, trail files, and the names of calls."""

    name: str
    payloads: list[str] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)


def synthetic(megabytes: float, seed: int = 7) -> Corpus:
    """Make a corpus with so many million bytes of records."""
    rng = random.Random(seed)  # noqa: S311  the same corpus in every run
    corpus = Corpus("synthetic")
    records: list[str] = []
    events: list[str] = []
    size = left = 0
    wanted = int(megabytes * 1_000_000)
    # A few calls make up most of a trail.
    weights = [1.0 / (1 + place) ** 2 for place in range(len(_CALLS))]
    while left < wanted:
        record = _record(rng, *rng.choices(_CALLS, weights)[0])
        corpus.names[record["eventName"]] += 1
        text = _compact(record)
        left += len(text) + 1
        records.append(text)
        entry = {"id": f"{left:056}", "timestamp": 1_750_000_000_000 + left, "message": text}
        events.append(_compact(entry))
        size += len(events[-1])
        if size > PAYLOAD_BYTES - 20_000 or left >= wanted:
            corpus.payloads.append(_payload(events, rng.choice(_REGIONS)))
            events, size = [], 0
        if len(records) == FILE_RECORDS or left >= wanted:
            corpus.files.append(_gzipped(f'{{"Records":[{",".join(records)}]}}'))
            records = []
    return corpus


def resampled(folder: Path) -> Corpus:
    """Read a corpus that was made from real records: its payloads, its files and its counts."""
    corpus = Corpus("resampled")
    with (folder / "subscription.jsonl").open(encoding="ascii") as lines:
        corpus.payloads = [json.loads(line)["awslogs"]["data"] for line in lines]
    corpus.files = [path.read_bytes() for path in sorted((folder / "s3").rglob("*.json.gz"))]
    events = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["events"]
    for name, seen in events.items():
        corpus.names[name.split(":")[1]] += seen
    return corpus


def _record(rng: random.Random, service: str, call: str) -> dict[str, Any]:
    account, role = (
        rng.choice(_ACCOUNTS),
        f"{rng.choice(('deploy', 'app', 'batch'))}-{rng.randrange(40)}",
    )
    name = f"{service}-{rng.randrange(500)}"
    record: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": _identity(rng, account, role),
        "eventTime": f"2026-03-{rng.randint(1, 28):02}T{rng.randrange(24):02}:17:07Z",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": call,
        "awsRegion": rng.choice(_REGIONS),
        "sourceIPAddress": f"203.0.113.{rng.randrange(256)}",
        "userAgent": rng.choice(_AGENTS),
        "requestParameters": {"name": name, "filters": [{"key": "tag", "values": [role, name]}]},
        "responseElements": None,
        "additionalEventData": {"x-amz-id-2": _letters(rng, 76), "bytesOut": rng.randrange(99_999)},
        "requestID": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "eventID": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "readOnly": call.startswith(("Get", "List", "Describe", "Lookup")),
        "resources": [
            {"accountId": account, "type": "AWS::Any", "ARN": f"arn:aws:{service}:::{name}"}
        ],
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }
    if rng.random() < _REFUSED:
        record["errorCode"] = "AccessDenied"
        record["errorMessage"] = f"User: {role} is not authorized to perform: {service}:{call}"
    if rng.random() < _WITH_POLICY:
        record["requestParameters"]["policy"] = json.dumps({"Statement": [{"Effect": "Allow"}]})
    return record


def _identity(rng: random.Random, account: str, role: str) -> dict[str, Any]:
    key = _letters(rng, 16)
    arn = f"arn:aws:sts::{account}:assumed-role/{role}/session-{key}"
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{account}:role/{role}", "userName": role}
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE{key}:session-{key}",
        "arn": arn,
        "accountId": account,
        "accessKeyId": f"ASIAEXAMPLE{key}",
        "sessionContext": {"sessionIssuer": issuer, "attributes": {"mfaAuthenticated": "false"}},
    }


def _letters(rng: random.Random, count: int) -> str:
    """Make an identifier as random as those of real records, which hardly compress."""
    return "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=count))


def _payload(events: list[str], region: str) -> str:
    head = {
        "messageType": "DATA_MESSAGE",
        "owner": _ACCOUNTS[0],
        "logGroup": "trail",
        "logStream": f"{_ACCOUNTS[0]}_CloudTrail_{region}",
        "subscriptionFilters": ["all"],
    }
    text = f'{_compact(head)[:-1]},"logEvents":[{",".join(events)}]}}'
    return base64.b64encode(_gzipped(text)).decode()


def _gzipped(text: str) -> bytes:
    return gzip.compress(text.encode(), 6, mtime=0)


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
