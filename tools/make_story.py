#!/usr/bin/env python3
"""Turn the screenplay ``story.toml`` into the trail file of the demo.

Run it without arguments to write ``src/trailbell/story/takeover.json``. The same screenplay gives
the same bytes. The shape of a record follows
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

import json
import random
import tomllib
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SCREENPLAY = HERE / "story.toml"
TRAIL_FILE = HERE.parent / "src" / "trailbell" / "story" / "takeover.json"

JITTER_SECONDS = 3
EARLIER = time(1, 58)
GLOBAL_REGION = "us-east-1"
GLOBAL_SERVICES = frozenset({"ce", "iam", "organizations", "signin"})
READING_VERBS = ("Decrypt", "Describe", "Get", "Head", "List", "StartQuery")
NO_POLICY_ALLOWS = (
    "User: {arn} is not authorized to perform: {action} because no identity-based policy allows "
    "the {action} action"
)

Json = dict[str, Any]


@dataclass(frozen=True)
class Stage:
    """Hold what is the same for every call: account, region, cast, and the source of ids."""

    account: str
    region: str
    cast: dict[str, Json]
    chance: random.Random

    def new_id(self) -> str:
        """Make a UUID that depends on nothing but the calls before it."""
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))


def records(screenplay: Json) -> list[Json]:
    """Give the CloudTrail records of a screenplay in the order of their times."""
    stage = Stage(
        account=screenplay["account"],
        region=screenplay["region"],
        cast=screenplay["cast"],
        # A fixed seed is the point: the shipped file must come out the same everywhere.
        chance=random.Random(20260314),  # noqa: S311 - makes up ids and seconds, guards no secret
    )
    timed = [
        (moment, call)
        for call in screenplay["call"]
        for moment in moments(screenplay["day"], call, stage.chance)
    ]
    timed.sort(key=lambda pair: pair[0])
    return [record(stage, moment, call) for moment, call in timed]


def moments(day: date, call: Json, chance: random.Random) -> list[datetime]:
    """List when a call is made; what repeats by itself is never quite on time."""
    first = datetime.combine(day, call["at"], UTC)
    later = [
        first + timedelta(seconds=turn * call["every"] + chance.randint(0, JITTER_SECONDS))
        for turn in range(1, call.get("times", 1))
    ]
    return [first, *later]


def record(stage: Stage, moment: datetime, call: Json) -> Json:
    """Write one CloudTrail record, its fields in the order that CloudTrail uses."""
    caller = stage.cast[call["who"]]
    service, name = call["call"].split(":")
    sign_in = service == "signin"
    identity = user_identity(stage, caller, moment, sign_in=sign_in)
    region = GLOBAL_REGION if service in GLOBAL_SERVICES else stage.region
    written: Json = {
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": iso(moment),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": caller.get("service") or caller["from"],
        "userAgent": caller.get("service") or caller["agent"],
        **failure(call, identity),
        "requestParameters": call.get("request"),
        "responseElements": call.get("response"),
    }
    if "additional" in call:
        written["additionalEventData"] = call["additional"]
    if not sign_in:
        written["requestID"] = stage.new_id()
    written |= {
        "eventID": stage.new_id(),
        "readOnly": name.startswith((*READING_VERBS, "AssumeRole")),
    }
    if "resources" in call:
        written["resources"] = [
            {"accountId": stage.account, **resource} for resource in call["resources"]
        ]
    written |= {
        "eventType": "AwsConsoleSignIn" if sign_in else "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": stage.account,
        "eventCategory": "Management",
    }
    return written | connection(caller, service, region)


def user_identity(stage: Stage, caller: Json, moment: datetime, *, sign_in: bool) -> Json:
    """Write who calls, in the shape of the caller's kind; a sign-in has no session yet."""
    kind = caller["kind"]
    if kind == "service":
        return {"type": "AWSService", "invokedBy": caller["service"]}
    if kind == "role":
        return role_identity(stage, caller, moment)
    name = caller.get("user", "")
    stem = "".join(filter(str.isalnum, name)).upper()
    if kind == "sign-in":
        # Before anybody is signed in there is no ARN, and the key is empty.
        return {
            "type": "IAMUser",
            "principalId": f"AIDA{stem}EXAMPLE",
            "accountId": stage.account,
            "accessKeyId": "",
            "userName": name,
        }
    root = kind == "root"
    identity: Json = {
        "type": "Root" if root else "IAMUser",
        "principalId": stage.account if root else f"AIDA{stem}EXAMPLE",
        "arn": f"arn:aws:iam::{stage.account}:{'root' if root else 'user/' + name}",
        "accountId": stage.account,
        "accessKeyId": "" if sign_in else caller.get("key", "ASIAROOTCONSOLEEXAMP"),
    }
    if not root:
        identity["userName"] = name
    if caller.get("console") and not sign_in:
        identity["sessionContext"] = {"attributes": session_attributes(caller, moment)}
    return identity


