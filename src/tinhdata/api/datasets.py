"""Datasets: search, record, contract, dictionary, template."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from tinhdata.api.common import Here, PageOut, Reader, WordsOut
from tinhdata.api.documents import files, problems
from tinhdata.api.search import (
    FacetValueOut,
    Filters,
    MatchOut,
    ReadingOut,
    facets_of,
    matches_of,
    readings_of,
)
from tinhdata.bootstrap import Platform
from tinhdata.catalogue import Area, CatalogueQuery, DatasetRecord, Hit, Quality, Sorting
from tinhdata.contracts import AccessLevel, Column, Contract
from tinhdata.edge.contracts import contract_yaml
from tinhdata.edge.files import MEDIA_TYPES, FileFormat
from tinhdata.edge.plain import plain
from tinhdata.edge.templates import excel_template, template_name
from tinhdata.kernel import t
from tinhdata.registry import ContractState, ContractUnknown, RegisteredContract

router = APIRouter(prefix="/datasets", tags=["datasets"])


class LastReleaseOut(BaseModel):
    """The current release of a dataset."""

    id: str
    number: int
    rows: int
    published_at: datetime


class AgencyRef(BaseModel):
    """An agency by code and name."""

    code: str
    name: WordsOut


class DatasetOut(BaseModel):
    """A dataset in the register."""

    id: str
    name: WordsOut
    description: WordsOut
    sector: str
    agency: AgencyRef
    database: str | None
    access_level: AccessLevel
    simulated: bool = Field(description="Whether the rows were made up for showing.")
    update_cycle: str | None = Field(description="ISO 8601 duration, such as P1M.")
    contract_version: str
    contract_hash: str
    release: LastReleaseOut | None


class FoundOut(DatasetOut):
    """A dataset that was found, and where the words were met."""

    matched: list[str]
    why: list[MatchOut] = Field(description="The places that together have the words.")
    quality: Quality
    areas: list[Area]
    formats: list[str] = Field(description="Endings of the files that everyone may download.")
    years: list[int] | None = Field(description="First and last year that the rows are about.")
    changed_at: datetime | None = Field(description="When the record last changed.")


class SearchOut(PageOut[FoundOut]):
    """A page of what was found."""

    suggestion: str | None = Field(
        description="The question in other words, where a slip in it was mended."
    )
    readings: list[ReadingOut] = Field(description="Abbreviations and places that were resolved.")
    facets: dict[str, list[FacetValueOut]] = Field(
        description="Counts by parameter, each with the filters of all others; only if asked for."
    )


class Listing(Filters):
    """A question to the list of datasets."""

    q: str = Field("", max_length=300, description="Words, with or without marks.")
    sort: Sorting = Sorting.BEST
    facets: bool = Field(False, description="Whether the counts of every facet are wanted.")
    page: int = Field(1, ge=1, le=1_000_000, description="Page, from 1.")
    limit: int = Field(50, ge=1, le=1_000, description="Items of a page.")


class LawOut(BaseModel):
    """A legal text that a dataset rests on."""

    urn: str
    title: str


class DatasetDetailOut(DatasetOut):
    """A dataset with what its contract says about it."""

    importance: str
    data_layer: str
    licence: str | None
    legal_basis: list[LawOut]
    key: list[str] = Field(description="Columns that tell rows apart.")
    mode: str = Field(
        description="replace: the whole table; append: whole periods; upsert: rows by key."
    )
    period: str | None = Field(description="The column that says to which period a row belongs.")
    second_person: bool = Field(description="Whether publishing needs an approver's yes.")
    contact: str | None
    tags: list[str]


class ColumnOut(BaseModel):
    """A column of the data dictionary."""

    name: str
    label: WordsOut
    description: WordsOut
    type: str
    unit: str | None
    required: bool
    unique: bool
    is_key: bool
    allowed: list[str]
    minimum: str | None
    maximum: str | None
    max_length: int | None
    pattern: str | None
    reference: str | None = Field(description="dataset.column where the values must stand.")
    semantic_type: str | None
    personal: str | None = Field(description="basic or sensitive, where it is personal data.")
    is_open: bool = Field(description="Whether the column is part of the open data.")
    mask: str | None


class DictionaryOut(BaseModel):
    """The data dictionary of a dataset."""

    dataset: str
    contract_version: str
    contract_hash: str
    columns: list[ColumnOut]


class ContractForm(StrEnum):
    """How a contract is written."""

    JSON = "json"
    YAML = "yaml"


@router.get(
    "",
    summary="Search and list datasets",
    responses=problems(401, 422),
)
def list_datasets(
    here: Here,
    visit: Reader,
    filters: Annotated[Listing, Query()],
) -> SearchOut:
    """Find datasets by words, best first; no words list all that the reader may know of.

    Words need no diacritics; abbreviations and the names of former communes are understood.
    """
    query = CatalogueQuery(
        words=filters.q,
        filters=filters.chosen(),
        sort=filters.sort,
        offset=(filters.page - 1) * filters.limit,
        limit=filters.limit,
        facets=filters.facets,
    )
    found = here.catalogue.find(query, visit.actor)
    names = _agency_names(here)
    return SearchOut(
        items=[_found(hit, names) for hit in found.hits],
        total=found.total,
        page=filters.page,
        limit=filters.limit,
        suggestion=found.suggestion,
        readings=readings_of(found),
        facets=facets_of(found),
    )


@router.get(
    "/{dataset}",
    summary="Look up a dataset",
    responses=problems(401, 404),
)
def dataset_record(here: Here, visit: Reader, dataset: str) -> DatasetDetailOut:
    """Give the record of a dataset with what its contract says."""
    record = here.catalogue.record(dataset, visit.actor)
    contract = here.registry.active(dataset).contract
    return DatasetDetailOut(
        **_record(record, _agency_names(here)).model_dump(),
        importance=contract.importance.value,
        data_layer=contract.data_layer,
        licence=contract.licence,
        legal_basis=[LawOut(urn=law.url, title=law.title) for law in contract.legal_basis],
        key=list(contract.key),
        mode=contract.mode.value,
        period=contract.period.column if contract.period else None,
        second_person=contract.second_person,
        contact=contract.contact,
        tags=list(contract.tags),
    )


@router.get(
    "/{dataset}/contract.{form}",
    summary="Read the data contract",
    response_class=Response,
    responses=files("The contract (ODCS v3.1).", "application/json", "application/yaml")
    | problems(401, 404, 422),
)
def contract_file(
    here: Here,
    visit: Reader,
    dataset: str,
    form: ContractForm,
    version: Annotated[str | None, Query(description="An earlier version.")] = None,
) -> Response:
    """Give the contract in force, or an earlier one, as ODCS.

    The JSON is the canonical form: its SHA-256 is the hash that releases and deliveries name.
    """
    here.catalogue.record(dataset, visit.actor)
    registered = _version(here, dataset, version)
    canonical = here.registry.canonical(registered.hash)
    headers = {
        "ETag": f'"{registered.hash}"',
        "Content-Disposition": f'inline; filename="{dataset}-{registered.version}.{form.value}"',
    }
    if form is ContractForm.JSON:
        return Response(canonical, media_type="application/json", headers=headers)
    yaml = contract_yaml(canonical)
    return Response(yaml, media_type="application/yaml; charset=utf-8", headers=headers)


@router.get(
    "/{dataset}/dictionary",
    summary="Read the data dictionary",
    responses=problems(401, 404),
)
def dictionary(here: Here, visit: Reader, dataset: str) -> DictionaryOut:
    """Say of each column what it means, which type it has and what a value must be."""
    here.catalogue.record(dataset, visit.actor)
    registered = here.registry.active(dataset)
    return DictionaryOut(
        dataset=dataset,
        contract_version=registered.version,
        contract_hash=registered.hash,
        columns=[_column(c, registered.contract) for c in registered.contract.columns],
    )


@router.get(
    "/{dataset}/template.xlsx",
    summary="Download the Excel template",
    response_class=Response,
    responses=files("A workbook to fill in.", MEDIA_TYPES[FileFormat.XLSX]) | problems(401, 404),
)
def template(here: Here, visit: Reader, dataset: str) -> Response:
    """Give the workbook that is understood without questions when it comes back filled in."""
    here.catalogue.record(dataset, visit.actor)
    contract = here.registry.active(dataset).contract
    headers = {"Content-Disposition": f'attachment; filename="{template_name(contract)}"'}
    workbook = excel_template(here, contract, visit.language)
    return Response(workbook, media_type=MEDIA_TYPES[FileFormat.XLSX], headers=headers)


def _version(here: Platform, dataset: str, version: str | None) -> RegisteredContract:
    if version is None:
        return here.registry.active(dataset)
    for registered in here.registry.versions(dataset):
        was_in_force = registered.state in {ContractState.ACTIVE, ContractState.RETIRED}
        if registered.version == version and was_in_force:
            return registered
    raise ContractUnknown(
        t(
            "{dataset} has had no version {version} of its contract.",
            dataset=dataset,
            version=version[:20],
        ),
        fix=t("Leave the version out to read the one in force."),
    )


def _agency_names(here: Platform) -> dict[str, WordsOut]:
    return {agency.code: WordsOut.of(agency.name) for agency in here.access.agencies()}


def _found(hit: Hit, names: dict[str, WordsOut]) -> FoundOut:
    record = hit.record
    return FoundOut(
        **_record(record, names).model_dump(),
        matched=list(hit.matched),
        why=matches_of(hit),
        quality=record.quality,
        areas=list(record.areas),
        formats=list(record.formats),
        years=list(record.years) if record.years else None,
        changed_at=record.changed_at,
    )


def _record(record: DatasetRecord, names: dict[str, WordsOut]) -> DatasetOut:
    last = record.release
    return DatasetOut(
        id=record.dataset,
        name=WordsOut.of(record.name),
        description=WordsOut.of(record.description),
        sector=record.sector,
        agency=AgencyRef(
            code=record.agency, name=names.get(record.agency) or WordsOut(vi=record.agency)
        ),
        database=record.database,
        access_level=record.access_level,
        simulated=record.simulated,
        update_cycle=record.update_cycle,
        contract_version=record.contract_version,
        contract_hash=record.contract_hash,
        release=last
        and LastReleaseOut(id=last.id, number=last.number, rows=last.rows, published_at=last.at),
    )


def _column(column: Column, contract: Contract) -> ColumnOut:
    reference = column.reference
    return ColumnOut(
        name=column.name,
        label=WordsOut.of(column.label),
        description=WordsOut.of(column.description),
        type=column.logical_type.value,
        unit=column.unit,
        required=column.required or column.name in contract.key,
        unique=column.unique,
        is_key=column.name in contract.key,
        allowed=list(column.allowed),
        minimum=plain(column.minimum),
        maximum=plain(column.maximum),
        max_length=column.max_length,
        pattern=column.pattern,
        reference=f"{reference.dataset}.{reference.column}" if reference else None,
        semantic_type=column.semantic_type,
        personal=column.personal.value if column.personal else None,
        is_open=column.in_open_data and column.personal is None,
        mask=column.mask,
    )
