"""Addresses of everything that documents name; each is the same on every day. Pure."""

from dataclasses import dataclass
from urllib.parse import quote

from tinhdata.standards.model import PublishedFile, RDFForm, Wanted

_UNFIT = frozenset('<>"{}|^`\\ ')


@dataclass(frozen=True, slots=True)
class Addresses:
    """Addresses of the portal whose own address is `site`, without a slash at its end."""

    site: str
    pages: str = "/catalog"
    """Path of the pages that are written."""

    @property
    def catalogue(self) -> str:
        """Give the address that stands for the catalogue."""
        return f"{self.site}/catalog"

    def part(self, name: str) -> str:
        """Give the address of something that the catalogue itself describes."""
        return iri(f"{self.catalogue}#{name}")

    def page(self, form: RDFForm, wanted: Wanted, number: int) -> str:
        """Give the address of a page of the catalogue."""
        query = f"page={number}"
        if wanted.limit != Wanted().limit:
            query += f"&limit={wanted.limit}"
        if wanted.since is not None:
            query += f"&modified_since={quote(wanted.since.isoformat(), safe='')}"
        return f"{self.site}{self.pages}.{form.value}?{query}"

    def dataset(self, dataset: str, part: str = "") -> str:
        """Give the address that stands for a dataset, or for a part of it."""
        return f"{self.site}/dataset/{dataset}" + (f"#{part}" if part else "")

    def landing(self, dataset: str) -> str:
        """Give the address of the page about a dataset that people read."""
        return f"{self.site}/datasets/{dataset}"

    def document(self, dataset: str, name: str) -> str:
        """Give the address of a dataset in some standard's form."""
        return f"{self.site}/dataset/{dataset}{name}"

    def agency(self, code: str) -> str:
        """Give the address that stands for an agency."""
        return f"{self.site}/agencies/{quote(code)}"

    def database(self, database: str) -> str:
        """Give the address that stands for a database of the register."""
        return self.part(f"database-{database}")

    def contract(self, dataset: str, version: str) -> str:
        """Give the address of a version of a contract."""
        return f"{self.site}/api/v1/datasets/{dataset}/contract.json?version={version}"

    def file(self, dataset: str, file: PublishedFile) -> str:
        """Give the address of rows as a file."""
        if file.path is not None:
            return f"{self.site}{file.path}"
        return f"{self.site}/api/v1/datasets/{dataset}/rows.{file.form}"

    def rows(self, dataset: str) -> str:
        """Give the address where programs read rows page by page."""
        return f"{self.site}/api/v1/datasets/{dataset}/rows"

    def absolute(self, address: str) -> str:
        """Give an address of the pack as a whole one; a path is one of this portal."""
        return iri(f"{self.site}{address}" if address.startswith("/") else address)


def iri(text: str) -> str:
    """Give `text` as an IRI: what none may hold (RFC 3987) is written with percent signs."""
    return "".join(
        quote(letter, safe="") if letter in _UNFIT or ord(letter) < 33 else letter
        for letter in text
    )
