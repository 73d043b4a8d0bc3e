"""Numbers of legal documents: laws, decrees, circulars, decisions, resolutions, standards.

A number is taken apart and written in one form, with the urn under which a pack lists the text.
Whether such a document exists, and whether it is in force, is known to the pack's list only.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from tinhdata.kernel import Text, t
from tinhdata.vietnam.document_tables import ISSUERS, KIND_SYMBOLS, KIND_WORDS
from tinhdata.vietnam.reading import Unreadable, quoted
from tinhdata.vietnam.text import fold, nfc


class DocumentKind(StrEnum):
    """Kinds of documents, each as it stands in a urn."""

    CONSTITUTION = "hp"
    LAW = "luat"
    ORDINANCE = "pl"
    ORDER = "l"
    RESOLUTION = "nq"
    JOINT_RESOLUTION = "nqlt"
    DECREE = "nd"
    DECISION = "qd"
    CIRCULAR = "tt"
    JOINT_CIRCULAR = "ttlt"
    DIRECTIVE = "ct"
    TELEGRAM = "cd"
    PLAN = "kh"
    NOTICE = "tb"
    GUIDANCE = "hd"
    CONCLUSION = "kl"
    PARTY_RULE = "quy-dinh"
    PROPOSAL = "ttr"
    REPORT = "bc"
    PROGRAMME = "ctr"
    SCHEME = "da"
    RULES = "qc"
    LETTER = "cv"
    """Công văn: its number names the body and the unit, not a kind."""
    ASSEMBLY = "qh"
    """60/2024/QH15 without a word in front: the number does not tell a law from a resolution."""
    REGULATION = "qcvn"
    STANDARD = "tcvn"


@dataclass(frozen=True, slots=True)
class LegalDocument:
    """The number of a document taken apart.

    `symbol` is what follows the last slash, in one form (`NĐ-CP`, `QH15`, `NQ/TW`, `BTNMT`), or
    empty for a standard without a body. `year` is that of the number or, where the number has none,
    that of `issued`.
    """

    kind: DocumentKind
    number: str
    year: int | None
    symbol: str
    issued: date | None = None
    year_is_written: bool = True

    def __str__(self) -> str:
        """Give the number as it is cited: `47/2020/NĐ-CP`, `57-NQ/TW`, `QCVN 05:2023/BTNMT`."""
        if self.kind in _STANDARDS:
            tail = f"/{self.symbol}" if self.symbol else ""
            return f"{self.kind.upper()} {self.number}:{self.year}{tail}"
        if self._is_of_the_party:
            return f"{self.number}-{self.symbol}"
        year = f"{self.year}/" if self.year_is_written and self.year is not None else ""
        return f"{self.number}/{year}{self.symbol}"

    @property
    def _is_of_the_party(self) -> bool:
        return "/" in self.symbol

    @property
    def issuer(self) -> str:
        """Give who issued it as the symbol says: `CP`, `TTg`, `BTNMT`, `QH15`, `TW`."""
        if self._is_of_the_party:
            return self.symbol.partition("/")[2]
        if self.kind is DocumentKind.LETTER or "-" not in self.symbol:
            return self.symbol.partition("-")[0]
        return self.symbol.partition("-")[2]

    @property
    def urn(self) -> str | None:
        """Give the name under which a pack lists the text: `urn:vn:nd:47/2020/NĐ-CP`.

        None where the number alone does not tell the kind (`60/2024/QH15`).
        """
        if self.kind is DocumentKind.ASSEMBLY:
            return None
        if self.kind in _STANDARDS:
            return f"urn:vn:{self.kind}:{str(self)[5:].replace(' ', '-')}"
        if self._is_of_the_party:
            return f"urn:vn:{self.kind}:{self}"
        year = f"{self.year}/" if self.year is not None else ""
        return f"urn:vn:{self.kind}:{self.number}/{year}{self.symbol}"

    @property
    def is_normative(self) -> bool:
        """Say whether the number carries its year, as those of normative texts do."""
        return self.kind in _STANDARDS or (self.year_is_written and self.year is not None)


_STANDARDS = (DocumentKind.REGULATION, DocumentKind.STANDARD)
_OF_THE_ASSEMBLY = (
    DocumentKind.CONSTITUTION,
    DocumentKind.LAW,
    DocumentKind.ORDINANCE,
    DocumentKind.RESOLUTION,
)
_DASHES = re.compile(r"\s*[\-\u2010-\u2015\u2212]\s*")
_SLASHES = re.compile(r"\s*/\s*")
_WORDS = "|".join(sorted(KIND_WORDS, key=len, reverse=True))
_IN_FRONT = re.compile(rf"^(?P<word>{_WORDS})\b[^0-9]*?(?=[0-9])", re.IGNORECASE)
_SHORT_IN_FRONT = re.compile(
    rf"^(?P<letters>{'|'.join(KIND_SYMBOLS)}|{'|'.join(fold(s) for s in KIND_SYMBOLS)})"
    r"\s*(?:số\s*)?(?=[0-9])",
    re.IGNORECASE,
)
_NUMBER_WORD = re.compile(r"^(?:số|so)\s*:?\s*", re.IGNORECASE)
_DAY = re.compile(
    r"[\s,(]*(?:ban hành\s+)?ngày\s+([0-9]{1,2})\s*(?:/|-|\.|tháng)\s*([0-9]{1,2})"
    r"\s*(?:/|-|\.|năm)\s*([0-9]{4})\)?.*$",
    re.IGNORECASE | re.DOTALL,
)
_LETTERS = r"[A-ZĐa-zđ]"
_WITH_YEAR = re.compile(rf"([0-9]{{1,5}}[a-z]?)/((?:19|20)[0-9]{{2}})/({_LETTERS}[A-ZĐa-zđ0-9-]*)")
_WITHOUT_YEAR = re.compile(rf"([0-9]{{1,6}}[a-z]?)/({_LETTERS}[A-ZĐa-zđ0-9-]*)")
_PARTY = re.compile(rf"([0-9]{{1,5}})-({_LETTERS}{{1,4}})/({_LETTERS}[A-ZĐa-zđ0-9-]*)")
_STANDARD = re.compile(
    r"(QCVN|TCVN)\s*((?:ISO(?:/[A-Z]+)*|IEC(?:/[A-Z]+)*)?\s*[0-9]+(?:-[0-9]+)*)"
    r"\s*:\s*((?:19|20)[0-9]{2})(?:/([A-ZĐ]+))?",
    re.IGNORECASE,
)
_ASSEMBLY = re.compile(r"QH[0-9]{1,2}")
_ISSUER_BY_KEY = {fold(name): name for name in ISSUERS}
_KIND_BY_KEY = {fold(name): name for name in KIND_SYMBOLS}


def parse_legal_document(text: str) -> LegalDocument | Unreadable:
    """Read the number of a legal document, with or without its kind in front and its day behind.

    `Nghị định số 47/2020/ND - CP ngày 09/4/2020` becomes a decree 47/2020/NĐ-CP. Blanks around
    slashes and hyphens, long dashes, the letter Ð (Eth) for Đ, lost marks (`QD-TTG`) and small
    letters are mended where the table of bodies knows the letters; unknown bodies are put into
    capitals. The day gives the year that a number like 749/QĐ-TTg lacks.
    """
    written = _tidied(text)
    issued: date | None = None
    if match := _DAY.search(written):
        day = _day(match)
        if day is None:
            return Unreadable(t("The day in “{text}” is not in the calendar.", text=quoted(text)))
        issued, written = day, written[: match.start()].strip()
    if match := _STANDARD.fullmatch(written):
        kind = DocumentKind(match[1].lower())
        number = " ".join(match[2].upper().split())
        return LegalDocument(kind, number, int(match[3]), (match[4] or "").upper(), issued)
    word: DocumentKind | None = None
    if match := _IN_FRONT.match(written):
        word = DocumentKind(KIND_WORDS[match["word"].lower()])
        written = written[match.end() :]
    elif match := _SHORT_IN_FRONT.match(written):
        word = DocumentKind(KIND_SYMBOLS[_KIND_BY_KEY[fold(match["letters"])]])
        written = written[match.end() :]
    found = _numbered(_NUMBER_WORD.sub("", written))
    if found is None:
        return Unreadable(_not_a_document(text))
    return _of_kind(found, word, issued)


def _tidied(text: str) -> str:
    joined = nfc(text).replace("\u00d0", "Đ").replace("\u00f0", "đ").replace("\u00a0", " ")
    return _SLASHES.sub("/", _DASHES.sub("-", joined)).strip(" \t\r\n.,;()")


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def _numbered(written: str) -> LegalDocument | None:
    if match := _PARTY.fullmatch(written):
        letters = _KIND_BY_KEY.get(fold(match[2]))
        if letters is None:
            return None
        symbol = f"{letters}/{_body(match[3])}"
        kind = DocumentKind.PARTY_RULE if letters == "QĐ" else DocumentKind(KIND_SYMBOLS[letters])
        return LegalDocument(kind, match[1], None, symbol, year_is_written=False)
    if match := _WITH_YEAR.fullmatch(written):
        kind, symbol = _symbol(match[3])
        return LegalDocument(kind, match[1], int(match[2]), symbol)
    if match := _WITHOUT_YEAR.fullmatch(written):
        kind, symbol = _symbol(match[2])
        return LegalDocument(kind, match[1], None, symbol, year_is_written=False)
    return None


def _symbol(letters: str) -> tuple[DocumentKind, str]:
    """Give the kind that the letters say, and the letters in one form."""
    head, dash, rest = letters.partition("-")
    known = _KIND_BY_KEY.get(fold(head))
    if known is not None and dash:
        body = "-".join(_body(part) for part in rest.split("-"))
        return DocumentKind(KIND_SYMBOLS[known]), f"{known}-{body}"
    body = "-".join(_body(part) for part in letters.split("-"))
    if _ASSEMBLY.fullmatch(body):
        return DocumentKind.ASSEMBLY, body
    if body.startswith("UBTVQH"):
        return DocumentKind.ORDINANCE, body
    return DocumentKind.LETTER, body


def _body(letters: str) -> str:
    match = re.fullmatch(r"([A-ZĐa-zđ]+)([0-9]*)", letters)
    if match is None:
        return letters.upper()
    return _ISSUER_BY_KEY.get(fold(match[1]), match[1].upper()) + match[2]


def _of_kind(
    found: LegalDocument, word: DocumentKind | None, issued: date | None
) -> LegalDocument | Unreadable:
    kind = found.kind
    # The words tell more than the letters where these are of a body alone; else both must agree.
    if word in _OF_THE_ASSEMBLY and kind in (DocumentKind.ASSEMBLY, DocumentKind.ORDINANCE):
        kind = word
    elif word is DocumentKind.DECISION and found.symbol.startswith("QĐ/"):
        kind = word  # the Party writes QĐ for its rules and for its decisions
    elif word is not None and word is not kind and kind is not DocumentKind.LETTER:
        return Unreadable(
            t(
                "The number {number} does not belong to the kind of document named before it.",
                number=str(found),
            )
        )
    if issued is not None and found.year is not None and issued.year != found.year:
        return Unreadable(
            t(
                "The number says {year}, but the day is of {other}.",
                year=found.year,
                other=issued.year,
            )
        )
    year = found.year if issued is None else issued.year
    return replace(found, kind=kind, year=year, issued=issued)


def _not_a_document(text: str) -> Text:
    if not text.strip():
        return t("There is no document number here: the text is empty.")
    return t(
        "“{text}” is not the number of a legal document; one looks like 47/2020/NĐ-CP.",
        text=quoted(text),
    )


def _is_known(issuer: str) -> bool:
    return _ASSEMBLY.fullmatch(issuer) is not None or all(
        part.rstrip("0123456789") in ISSUERS for part in issuer.split("-")
    )


@dataclass(frozen=True, slots=True)
class CitedDocument:
    """A document named in a text: from which character to which, and what it is."""

    start: int
    end: int
    document: LegalDocument


# Capitals, and no small letter behind: texts out of web pages run into the next word (“BTPNghị”).
_CAPITALS = r"(?:(?:UBTV)?QH[0-9]{1,2}|TTg|[A-ZĐÐ]{2,10})(?![a-zà-ỹđ])"
_START = "(?<![0-9/])"
_KINDS = rf"(?i:\b(?:{_WORDS})\b)"
_CITED = re.compile(
    # A kind, with the words of a title up to the number, unless they name another kind.
    rf"(?P<word>{_KINDS}(?:(?!{_KINDS})[^0-9.;\n]){{0,80}}?)?"
    r"(?P<number>"
    r"\b(?:QCVN|TCVN)\s*(?:ISO(?:/[A-Z]+)*\s*)?[0-9]+(?:-[0-9]+)*\s*:\s*(?:19|20)[0-9]{2}"
    r"(?:/[A-ZĐ]+(?![a-zà-ỹđ]))?"
    rf"|{_START}[0-9]{{1,5}}\s*[-–]\s*[A-ZĐÐ]{{1,4}}\s*/\s*{_CAPITALS}"
    rf"|{_START}[0-9]{{1,5}}\s*/\s*(?:(?:19|20)[0-9]{{2}}\s*/\s*)?{_CAPITALS}"
    rf"(?:\s*[-–]\s*{_CAPITALS}){{0,3}}"
    r")(?P<day>\s+ngày\s+[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})?"
)


def find_legal_documents(text: str) -> tuple[CitedDocument, ...]:
    """Give the documents that a text names by number, in their order.

    Only numbers in capitals are taken. Letters without a kind (`1215/TTg-KSTT`), and those that
    run into the next word are taken only where the table of bodies knows them.
    """
    found: list[CitedDocument] = []
    for match in _CITED.finditer(text):
        document = parse_legal_document(match[0])
        if isinstance(document, Unreadable) and match["word"]:
            # “báo cáo theo 60/2024/QH15”: the word was not the document's own.
            document = parse_legal_document(match["number"] + (match["day"] or ""))
        if isinstance(document, Unreadable):
            continue
        is_doubtful = document.kind is DocumentKind.LETTER or text[match.end() :][:1].isalpha()
        if is_doubtful and not _is_known(document.issuer):
            continue
        found.append(CitedDocument(match.start(), match.end(), document))
    return tuple(found)
