"""The handlers of the pages: one module per part of the portal, each with its `router`."""

from fastapi import APIRouter

from tinhdata.web.routes import (
    approvals,
    contract_editor,
    contracts,
    datasets,
    deliveries,
    dictionary,
    embeds,
    feedback,
    feedback_desk,
    follows,
    harvest,
    my_work,
    open_catalogue,
    people,
    portal,
    problems,
    published,
    quarantine,
    row_form,
    sign_in,
    sources,
    wizard,
)

router = APIRouter()
"""Every page of the portal and of the console."""

for _part in (
    open_catalogue,
    portal,
    published,
    datasets,
    embeds,
    dictionary,
    feedback,
    follows,
    feedback_desk,
    sign_in,
    my_work,
    wizard,
    row_form,
    deliveries,
    problems,
    quarantine,
    approvals,
    contract_editor,
    contracts,
    people,
    sources,
    harvest,
):
    router.include_router(_part.router)
