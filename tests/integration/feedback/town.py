"""A served platform, and people who come to it: visitors, officers, the operator."""

from dataclasses import dataclass, field
from itertools import count

from httpx import Client, Response

from tests.integration.feedback.province import GROUPS, Province
from tinhdata.access import Role
from tinhdata.bootstrap import demo_accounts
from tinhdata.edge.visits import SESSION_COOKIE
from tinhdata.feedback import Item, NewItem

_ADDRESSES = count(1)


@dataclass
class Town:
    """The served platform and the ways to it."""

    province: Province
    site: str
    clients: list[Client] = field(default_factory=list)

    def visitor(self) -> Client:
        """Give somebody without an account, at an address of his own."""
        address = f"203.0.113.{next(_ADDRESSES) % 250}"
        headers = {"Accept-Language": "vi", "X-Forwarded-For": address}
        client = Client(base_url=self.site, headers=headers, timeout=60)
        self.clients.append(client)
        return client

    def officer(self, dataset: str = GROUPS) -> "Officer":
        """Give an officer of the agency that owns `dataset`, signed in."""
        wanted = self.province.person(Role.OFFICER, dataset)
        return self._signed_in(wanted.id)

    def protector(self, dataset: str = GROUPS) -> Client:
        """Give the data protection officer of the agency that owns `dataset`, signed in."""
        platform = self.province.platform
        agency = platform.registry.active(dataset).contract.agency
        login, password = f"bao-ve-{next(_ADDRESSES)}", "mật khẩu mô phỏng rất dài"
        roles = frozenset({Role.PROTECTOR})
        platform.access.add_person(
            "test", login, "Người bảo vệ (mô phỏng)", password, roles, agency
        )
        token = platform.access.sign_in(login, password, "127.0.0.1").value
        client = self.visitor()
        client.cookies.set(SESSION_COOKIE, token)
        return client

    def operator(self) -> "Officer":
        """Give the operator, signed in."""
        return self._signed_in(self.province.operator().id)

    def item(self, where: str | Response) -> Item:
        """Read the item whose page an answer leads to."""
        path = where if isinstance(where, str) else where.headers["location"]
        return self.province.platform.feedback.get(path.rpartition("/")[2])

    def public(self, new: NewItem) -> Item:
        """Send something and take it up."""
        platform = self.province.platform
        with platform.db.transaction() as tx:
            item = platform.feedback.submit(tx, "anonymous", new, "ai-do")
            return platform.feedback.take_up(tx, self.province.operator(), item.id)

    def _signed_in(self, person: str) -> "Officer":
        platform = self.province.platform
        account = next(
            each
            for each in demo_accounts(platform)
            if platform.access.actor(each.login).id == person
        )
        token = platform.access.sign_in(account.login, account.password, "127.0.0.1").value
        session = platform.access.session(token)
        assert session is not None
        client = self.visitor()
        client.cookies.set(SESSION_COOKIE, token)
        return Officer(client, session.csrf)


@dataclass(frozen=True)
class Officer:
    """A person with a session."""

    client: Client
    csrf: str

    def post(self, path: str, **fields: str) -> Response:
        """Send a form with its token."""
        return self.client.post(path, data={"csrf": self.csrf, **fields})
