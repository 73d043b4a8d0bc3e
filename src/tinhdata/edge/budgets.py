"""How much anyone may ask of the interface: a bucket of tokens for each address and each key.

It counts in memory only, so each process has its own buckets and nothing is kept of who asked.
"""

import hashlib
import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tinhdata.edge.errors import BudgetSpent
from tinhdata.edge.files import is_file
from tinhdata.edge.guards import Answer, is_for_anyone, is_interface, is_question
from tinhdata.edge.visits import KEY_KNOWN

_MOST_BUCKETS = 50_000
"""Addresses and keys remembered; one that was forgotten starts with a full bucket."""
_MOST_KEYS = 10_000
_USUAL, _COSTLY = 1, 5
_SQL = ("/api/v1/sql", "/api/3/action/datastore_search_sql", "/api/action/datastore_search_sql")
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Budget:
    """How much one asker may ask: `per_minute` comes in steadily, twice that may be saved up."""

    per_minute: int

    @property
    def most(self) -> int:
        """Give what fits into the bucket."""
        return 2 * self.per_minute


@dataclass(frozen=True, slots=True)
class Taken:
    """What is left after a request, and in how many seconds it would be granted (0: it is)."""

    left: int
    wait: int = 0


def refilled(tokens: float, seconds: float, budget: Budget) -> float:
    """Give what a bucket holds after `seconds` in which nothing was taken."""
    return min(float(budget.most), tokens + max(0.0, seconds) * budget.per_minute / _MINUTE)


def cost_of(path: str) -> int:
    """Say what a request costs: questions in SQL and files of rows more than the others."""
    return _COSTLY if path.startswith(_SQL) or is_file(path) else _USUAL


def neighbourhood(address: str) -> str:
    """Give what counts as one address: an IPv6 reader has a whole network (/64) of them."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


class Buckets:
    """The buckets of those who asked last; of any number of askers only so many are kept."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._guard = Lock()

    def take(self, who: str, cost: int, budget: Budget) -> Taken:
        """Take `cost` tokens from the bucket of `who`, none where it does not hold so many."""
        now = self._clock()
        with self._guard:
            tokens, since = self._held.pop(who, (float(budget.most), now))
            tokens = refilled(tokens, now - since, budget)
            missing = cost - tokens
            if missing <= 0:
                tokens -= cost
            self._held[who] = (tokens, now)
            if len(self._held) > _MOST_BUCKETS:
                self._held.popitem(last=False)
        wait = math.ceil(missing * _MINUTE / budget.per_minute) if missing > 0 else 0
        return Taken(int(tokens), wait)


class Budgets:
    """Answers 429 with Retry-After where an address or key asks more than its budget.

    A key has a budget of its own once it has proved to be valid; until then, and where keys say
    nothing, the address pays.
    """

    def __init__(
        self, app: ASGIApp, per_address: int, per_key: int, answer: Answer, buckets: Buckets
    ) -> None:
        self._app = app
        self._address = Budget(per_address)
        self._key = Budget(per_key)
        self._answer = answer
        self._buckets = buckets
        self._valid: OrderedDict[str, None] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer when to come again."""
        if scope["type"] != "http" or not _is_charged(scope["method"], scope["path"]):
            await self._app(scope, receive, send)
            return
        key = _key_of(scope)
        is_valid = key is not None and key in self._valid
        budget = self._key if is_valid else self._address
        if not budget.per_minute:
            await self._app(scope, receive, send)
            return
        who = f"key {key}" if is_valid else f"address {_address_of(scope)}"
        taken = self._buckets.take(who, cost_of(scope["path"]), budget)
        if taken.wait:
            await self._answer(scope, receive, send, BudgetSpent(taken.wait), None)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                _tell(MutableHeaders(scope=message), taken, budget)
                if key is not None:
                    self._learn(key, is_valid=scope.get(KEY_KNOWN) is True)
            await send(message)

        await self._app(scope, receive, told)

    def _learn(self, key: str, *, is_valid: bool) -> None:
        """Remember a key that was accepted, forget one that was not."""
        self._valid.pop(key, None)
        if is_valid:
            self._valid[key] = None
            if len(self._valid) > _MOST_KEYS:
                self._valid.popitem(last=False)


def _is_charged(method: str, path: str) -> bool:
    if method in {"GET", "HEAD"}:
        return is_interface(path) or is_file(path) or path.startswith("/embed/")
    return method == "POST" and is_question(path)


def _tell(headers: MutableHeaders, taken: Taken, budget: Budget) -> None:
    """Say what is left (draft-ietf-httpapi-ratelimit-headers)."""
    full = math.ceil((budget.most - taken.left) * _MINUTE / budget.per_minute)
    headers["RateLimit-Policy"] = f'"requests";q={budget.most};w={int(2 * _MINUTE)}'
    headers["RateLimit"] = f'"requests";r={taken.left};t={full}'


def _key_of(scope: Scope) -> str | None:
    """Give the hash of the key that comes along; None without one, or where keys say nothing."""
    if is_for_anyone(scope["path"]):
        return None
    given = Headers(scope=scope).get("authorization")
    return None if given is None else hashlib.sha256(given.encode()).hexdigest()


def _address_of(scope: Scope) -> str:
    client = scope.get("client")
    return neighbourhood(client[0]) if client else ""
