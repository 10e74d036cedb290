"""Load on an HTTP server from one process: so many clients, each on a connection of its own.

Clients either ask as soon as they are answered, which finds the most a server can do, or by a
schedule. Never are more requests under way than there are clients; but by a schedule delays count
from the moment at which a request was due, so that a server that stalls cannot hide it. Knows
nothing of texts.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp
import numpy as np
import uvloop

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Load:
    """What is asked of a server.

    Args:
        url: where the bodies are posted.
        bodies: what is posted, in turn.
        clients: how many ask at a time.
        seconds: for how long.
        requests: how many requests at most; None is as many as there is time for.
        rate: requests a second of all clients together; None is as fast as they are answered.
    """

    url: str
    bodies: Sequence[bytes]
    clients: int
    seconds: float
    requests: int | None = None
    rate: float | None = None


@dataclass
class Outcome:
    """What came of a load.

    Args:
        delays: seconds of each request that was answered.
        answers: how many had which status, or which error.
        seconds: how long it took.
        busy: the share of a core that this process needed to ask.
    """

    delays: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    busy: float = 0.0

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.answers["200"] / self.seconds

    def milliseconds(self, percentile: float) -> float | None:
        """A percentile of the delays; None where fewer than ten requests lie beyond it."""
        if len(self.delays) * (100 - percentile) / 100 < 10:
            return None
        return round(1000 * float(np.percentile(self.delays, percentile)), 2)


def put(load: Load) -> Outcome:
    """Put a load on a server and wait for its end."""
    return uvloop.run(ask(load))


async def ask(load: Load) -> Outcome:
    """As `put`, in a loop that runs."""
    outcome = Outcome()
    start, used = time.perf_counter(), time.process_time()
    connector = aiohttp.TCPConnector(limit=load.clients)
    async with aiohttp.ClientSession(connector=connector) as session:
        clients = (_client(session, load, outcome, number) for number in range(load.clients))
        await asyncio.gather(*clients)
    outcome.seconds = time.perf_counter() - start
    outcome.busy = (time.process_time() - used) / outcome.seconds
    return outcome


async def _client(
    session: aiohttp.ClientSession, load: Load, outcome: Outcome, number: int
) -> None:
    """One client: every so-manieth request, until time is up or nobody listens any more."""
    start = time.perf_counter()
    turn = number
    while load.requests is None or turn < load.requests:
        due = time.perf_counter() if load.rate is None else start + turn / load.rate
        if due > start + load.seconds:
            return
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        try:
            body = load.bodies[turn % len(load.bodies)]
            async with session.post(load.url, data=body, headers=JSON) as response:
                await response.read()
        except aiohttp.ClientConnectorError:
            return
        except (aiohttp.ClientError, TimeoutError) as error:
            outcome.answers[type(error).__name__] += 1
        else:
            outcome.answers[str(response.status)] += 1
            outcome.delays.append(time.perf_counter() - due)
        turn += load.clients
