"""Data contracts: ODCS files read strictly, checked, compared. Pure: no file is opened here.

The states of contracts belong to `registry`; the rules that a contract means to `quality`.
"""

from tinhdata.contracts.changes import Bump, Change, Comparison, Verdict, is_newer, version_numbers
from tinhdata.contracts.comparing import compare
from tinhdata.contracts.custom_properties import (
    AS_DECIDED,
    DATA_LAYERS,
    MASKS,
    CustomProperty,
    Place,
    vocabulary,
)
from tinhdata.contracts.draft_model import (
    DraftColumn,
    DraftContract,
    DraftRule,
    DraftTable,
    DraftWishes,
)
from tinhdata.contracts.draft_seen import ColumnSeen, KnownKey, TableSeen
from tinhdata.contracts.draft_writing import write_draft
from tinhdata.contracts.drafting import contract_of_texts, draft_of_table
from tinhdata.contracts.errors import ContractInvalid, SchemaUnreadable
from tinhdata.contracts.geometry import GEOMETRY_WORDS, geometry_brief
from tinhdata.contracts.importing import Imported
from tinhdata.contracts.importing_ckan import import_ckan
from tinhdata.contracts.importing_frictionless import import_frictionless
from tinhdata.contracts.importing_sql import SQLDialect, import_sql
from tinhdata.contracts.load import load_contract, restore_contract
from tinhdata.contracts.model import (
    SYSTEM_COLUMNS,
    AccessLevel,
    BatchRule,
    Bilingual,
    Bound,
    Classification,
    Column,
    Contract,
    DeliveryMode,
    Dimension,
    DropRule,
    DuplicatePolicy,
    Finding,
    GeometrySpec,
    GeometryType,
    HeaderWord,
    Importance,
    Layout,
    LegalBasis,
    LicenceApproval,
    LoadedContract,
    LogicalType,
    Marks,
    NumberForm,
    Period,
    PeriodUnit,
    Personal,
    Reference,
    Relation,
    RowRule,
    Severity,
    TableColumn,
    TableSpec,
    Unpivot,
    sql_type,
)
from tinhdata.contracts.patterns import does_match
from tinhdata.contracts.placeholders import UNFINISHED
from tinhdata.contracts.reference import example_contract, reference_page
from tinhdata.contracts.semantics import SEMANTIC_TYPES, SemanticType
from tinhdata.contracts.templates import VALUE_PLACE, HeaderPiece, header_pieces

__all__ = [
    "AS_DECIDED",
    "DATA_LAYERS",
    "GEOMETRY_WORDS",
    "MASKS",
    "SEMANTIC_TYPES",
    "SYSTEM_COLUMNS",
    "UNFINISHED",
    "VALUE_PLACE",
    "AccessLevel",
    "BatchRule",
    "Bilingual",
    "Bound",
    "Bump",
    "Change",
    "Classification",
    "Column",
    "ColumnSeen",
    "Comparison",
    "Contract",
    "ContractInvalid",
    "CustomProperty",
    "DeliveryMode",
    "Dimension",
    "DraftColumn",
    "DraftContract",
    "DraftRule",
    "DraftTable",
    "DraftWishes",
    "DropRule",
    "DuplicatePolicy",
    "Finding",
    "GeometrySpec",
    "GeometryType",
    "HeaderPiece",
    "HeaderWord",
    "Importance",
    "Imported",
    "KnownKey",
    "Layout",
    "LegalBasis",
    "LicenceApproval",
    "LoadedContract",
    "LogicalType",
    "Marks",
    "NumberForm",
    "Period",
    "PeriodUnit",
    "Personal",
    "Place",
    "Reference",
    "Relation",
    "RowRule",
    "SQLDialect",
    "SchemaUnreadable",
    "SemanticType",
    "Severity",
    "TableColumn",
    "TableSeen",
    "TableSpec",
    "Unpivot",
    "Verdict",
    "compare",
    "contract_of_texts",
    "does_match",
    "draft_of_table",
    "example_contract",
    "geometry_brief",
    "header_pieces",
    "import_ckan",
    "import_frictionless",
    "import_sql",
    "is_newer",
    "load_contract",
    "reference_page",
    "restore_contract",
    "sql_type",
    "version_numbers",
    "vocabulary",
    "write_draft",
]
