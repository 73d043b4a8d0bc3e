"""Our own rules on wide tables and on marks: what they name must be there and fit."""

import re
from collections.abc import Iterator

from tinhdata.contracts.model import Column, Contract, LogicalType, Marks, Unpivot
from tinhdata.contracts.part import Part
from tinhdata.contracts.place import Findings
from tinhdata.contracts.templates import VALUE_PLACE, HeaderPiece, header_pieces
from tinhdata.kernel import t
from tinhdata.vietnam import fold

_WHOLE = re.compile(r"-?[0-9]{1,18}\Z")


def lint_unpivot(root: Part, contract: Contract, findings: Findings) -> None:
    """Add to `findings` what our rules have against the way `contract` reads wide tables."""
    unpivot = contract.layout.unpivot
    if unpivot is not None:
        part = root.custom("layout").get("unpivot")
        _Lint(part, contract, unpivot, findings).run()


def lint_marks(table: Part, contract: Contract, findings: Findings) -> None:
    """Add to `findings` what our rules have against the marks of columns."""
    for part, column in zip(table.get("properties").items(), contract.columns, strict=True):
        if column.marks is not None:
            _marks(part.custom("marks"), column, column.marks, contract, findings)


class _Lint:
    def __init__(
        self, part: Part, contract: Contract, unpivot: Unpivot, findings: Findings
    ) -> None:
        self._part, self._contract, self._findings = part, contract, findings
        self._unpivot = unpivot
        self._named = any(word for word, _ in unpivot.values)

    def run(self) -> None:
        """Look at templates, values and words."""
        self._values()
        places = [
            self._template(part, header_pieces(part.text() or ""))
            for part in self._part.get("headers").items()
        ]
        if len(set(places)) > 1:
            self._findings.add(
                self._part.get("headers").path,
                "unpivot",
                t("The templates of the headers do not all name the same columns."),
                t("Name the same columns in each template; only the text around them may differ."),
            )
            return
        filled = places[0] - {VALUE_PLACE} if places else frozenset()
        self._places(filled)
        self._words(filled)

    def _places(self, filled: frozenset[str]) -> None:
        if clash := sorted(filled & set(self._unpivot.value_columns)):
            self._findings.add(
                self._part.path,
                "unpivot",
                t("{column} cannot be in the header and hold the value, too.", column=clash[0]),
                t("Let another column take the values."),
            )
        elif filled and not filled & set(self._contract.key):
            self._findings.add(
                self._part.path,
                "unpivot",
                t("Rows made of one line would all have the same key."),
                t(
                    "Write primaryKey: true at one of the columns of the headers: {names}.",
                    names=", ".join(sorted(filled)),
                ),
            )

    def _template(self, part: Part, pieces: tuple[HeaderPiece, ...]) -> frozenset[str]:
        names = [piece.text for piece in pieces if piece.is_place]
        if not names:
            self._findings.add(
                part.path,
                "unpivot",
                t("The template “{template}” names no column.", template=part.text() or ""),
                t("Write the name of a column in braces, such as {example}.", example='"{nam}"'),
            )
        if len(set(names)) < len(names):
            self._findings.add(
                part.path,
                "unpivot",
                t("The template “{template}” names a column twice.", template=part.text() or ""),
                t("Name each column once."),
            )
        for name in dict.fromkeys(names):
            self._place(part, name)
        if (VALUE_PLACE in names) != self._named:
            self._findings.add(
                part.path,
                "unpivot",
                t(
                    "Only where words say which column takes the value, {place} stands for one.",
                    place=f"{{{VALUE_PLACE}}}",
                ),
                t(
                    "Write values with words and {place} in each template, or neither.",
                    place=f"{{{VALUE_PLACE}}}",
                ),
            )
        return frozenset(names)

    def _place(self, part: Part, name: str) -> None:
        if name == VALUE_PLACE and self._named:
            return
        column = self._column(part, name)
        if column is not None and column.logical_type is LogicalType.BOOLEAN:
            self._findings.add(
                part.path,
                "unpivot",
                t("{column} is yes or no, which no header says.", column=name),
                t("Write logicalType: string with the words of the headers as its values."),
            )

    def _values(self) -> None:
        part = self._part.get("values")
        for word, name in self._unpivot.values:
            self._column(part.get(word) if word else part, name)
        taken = [name for _, name in self._unpivot.values]
        keys = [fold(word) for word, _ in self._unpivot.values]
        if len(set(keys)) < len(keys) or len(set(taken)) < len(taken):
            self._findings.add(
                part.path,
                "unpivot",
                t("Two words of the headers mean the same column, or one word two columns."),
                t("Give each column that takes values one word of its own."),
            )

    def _words(self, filled: frozenset[str]) -> None:
        for each in self._unpivot.words:
            part = self._part.at("words", each.column, each.word)
            if each.column not in filled:
                self._findings.add(
                    part.path,
                    "unpivot",
                    t("No template of a header names {column}.", column=each.column),
                    t("Take its words away, or name it in braces."),
                )
                continue
            column = self._column(part, each.column)
            if column is not None and not _fits(column, each.value):
                self._findings.add(
                    part.path,
                    "unpivot",
                    t("{value} is no value of {column}.", value=each.value, column=column.name),
                    t("Write a value that the column can have."),
                )

    def _column(self, part: Part, name: str) -> Column | None:
        if name in self._contract.column_names:
            return self._contract.column(name)
        self._findings.add(
            part.path,
            "unknown-column",
            t("{property} names {column}, which is no column.", property="unpivot", column=name),
            t("Use one of: {names}.", names=", ".join(self._contract.column_names)),
        )
        return None


def _fits(column: Column, value: str) -> bool:
    if column.allowed:
        return value in column.allowed
    return column.logical_type is not LogicalType.INTEGER or _WHOLE.match(value) is not None


def _marks(
    part: Part, column: Column, marks: Marks, contract: Contract, findings: Findings
) -> None:
    into = next((each for each in contract.columns if each.name == marks.into), None)
    if into is None:
        findings.add(
            part.get("into").path,
            "unknown-column",
            t(
                "{property} names {column}, which is no column.",
                property="marks",
                column=marks.into,
            ),
            t("Use one of: {names}.", names=", ".join(contract.column_names)),
        )
        return
    if into.logical_type is not LogicalType.STRING or into.name == column.name or into.marks:
        findings.add(
            part.get("into").path,
            "marks",
            t("{column} cannot take what marks mean.", column=into.name),
            t("Let another column of text without marks of its own take it."),
        )
    for said in _meanings(marks):
        if into.allowed and said not in into.allowed:
            findings.add(
                part.path,
                "marks",
                t("{value} is no value of {column}.", value=said, column=into.name),
                t("Write a value that the column can have."),
            )
    folded = [fold(mark) for mark, _ in marks.values]
    if not all(folded) or len(set(folded)) < len(folded):
        findings.add(
            part.get("values").path,
            "marks",
            t("A mark is empty or stands there twice."),
            t("Write each mark once, in quotes."),
        )


def _meanings(marks: Marks) -> Iterator[str]:
    yield from (meaning for _, meaning in marks.values)
    if marks.default is not None:
        yield marks.default
