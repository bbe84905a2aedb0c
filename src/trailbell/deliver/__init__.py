"""Messages go out into the world here, and every attempt ends with an outcome."""

from trailbell.deliver.courier import Courier, Message, Sender
from trailbell.deliver.outcome import Delivery, Verdict
from trailbell.deliver.pacing import Pace
from trailbell.deliver.terminal import Terminal
from trailbell.deliver.webhook import Webhook

__all__ = ["Courier", "Delivery", "Message", "Pace", "Sender", "Terminal", "Verdict", "Webhook"]
