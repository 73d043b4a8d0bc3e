"""Any file of an official -> rows of text for a contract, with every line accounted for.

Values are read as they stand; whether they are right is for `quality`.
"""

from tinhdata.intake.drafting import draft
from tinhdata.intake.errors import FileRefused, NoRoom
from tinhdata.intake.model import (
    Account,
    ColumnMatch,
    CrsSeen,
    EncodingSeen,
    FileKind,
    HeaderPlace,
    Matched,
    Part,
    Passed,
    Question,
    ReadingChoice,
    Refusal,
    SheetSeen,
    Staged,
    StagedFile,
    Understanding,
    UnitPlace,
    UnitSeen,
    WideColumn,
)
from tinhdata.intake.opening import keeping
from tinhdata.intake.service import read, understand
from tinhdata.intake.stored import (
    choice_from_json,
    choice_to_json,
    understanding_from_json,
    understanding_to_json,
)
from tinhdata.intake.template import CodeList, template

__all__ = [
    "Account",
    "CodeList",
    "ColumnMatch",
    "CrsSeen",
    "EncodingSeen",
    "FileKind",
    "FileRefused",
    "HeaderPlace",
    "Matched",
    "NoRoom",
    "Part",
    "Passed",
    "Question",
    "ReadingChoice",
    "Refusal",
    "SheetSeen",
    "Staged",
    "StagedFile",
    "Understanding",
    "UnitPlace",
    "UnitSeen",
    "WideColumn",
    "choice_from_json",
    "choice_to_json",
    "draft",
    "keeping",
    "read",
    "template",
    "understand",
    "understanding_from_json",
    "understanding_to_json",
]
