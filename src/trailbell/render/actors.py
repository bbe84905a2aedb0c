"""Who acted, in words that fit a headline, and in full."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trailbell.record import FAILED, Record

LONGEST_SESSION = 24
NO_MFA = "no MFA"

_SESSION = re.compile(r"arn:[^:]*:sts::\d*:assumed-role/(.+)/([^/]+)")
_ARN_NAME = re.compile(r"arn:[^:]*:[^:]*:[^:]*:\d*:(?:[^/]+/)?(.+)")
# https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html
# IAM Identity Center names its roles after the permission set and keeps the person in the session.
_RESERVED = re.compile(r"AWSReservedSSO_(.+)_[0-9a-f]{16}")


def actor_name(record: Record) -> str:
    """Name the actor in few words: the user, the role and its session, root, or the service."""
    if record.text("userIdentity", "type") == "Root":
        return "root"
    return short_name(record.text("userIdentity", "arn") or record.actor)


def role_name(record: Record) -> str:
    """Name the actor without its session, as stories go by."""
    if record.text("userIdentity", "type") == "Root":
        return "root"
    name = short_name(record.actor)
    reserved = _RESERVED.fullmatch(name.rpartition("/")[2])
    return reserved[1] if reserved else name


def short_name(arn: str) -> str:
    """Return the part of an ARN that tells actors apart; other text comes back as it is.

    A session that is called like its role is left out, and a long one is cut: SDKs make them of
    numbers. A person who comes through IAM Identity Center goes before the permission set.
    """
    session = _SESSION.fullmatch(arn)
    if not session:
        named = _ARN_NAME.fullmatch(arn)
        return named[1] if named else arn
    role, name = session.groups()
    reserved = _RESERVED.fullmatch(role)
    if reserved:
        return f"{name} ({reserved[1]})"
    if name == role:
        return role
    return f"{role}/{name if len(name) <= LONGEST_SESSION else name[: LONGEST_SESSION - 1] + '…'}"


def in_full(record: Record) -> str:
    """Name the actor in full: by its ARN, where it has one."""
    return record.text("userIdentity", "arn") or record.actor


def notes_on(record: Record) -> Iterator[str]:
    """Tell what else of the actor a reader wants to know: kind, key, second factor, service."""
    identity = in_full(record)
    kind = record.text("userIdentity", "type")
    if identity and not identity.startswith("arn:") and kind.lower() not in identity.lower():
        yield kind
    # Only a key of this form is a user's own, to be disabled; the others run out.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    key = record.text("userIdentity", "accessKeyId")
    if key.startswith("AKIA"):
        yield f"key {key}"
    if factor(record):
        yield factor(record)
    invoked = record.text("userIdentity", "invokedBy")
    if invoked and invoked != identity:
        yield f"through {invoked}"


def factor(record: Record) -> str:
    """Tell of a second factor: ``with MFA``, ``no MFA``, or nothing where the record cannot know.

    A sign-in that failed never came to the second factor. Who is federated, or took on a role, may
    have given one elsewhere.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
    """
    held = record.text("userIdentity", "sessionContext", "attributes", "mfaAuthenticated").lower()
    used = record.text("additionalEventData", "MFAUsed").lower()
    if held == "true" or used == "yes":
        return "with MFA"
    own = record.text("userIdentity", "type") in ("IAMUser", "Root")
    refused = is_sign_in(record) and record.outcome == FAILED
    return NO_MFA if own and not refused and "false" in (held, _as_flag(used)) else ""


def is_sign_in(record: Record) -> bool:
    """Tell whether somebody came, or tried to come, to the console."""
    return record.text("eventName") == "ConsoleLogin"


def _as_flag(used: str) -> str:
    return "false" if used == "no" else used
