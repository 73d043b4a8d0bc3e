"""The REST interface, /api/v1: a request becomes one verb of a facade. Decides nothing itself."""

from fastapi import APIRouter

from tinhdata.api import (
    contract_trials,
    contracts,
    datasets,
    deliveries,
    dictionary,
    feedback,
    follows,
    harvest,
    published,
    quarantine,
    registers,
    releases,
    rows,
    search,
    sources,
    sql,
    statistics,
    terms,
)
from tinhdata.api.ckan import router as ckan_router
from tinhdata.api.documents import description

router = APIRouter(prefix="/api/v1")
for part in (
    rows,
    releases,
    datasets,
    search,
    deliveries,
    quarantine,
    contract_trials,
    contracts,
    registers,
    published,
    terms,
    statistics,
    dictionary,
    sources,
    harvest,
    sql,
    feedback,
    follows,
):
    router.include_router(part.router)

__all__ = ["ckan_router", "description", "router"]
