"""The fields of CloudTrail records: what they hold, and which values AWS itself spells.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from trailbell.preview import preview
from trailbell.sigma.refusal import inexpressible


class Holds(enum.Enum):
    """Name what a field holds where it is not missing or null."""

    ANYTHING = enum.auto()
    TEXT = enum.auto()
    BOOLEAN = enum.auto()
    OBJECT = enum.auto()


_TEXTS = frozenset(
    f"{prefix}{name}"
    for prefix, names in (
        ("", "eventVersion eventTime eventSource eventName awsRegion sourceIPAddress userAgent"),
        ("", "errorCode errorMessage requestID eventID eventType apiVersion recipientAccountId"),
        ("", "sharedEventID vpcEndpointId vpcEndpointAccountId eventCategory"),
        ("", "sessionCredentialFromConsole"),
        ("userIdentity.", "type principalId arn accountId accessKeyId userName invokedBy"),
        ("userIdentity.", "identityProvider credentialId"),
        ("userIdentity.sessionContext.", "sourceIdentity ec2RoleDelivery"),
        ("userIdentity.sessionContext.sessionIssuer.", "type principalId arn accountId userName"),
        ("userIdentity.sessionContext.attributes.", "mfaAuthenticated creationDate"),
        ("userIdentity.sessionContext.webIdFederationData.", "federatedProvider"),
        ("tlsDetails.", "tlsVersion cipherSuite clientProvidedHostHeader"),
        ("additionalEventData.", "MFAUsed LoginTo MobileVersion"),
        ("responseElements.", "ConsoleLogin"),
    )
    for name in names.split()
)
_BOOLEANS = frozenset({"readOnly", "managementEvent"})
_OBJECTS = frozenset(
    f"{prefix}{name}"
    for prefix, names in (
        ("", "userIdentity requestParameters responseElements additionalEventData resources"),
        ("", "tlsDetails serviceEventDetails addendum edgeDeviceDetails insightDetails"),
        ("", "eventContext"),
        ("userIdentity.", "sessionContext onBehalfOf"),
        ("userIdentity.sessionContext.", "sessionIssuer attributes webIdFederationData"),
    )
    for name in names.split()
)
_LISTS = frozenset({"items", "containerDefinitions"})
"""Names under which EC2 and ECS write lists, wherever they stand in a record."""

_CONSTANTS = {
    "userIdentity.type": (
        "Root IAMUser AssumedRole Role FederatedUser Directory AWSAccount AWSService"
        " IdentityCenterUser SAMLUser WebIdentityUser Unknown"
    ),
    "userIdentity.sessionContext.sessionIssuer.type": "Root IAMUser Role",
    "userIdentity.sessionContext.attributes.mfaAuthenticated": "true false",
    "sessionCredentialFromConsole": "true",
    "eventType": (
        "AwsApiCall AwsServiceEvent AwsConsoleAction AwsConsoleSignIn AwsVpceEvent"
        " AwsCloudTrailInsight"
    ),
    "eventCategory": "Management Data NetworkActivity Insight",
    "additionalEventData.MFAUsed": "Yes No",
    "responseElements.ConsoleLogin": "Success Failure",
}
_BARE = re.compile(r"[A-Za-z0-9_-]+")
# A capital first, and not in capitals throughout: DeleteTrail, Client.UnauthorizedOperation.
_CAPITALISED_TEXT = re.compile(r"(?=.*[a-z])[A-Z][A-Za-z0-9._]*|[0-9._]+", re.ASCII)
_LOWER_TEXT = re.compile(r"AWS Internal|[a-z0-9.:_-]+", re.ASCII)
_UPPER_TEXT = re.compile(r"[A-Z0-9]+", re.ASCII)
_FORMS = {
    "eventName": _CAPITALISED_TEXT,
    "errorCode": _CAPITALISED_TEXT,
    "eventSource": _LOWER_TEXT,
    "awsRegion": _LOWER_TEXT,
    "sourceIPAddress": _LOWER_TEXT,
    "userIdentity.invokedBy": _LOWER_TEXT,
    "userIdentity.accessKeyId": _UPPER_TEXT,
}
_LONGEST = 512


@dataclass(frozen=True, slots=True)
class Field:
    """Hold a field of a record: its ``path`` as Sigma names it, its ``selector``, what it holds."""

    path: str
    selector: str
    holds: Holds

    def spelled(self, literals: tuple[str, ...], *, whole: bool) -> tuple[str, ...] | None:
        """Return the literals of a value as AWS spells them, None where that is not known.

        They are the pieces between the wildcards; ``whole`` says that there are no wildcards. Of a
        field whose values are known the spelling is AWS's, of others the rule's, if it looks like
        AWS's.
        """
        if self.path in _CONSTANTS:
            known = {text.lower(): text for text in _CONSTANTS[self.path].split()}
            found = known.get(literals[0].lower()) if whole else None
            return (found,) if found else None
        form = _FORMS.get(self.path)
        return literals if form and all(map(form.fullmatch, literals)) else None

    @property
    def may_cross_lists(self) -> bool:
        """Say whether a name on the way to the field could stand for a list, as far as is known."""
        return self.holds is Holds.ANYTHING and self.path.count(".") > 1


def field_of(path: str) -> Field:
    """Return the field that Sigma names, with dots between the names of its path.

    Raises RefusedError where it names no one value of a record.
    """
    names = path.split(".")
    if len(path) > _LONGEST or not all(names) or not path.isprintable():
        raise inexpressible(f"{preview(path)} is no path of names with dots between them")
    if wrong := next((n for n in names if n.isdigit() or set("[]{}'\"$|") & set(n)), None):
        raise inexpressible(
            f"the field {preview(path)}: {preview(wrong)} is no plain name, and whether it stands"
            " for an element of a list is left open"
        )
    above = names[:-1]
    if path.startswith("resources.") or _LISTS & set(above):
        inside = next(name for name in above if name in {*_LISTS, "resources"})
        raise inexpressible(
            f'the field {preview(path)} looks into the list "{inside}": which of its elements'
            " is meant is left open, and a selector without an index looks into none"
        )
    return Field(path, f"$.{'.'.join(map(_step, names))}", _holds(path))


def _step(name: str) -> str:
    """Write a name for a selector."""
    return name if _BARE.fullmatch(name) else f"['{name}']"


def _holds(path: str) -> Holds:
    """Say what a field holds, as far as AWS documents it."""
    if path in _TEXTS:
        return Holds.TEXT
    if path in _BOOLEANS:
        return Holds.BOOLEAN
    return Holds.OBJECT if path in _OBJECTS else Holds.ANYTHING
