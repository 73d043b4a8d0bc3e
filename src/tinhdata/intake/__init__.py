"""Any file of an official -> rows of text for a contract, with every line accounted for.

Values are read as they stand; whether they are right is for `quality`.
"""

from tinhdata.intake.errors import FileRefused
from tinhdata.intake.model import (
    Account,
    ColumnMatch,
    EncodingSeen,
    FileKind,
    HeaderPlace,
    Matched,
    Passed,
    Question,
    ReadingChoice,
    Refusal,
    SheetSeen,
    Staged,
    StagedFile,
    Understanding,
)
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
    "EncodingSeen",
    "FileKind",
    "FileRefused",
    "HeaderPlace",
    "Matched",
    "Passed",
    "Question",
    "ReadingChoice",
    "Refusal",
    "SheetSeen",
    "Staged",
    "StagedFile",
    "Understanding",
    "choice_from_json",
    "choice_to_json",
    "read",
    "template",
    "understand",
    "understanding_from_json",
    "understanding_to_json",
]
