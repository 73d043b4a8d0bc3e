"""The handlers of the pages: one module per part of the portal, each with its `router`."""

from fastapi import APIRouter

from tinhdata.web.routes import (
    approvals,
    datasets,
    deliveries,
    my_work,
    people,
    portal,
    problems,
    quarantine,
    sign_in,
    wizard,
)

router = APIRouter()
"""Every page of the portal and of the console."""

for _part in (
    portal,
    datasets,
    sign_in,
    my_work,
    wizard,
    deliveries,
    problems,
    quarantine,
    approvals,
    people,
):
    router.include_router(_part.router)
