"""Requests to addresses of a definition: to public hosts only, redirects followed by hand.

The name is resolved here and the connection made to the address that was judged, so that a name
server cannot show one address to the check and another to the connection.
"""

import contextlib
import ipaddress
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

import httpx

from tinhdata.kernel import JSON, Text, is_public, t
from tinhdata.sources.errors import (
    AddressForbidden,
    SourceDenied,
    SourcePostponed,
    SourceUnfit,
    unreachable,
)

_HOPS = 5
_TIMEOUT = httpx.Timeout(60, connect=15)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_DOCUMENT = 20_000_000
_LONGEST_WAIT = 86_400
_LEAST_WAIT = 60


@dataclass(frozen=True, slots=True)
class Credentials:
    """What proves who we are, already opened: a token, or a name and a password."""

    user: str | None = None
    password: str | None = None
    token: str | None = None
    scheme: str = "Bearer "
    """What stands before the token; portals of CKAN want it bare."""


class Web:
    """A client for one source: its credentials go to the host of the definition and no other."""

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        *,
        allowed_hosts: frozenset[str],
        private_hosts: frozenset[str],
        ca: str | None = None,
    ) -> None:
        self._origin = urlsplit(url)
        self._credentials = credentials
        self._hosts = {str(self._origin.hostname), *allowed_hosts}
        self._private = private_hosts
        try:
            context = _trust(ca)
        except OSError:
            raise SourceUnfit(
                t("The file of certificates cannot be read."), fix=t("Check the path in ca.")
            ) from None
        self._client = httpx.Client(
            verify=context, timeout=_TIMEOUT, follow_redirects=False, trust_env=False
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @contextmanager
    def ask(
        self, method: str, url: str, headers: Mapping[str, str], accept: frozenset[int]
    ) -> Iterator[httpx.Response]:
        """Open the answer to a request, over at most five redirects; its body is not read yet.

        Raises a Problem for every status that is not in `accept`.
        """
        for _ in range(_HOPS):
            with self._told(url):
                response = self._send(method, url, headers)
            try:
                if response.status_code in _REDIRECTS and "location" in response.headers:
                    url = urljoin(url, response.headers["location"])
                    continue
                _check_status(response, _host(url), accept)
                yield response
                return
            finally:
                response.close()
        raise SourceUnfit(
            t("{host} sends us on more than {count} times.", host=_host(url), count=_HOPS),
            fix=t("Write the address at the end of the way into the definition."),
        )

    def pieces(self, response: httpx.Response, url: str) -> Iterator[bytes]:
        """Give the body as it came; raises SourceUnreachable where it breaks off."""
        with self._told(url):
            # In pieces as they come: what is gathered for a larger one is lost with the line.
            yield from response.iter_raw()

    def document(self, url: str) -> JSON:
        """Ask for a JSON document; raises SourceUnfit where it is none."""
        headers = {"Accept": "application/json"}
        with self.ask("GET", url, headers, frozenset({200})) as response:
            body = bytearray()
            for piece in self.pieces(response, url):
                body += piece
                if len(body) > _LONGEST_DOCUMENT:
                    raise _no_json(url)
        try:
            found: JSON = httpx.Response(200, content=bytes(body)).json()
        except ValueError:
            raise _no_json(url) from None
        return found

    def _send(self, method: str, url: str, headers: Mapping[str, str]) -> httpx.Response:
        host = self._checked_host(url)
        parts = urlsplit(url)
        addresses = self._addresses(host, parts.port or (443 if parts.scheme == "https" else 80))
        for address in addresses[:-1]:
            request = self._request(method, url, headers, host, address)
            with contextlib.suppress(httpx.ConnectError):
                # Where only one of two networks works, the next address is tried.
                return self._client.send(request, stream=True)
        request = self._request(method, url, headers, host, addresses[-1])
        return self._client.send(request, stream=True)

    def _request(
        self, method: str, url: str, headers: Mapping[str, str], host: str, address: str
    ) -> httpx.Request:
        parts = urlsplit(url)
        sent = {
            "Host": parts.netloc.rpartition("@")[2],
            "User-Agent": "tinhdata",
            "Accept-Encoding": "identity",
            **headers,
        }
        if (parts.scheme, parts.hostname, parts.port) == (
            self._origin.scheme,
            self._origin.hostname,
            self._origin.port,
        ):
            sent |= self._authorization()
        target = httpx.URL(url).copy_with(host=address, username=None, password=None)
        return self._client.build_request(
            method, target, headers=sent, extensions={"sni_hostname": host}
        )

    def _authorization(self) -> dict[str, str]:
        found = self._credentials
        if found.token is not None:
            return {"Authorization": f"{found.scheme}{found.token}"}
        if found.user is not None:
            basic = httpx.BasicAuth(found.user, found.password or "")
            flow = basic.sync_auth_flow(httpx.Request("GET", "http://unused.invalid"))
            return {"Authorization": next(flow).headers["Authorization"]}
        return {}

    def _checked_host(self, url: str) -> str:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        if parts.scheme not in ("http", "https") or not host:
            raise AddressForbidden(
                t("{host} sends us on to an address that is no web address.", host=self._name()),
                fix=t("Write the right address into the definition."),
            )
        if host not in self._hosts:
            raise AddressForbidden(
                t("{host} sends us on to another host, {other}.", host=self._name(), other=host),
                fix=t("If that is right, name it in allowed_hosts of the definition."),
            )
        is_downgrade = self._origin.scheme == "https" and parts.scheme == "http"
        if is_downgrade:
            raise AddressForbidden(
                t("{host} sends us on from https to http.", host=self._name()),
                fix=t("Ask who runs the server; data is not fetched without encryption then."),
            )
        return host

    def _addresses(self, host: str, port: int) -> list[str]:
        """Resolve a name once and judge every address behind it; raises AddressForbidden."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise unreachable(host, t("the name is not known")) from None
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        if host not in self._private:
            for address in addresses:
                if not is_public(ipaddress.ip_address(address.partition("%")[0])):
                    raise AddressForbidden(
                        t("{host} is an address of an inner network.", host=host),
                        fix=t(
                            "If the source may reach it, the operator names the host in "
                            "TINHDATA_SOURCE_PRIVATE_HOSTS."
                        ),
                    )
        return addresses

    def _name(self) -> str:
        return str(self._origin.hostname)

    @contextmanager
    def _told(self, url: str) -> Iterator[None]:
        """Turn what the library raises into Problems."""
        try:
            yield
        except httpx.ConnectError as error:
            if isinstance(error.__context__, Exception) and "CERTIFICATE" in str(error):
                raise SourceDenied(
                    t("The certificate of {place} is not trusted.", place=_host(url)),
                    fix=t("Name the file of its certificate authority in ca."),
                ) from None
            raise unreachable(_host(url), _lost(error)) from None
        except (httpx.TransportError, httpx.StreamError) as error:
            raise unreachable(_host(url), _lost(error)) from None
        except httpx.InvalidURL:
            raise SourceUnfit(t("{host} gives an address that is none.", host=_host(url))) from None


@lru_cache(maxsize=16)
def _trust(ca: str | None) -> ssl.SSLContext:
    # Reading all certificates takes longer than most requests.
    return ssl.create_default_context(cafile=ca)


def moment_of(text: str | None) -> datetime | None:
    """Read a date of HTTP or ISO 8601; None where it is none."""
    if not text:
        return None
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def range_start(response: httpx.Response) -> int:
    """Give where the body of an answer to a Range request begins."""
    if response.status_code != 206:
        return 0
    found = re.match(r"bytes (\d+)-", response.headers.get("content-range", ""))
    return int(found.group(1)) if found else -1


def _check_status(response: httpx.Response, host: str, accept: frozenset[int]) -> None:
    status = response.status_code
    if status in accept:
        return
    if status in (429, 503) and "retry-after" in response.headers:
        raise SourcePostponed(host, _seconds(response.headers["retry-after"]))
    if status in (401, 403, 407):
        raise SourceDenied(
            t("{host} does not give this to us (status {status}).", host=host, status=status),
            fix=t("Check token, name and secret."),
        )
    if status in (408, 425, 429) or status >= 500:
        raise unreachable(host, t("it answers with status {status}", status=status))
    raise SourceUnfit(
        t("{host} answers with status {status}.", host=host, status=status),
        fix=t("Check the address in the definition."),
    )


def _seconds(text: str) -> int:
    if text.isdecimal():
        wanted = int(text)
    else:
        moment = moment_of(text)
        wanted = 0 if moment is None else int((moment - datetime.now(UTC)).total_seconds())
    return min(max(wanted, _LEAST_WAIT), _LONGEST_WAIT)


def _host(url: str) -> str:
    return urlsplit(url).hostname or "–"


def _lost(error: Exception) -> Text:
    return t("the connection was lost or refused ({code})", code=type(error).__name__)


def _no_json(url: str) -> SourceUnfit:
    return SourceUnfit(
        t("{host} does not answer with the document that was asked for.", host=_host(url)),
        fix=t("Check the address in the definition."),
    )
