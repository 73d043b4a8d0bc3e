"""The REST interface, /api/v1: a request becomes one verb of a facade. Decides nothing itself."""

from fastapi import APIRouter

from tinhdata.api import (
    contract_trials,
    contracts,
    datasets,
    deliveries,
    dictionary,
    quarantine,
    registers,
    releases,
    rows,
    sources,
)
from tinhdata.api.documents import description

router = APIRouter(prefix="/api/v1")
for part in (
    rows,
    releases,
    datasets,
    deliveries,
    quarantine,
    contract_trials,
    contracts,
    registers,
    dictionary,
    sources,
):
    router.include_router(part.router)

__all__ = ["description", "router"]
