"""Long answers that end when nobody waits for them any more."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from tinhdata.kernel import Caller, calling

T = TypeVar("T")
_LOOK_SECONDS = 0.25


async def while_waited_for(request: Request, work: Callable[[], T]) -> T:
    """Do `work` in a thread; its caller hangs up when whoever made the request has gone.

    Raises what `work` raises.
    """
    who = Caller()

    def run() -> T:
        with calling(who):
            return work()

    task = asyncio.ensure_future(run_in_threadpool(run))
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=_LOOK_SECONDS)
            if not task.done() and await request.is_disconnected():
                who.hang_up()
        return task.result()
    finally:
        who.hang_up()
