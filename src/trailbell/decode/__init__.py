"""Bytes → events: tell the form of the input by its content, and take it apart.

A file is JSON where its first line opens a JSON object, and a text log otherwise.

==========================  ======================================================================
a CloudTrail file           ``{"Records": [...]}``: every record is an event
a subscription event        ``{"awslogs": {"data": ...}}``, or a Kinesis batch of such data, as a
                            function receives them
its decoded payload         ``{"messageType": ..., "logEvents": [...]}``
a digest file               passed over
any other JSON object       an event
a text log                  every line is an event
==========================  ======================================================================

JSON may stand one object a line (each line is recognised by itself, and may as well be a line of
text), or several objects one after another with or without white space, laid out in any way. All
of it may be gzipped, in any number of members. What breaks off is read up to where it breaks: the
lines, the records of a trail file, the objects that are whole.
"""

from trailbell.decode.file import decode
from trailbell.decode.forms import Form, Limits, Source
from trailbell.decode.subscription import decode_subscription

__all__ = ["Form", "Limits", "Source", "decode", "decode_subscription"]
