"""What the portal says in other people's standards: DCAT-AP, schema.org, Croissant, Data Package.

Everything follows from contract, release and register, and only what anyone may know is said. It
also owns the check that a dataset must pass before it is published, and its nightly run over all.
"""

from tinhdata.standards.errors import FormUnknown, PageBeyond, RowsNotOpen
from tinhdata.standards.gate import PublishingCheck, complaints_of
from tinhdata.standards.model import (
    CatalogueCheck,
    CheckedDataset,
    Complaint,
    Document,
    Licence,
    Place,
    Portal,
    Publication,
    PublishedFile,
    RDFForm,
    Sector,
    Wanted,
)
from tinhdata.standards.service import Standards, StandardsParts
from tinhdata.standards.sitemaps import open_search, robots
from tinhdata.standards.vocabularies import known_licences

__all__ = [
    "CatalogueCheck",
    "CheckedDataset",
    "Complaint",
    "Document",
    "FormUnknown",
    "Licence",
    "PageBeyond",
    "Place",
    "Portal",
    "Publication",
    "PublishedFile",
    "PublishingCheck",
    "RDFForm",
    "RowsNotOpen",
    "Sector",
    "Standards",
    "StandardsParts",
    "Wanted",
    "complaints_of",
    "known_licences",
    "open_search",
    "robots",
]
