"""The wedding toast where branches meet, with texts that follow the meeting."""

from __future__ import annotations

from .fake_session import FakeSession
from .findings import judged_toast
from .test_snapshots import eight


def meeting() -> FakeSession:
    """Of eight branches three are one road from the joke on; something follows two of them.

    Another says the same words and is none, and one is not known yet.
    """
    session = judged_toast(eight())
    _, two, four = session.found[0].nodes
    session.say(two, " And the toast went on until the candles were low.", " Somebody sang.")
    session.say(four, " Then the cake came.")
    session.drain()
    return session
