"""What processes that answer hear of Ctrl-C."""

import os
import signal
from concurrent.futures import Future

import pytest

from sentigate.score.workers import Job, _ordered


@pytest.mark.skipif(os.name != "posix", reason="a mask of signals is POSIX")
def test_a_process_is_started_deaf_to_ctrl_c():
    """As one that has just been started prints a traceback of its own."""

    def blocked():
        return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())

    class Pool:
        def submit(self, *_):
            future = Future()
            future.set_result(blocked())
            return future

    assert list(_ordered(Pool(), 1, Job(), range(3))) == [True] * 3
    assert not blocked()
