"""Clients of the interface: anyone, a signed-in person, a program with a source key."""

from dataclasses import dataclass
from datetime import timedelta

from httpx import Client

from tests.support.office import person
from tinhdata.access import Role
from tinhdata.bootstrap import Platform, demo_accounts
from tinhdata.edge.visits import SESSION_COOKIE

PROCEDURES = "danh-muc-ma-thu-tuc"
UNITS = "danh-muc-don-vi-hanh-chinh"
SENSOR = "quan-trac-bui-khong-khi"
SIZES = "quy-mo-don-vi-hanh-chinh-cap-xa"


@dataclass(frozen=True)
class Site:
    """A served platform."""

    platform: Platform
    address: str

    def anyone(self, language: str = "en") -> Client:
        """Give a client that is not signed in."""
        headers = {"Accept-Language": language}
        return Client(base_url=f"{self.address}/api/v1", headers=headers, timeout=30)

    def signed_in(self, login: str, *, csrf: bool = True) -> Client:
        """Give a client with the session of a demo person, and (as browsers do) its token."""
        account = next(a for a in demo_accounts(self.platform) if a.login == login)
        token = self.platform.access.sign_in(login, account.password, "127.0.0.1").value
        client = self.anyone()
        client.cookies.set(SESSION_COOKIE, token)
        if csrf:
            session = self.platform.access.session(token)
            assert session is not None
            client.headers["X-CSRF-Token"] = session.csrf
        return client

    def officer(self, dataset: str, role: Role = Role.OFFICER) -> Client:
        """Give a client of the person with `role` in the agency that owns `dataset`."""
        wanted = person(self.platform, dataset, role).id
        for account in demo_accounts(self.platform):
            if self.platform.access.actor(account.login).id == wanted:
                return self.signed_in(account.login)
        raise LookupError(dataset)

    def operator(self) -> Client:
        """Give a client of the operator."""
        accounts = demo_accounts(self.platform)
        return self.signed_in(next(a.login for a in accounts if Role.OPERATOR in a.roles))

    def program(self, dataset: str) -> Client:
        """Give a client with a source key for `dataset`."""
        agency = self.platform.registry.active(dataset).contract.agency
        issued = self.platform.access.add_source_key(
            "system:tests", "máy trạm", agency, frozenset({dataset}), timedelta(days=1)
        )
        client = self.anyone()
        client.headers["Authorization"] = f"Bearer {issued.secret}"
        return client

    def work(self) -> None:
        """Let all work be done."""
        self.platform.work.run_until_idle("tests")
