"""Whatever is sent to the interface, it is never answered with a fault of ours (schemathesis).

Requests are made from the OpenAPI document that the served app gives. Half of them name things that
exist, so that they get past the first look. The long run has more of them (make soak).
"""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core import NOT_SET
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from tests.conformance.portal import Portal
from tests.support.served import served
from tinhdata.bootstrap import demo_accounts
from tinhdata.edge.visits import SESSION_COOKIE

Case: TypeAlias = schemathesis.Case[Any]
Operation: TypeAlias = APIOperation[Any, Any, Any, Any]
UNITS, OFFICER = "danh-muc-don-vi-hanh-chinh", "canbo.khcn"
FEW, MANY = 20, 200
"""Requests to each operation: in the test command, and in the long run."""
BUSY = frozenset({503, 507})
"""No fault, but that others are served first or that the disk is full."""


@pytest.fixture(scope="module")
def unlimited(open_portal: Portal) -> Iterator[str]:
    """Serve the portal without budgets, which would answer for it after a while."""
    platform = open_portal.platform
    free = replace(platform, settings=platform.settings.model_copy(update={"api_budget": 0}))
    with served(free) as site:
        yield site


def known(portal: Portal) -> Mapping[str, str]:
    """Give things that exist, by the name of the parameter that names one."""
    release = portal.platform.warehouse.current(UNITS)
    assert release is not None
    return {
        "dataset": UNITS,
        "number": str(release.number),
        "code": portal.platform.registry.active(UNITS).contract.agency,
        "name": "datasets",
        "version": "1.0",
        "form": "csv",
        "delivery": release.delivery_id,
    }


def session_of(portal: Portal, login: str) -> dict[str, str]:
    account = next(a for a in demo_accounts(portal.platform) if a.login == login)
    token = portal.platform.access.sign_in(login, account.password, "127.0.0.1").value
    session = portal.platform.access.session(token)
    assert session is not None
    return {"Cookie": f"{SESSION_COOKIE}={token}", "X-CSRF-Token": session.csrf}


def faults(site: str, portal: Portal, headers: Mapping[str, str], examples: int) -> list[str]:
    """Send `examples` requests to every operation, and say which were answered with 5xx."""
    schema = schemathesis.openapi.from_url(f"{site}/api/openapi.json")
    real, found = known(portal), list[str]()
    with httpx.Client(base_url=site, timeout=60) as client, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what a generator says about the document
        for result in schema.get_all_operations():
            assert isinstance(result, Ok), result
            operation = result.ok()
            if not headers or operation.method.upper() == "GET":
                for case in cases(operation, examples, real):
                    answer = sent(client, site, case, headers)
                    if answer.status_code >= 500 and answer.status_code not in BUSY:
                        found.append(f"{operation.label}: {answer.status_code} {answer.url}")
    return found


def cases(operation: Operation, examples: int, real: Mapping[str, str]) -> list[Case]:
    """Make requests to an operation, every second one about things that exist."""
    made: list[Case] = []

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=operation.as_strategy())
    def keep(case: Case) -> None:
        made.append(case)

    keep()
    for case in made[::2]:
        for name in case.path_parameters:
            case.path_parameters[name] = real.get(name, case.path_parameters[name])
    return made


def sent(client: httpx.Client, site: str, case: Case, headers: Mapping[str, str]) -> httpx.Response:
    """Send a request over the wire."""
    if case.body is NOT_SET and case.method.upper() != "GET":
        case.body = {}
    asked = case.as_transport_kwargs(base_url=site)
    body = asked.get("data")
    return client.request(
        asked["method"],
        asked["url"],
        params=asked.get("params"),
        json=asked.get("json"),
        content=body if isinstance(body, bytes) else None,
        headers={**dict(asked.get("headers") or {}), **headers},
    )


def test_anyone_may_send_anything_and_gets_no_fault_of_ours(
    open_portal: Portal, unlimited: str
) -> None:
    assert faults(unlimited, open_portal, {}, FEW) == []


def test_an_officer_may_ask_for_anything_and_gets_no_fault_of_ours(
    open_portal: Portal, unlimited: str
) -> None:
    assert faults(unlimited, open_portal, session_of(open_portal, OFFICER), FEW) == []


@pytest.mark.soak
@pytest.mark.parametrize("is_officer", [False, True])
def test_thousands_of_requests_meet_no_fault_of_ours(
    open_portal: Portal, unlimited: str, is_officer: bool
) -> None:
    headers = session_of(open_portal, OFFICER) if is_officer else {}
    assert faults(unlimited, open_portal, headers, MANY) == []
