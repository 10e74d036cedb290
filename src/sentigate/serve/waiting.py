"""Waiting for a client who may be silent, in a server that may end."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from sentigate.serve.problems import Problem

T = TypeVar("T")


async def coming(what: Awaitable[T], ending: asyncio.Event, patience: float) -> T:
    """Return what a client sends next.

    Args:
        what: gives it when it has come.
        ending: set when the server ends.
        patience: seconds to wait.

    Raises:
        Problem: the server ends, or nothing has come.
    """
    sent, end = asyncio.ensure_future(what), asyncio.ensure_future(ending.wait())
    done, waiting = await asyncio.wait(
        {sent, end}, timeout=patience, return_when=asyncio.FIRST_COMPLETED
    )
    for task in waiting:
        task.cancel()
    if sent in done:
        return sent.result()
    if end in done:
        raise Problem(503, "shutting-down", "the server ends: send the rest anew")
    raise Problem(408, "silence", "nothing came for too long: send the rest anew")