def role_identity(stage: Stage, caller: Json, moment: datetime) -> Json:
    """Write who calls with the credentials of a role."""
    role = caller["role"].rsplit("/", 1)[-1]
    principal = "AROA" + "".join(filter(str.isalnum, role)).upper()[:10] + "EXAMPLE"
    identity: Json = {
        "type": "AssumedRole",
        "principalId": f"{principal}:{caller['session']}",
        "arn": f"arn:aws:sts::{stage.account}:assumed-role/{role}/{caller['session']}",
        "accountId": stage.account,
        "accessKeyId": "ASIA" + principal[4:13] + "EXAMPLE",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": principal,
                "arn": f"arn:aws:iam::{stage.account}:role/{caller['role']}",
                "accountId": stage.account,
                "userName": role,
            },
            "attributes": session_attributes(caller, moment),
        },
    }
    if "service" in caller:
        identity["invokedBy"] = caller["service"]
    return identity


def session_attributes(caller: Json, moment: datetime) -> Json:
    """Say when a session began and with which factor."""
    began = datetime.combine(moment.date(), caller.get("since", EARLIER), UTC)
    return {"creationDate": iso(began), "mfaAuthenticated": str(caller.get("mfa", False)).lower()}


def failure(call: Json, identity: Json) -> Json:
    """Write the error fields of a call that failed, nothing for one that did not."""
    fields: Json = {}
    if "error" in call:
        fields["errorCode"] = call["error"]
        # Lambda's event names end in a version that its actions do not have.
        action = call["call"].rstrip("0123456789")
        refusal = NO_POLICY_ALLOWS.format(arn=identity.get("arn"), action=action)
        fields["errorMessage"] = refusal
    if "message" in call:
        fields["errorMessage"] = call["message"]
    return fields


def connection(caller: Json, service: str, region: str) -> Json:
    """Write how a caller from outside was connected; AWS's own services leave it out."""
    if "service" in caller:
        return {}
    if service == "signin":
        host = "signin.aws.amazon.com"
    elif region == GLOBAL_REGION:
        host = f"{service}.amazonaws.com"
    else:
        host = f"{service}.{region}.amazonaws.com"
    fields: Json = {
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": host,
        }
    }
    if caller.get("console") and service != "signin":
        # CloudTrail writes this one as a text.
        fields["sessionCredentialFromConsole"] = "true"
    return fields


def iso(moment: datetime) -> str:
    """Write a time as CloudTrail does."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def trail_file(screenplay: Json) -> str:
    """Give the text of the trail file, a record a line."""
    lines = [json.dumps(one, separators=(",", ":")) for one in records(screenplay)]
    return '{"Records":[\n' + ",\n".join(lines) + "\n]}\n"


def read_screenplay() -> Json:
    """Read the screenplay that lies beside this file."""
    return tomllib.loads(SCREENPLAY.read_text(encoding="utf-8"))


if __name__ == "__main__":
    TRAIL_FILE.parent.mkdir(exist_ok=True)
    TRAIL_FILE.write_text(trail_file(read_screenplay()), encoding="utf-8")
