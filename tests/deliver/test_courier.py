"""What follows from an answer: pace, waits, the breaker, and the plain form."""

from __future__ import annotations

import pytest

import kit
from trailbell.deliver import Courier, Delivery, Message, Pace, Verdict

DELIVERED = Delivery(Verdict.DELIVERED, "taken")
BUSY = Delivery(Verdict.RETRY, "busy")
REFUSED = Delivery(Verdict.REFUSED, "the blocks were refused")
GONE = Delivery(Verdict.MISCONFIGURED, "the webhook was removed")


def courier(
    *answers: Delivery, pace: Pace | None = None
) -> tuple[Courier[str], kit.ScriptedSender]:
    """Make a courier whose destination answers as planned, without jitter."""
    clock = kit.HandClock()
    sender = kit.ScriptedSender(clock, list(answers))
    return Courier(sender, clock, pace or Pace(1_000, 1_000), lambda: 1.0), sender


def tried(made: Courier[str], sender: kit.ScriptedSender, number: int) -> list[float]:
    """Try a message so many times, as soon as it may be, and return the times."""
    for _ in range(number):
        sender.clock.sleep(made.ready_at - sender.clock.now())
        made.attempt(Message("id", "rich"))
    return [round(time, 3) for time, _ in sender.sent]


def test_backoff_doubles_up_to_five_minutes() -> None:
    """Trouble doubles the wait, from a second to five minutes."""
    made, sender = courier(BUSY)
    assert [0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111] == tried(made, sender, 12)


def test_success_ends_the_backoff() -> None:
    """After a success the next trouble starts with a second again."""
    made, sender = courier(BUSY, BUSY, DELIVERED, BUSY, DELIVERED)
    times = tried(made, sender, 5)
    assert [0, 1, 3] == times[:3]
    assert 1.0 == round(times[4] - times[3], 3)


def test_retry_after_is_obeyed_to_the_second() -> None:
    """The destination's own wait takes the place of ours, and does not grow."""
    asked = Delivery(Verdict.RETRY, "too fast", 7.0)
    made, sender = courier(asked)
    assert [0, 7, 14, 21] == tried(made, sender, 4)


def test_retry_after_of_nothing_waits_a_second() -> None:
    """A destination that asks for no wait is not hammered."""
    made, sender = courier(Delivery(Verdict.RETRY, "too fast", 0.0))
    assert [0, 1, 2] == tried(made, sender, 3)


@pytest.mark.parametrize("factor", [0.75, 1.25])
def test_jitter_moves_our_own_wait_alone(factor: float) -> None:
    """Jitter spreads the backoff; what the destination asked for is never shortened."""
    clock = kit.HandClock()
    asked = Delivery(Verdict.RETRY, "too fast", 7.0)
    sender = kit.ScriptedSender(clock, [BUSY, asked, DELIVERED])
    made: Courier[str] = Courier(sender, clock, Pace(1_000, 1_000), lambda: factor)
    assert [0, factor, factor + 7] == tried(made, sender, 3)


def test_default_jitter_stays_near() -> None:
    """By default the wait varies by a quarter at most."""
    for _ in range(50):
        clock = kit.HandClock()
        made: Courier[str] = Courier(kit.ScriptedSender(clock, [BUSY]), clock)
        made.attempt(Message("id", "rich"))
        assert 0.75 <= made.ready_at - clock.now() <= 1.25


def test_breaker_opens_on_what_no_retry_mends() -> None:
    """A removed webhook stops the courier, with the reason."""
    made, _ = courier(GONE)
    assert "" == made.stopped
    assert GONE == made.attempt(Message("id", "rich", "plain"))
    assert "the webhook was removed" == made.stopped


def test_refused_content_goes_once_more_as_plain_text() -> None:
    """Where the content is refused the plain form is sent, and the outcome says why."""
    made, sender = courier(REFUSED, DELIVERED)
    expected = Delivery(Verdict.DELIVERED, "as plain text, since the blocks were refused")
    assert expected == made.attempt(Message("id", "rich", "plain"))
    assert ["rich", "plain"] == [message for _, message in sender.sent]


def test_refused_twice_is_refused() -> None:
    """Where the plain form is refused as well, nothing more is sent."""
    made, sender = courier(REFUSED, REFUSED)
    assert REFUSED == made.attempt(Message("id", "rich", "plain"))
    assert 2 == len(sender.sent)
    assert "" == made.stopped


def test_without_a_plain_form_one_refusal_is_enough() -> None:
    """A message that has no plain form is tried once."""
    made, sender = courier(REFUSED)
    assert REFUSED == made.attempt(Message("id", "rich"))
    assert 1 == len(sender.sent)


def test_plain_form_keeps_the_pace() -> None:
    """The plain form is a message like any other to the pace."""
    made, sender = courier(REFUSED, DELIVERED, pace=Pace(1.0, 1))
    made.attempt(Message("id", "rich", "plain"))
    assert [0, 1] == [time for time, _ in sender.sent]


def test_refused_content_is_not_sent_again() -> None:
    """Where the plain form meets trouble, the next attempt sends the plain form alone."""
    made, sender = courier(REFUSED, BUSY, DELIVERED, DELIVERED)
    assert BUSY == made.attempt(Message("id", "rich", "plain"))
    assert Verdict.DELIVERED is made.attempt(Message("id", "rich", "plain")).verdict
    assert DELIVERED == made.attempt(Message("another", "rich", "plain"))
    assert ["rich", "plain", "plain", "rich"] == [message for _, message in sender.sent]
