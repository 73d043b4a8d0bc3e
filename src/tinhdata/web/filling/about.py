"""The parts of a dataset's page below its rows, put together."""

from starlette.datastructures import QueryParams

from tinhdata.contracts import AccessLevel, Column
from tinhdata.edge.language import say
from tinhdata.kernel import Text
from tinhdata.web.contexts.about import About
from tinhdata.web.contexts.shell import Choice
from tinhdata.web.filling.dataset import Subject
from tinhdata.web.filling.panel import filter_pairs, is_on_map
from tinhdata.web.filling.reading_code import reading_code
from tinhdata.web.filling.related import relations
from tinhdata.web.filling.releases import latest_releases
from tinhdata.web.filling.rows import statistics_of
from tinhdata.web.filling.taking import citation
from tinhdata.web.filling.trust import trust_of
from tinhdata.web.filling.words import label_of

_RELEASES = 4


def about(subject: Subject, params: QueryParams) -> About:
    """Give what is said of the dataset; the code is filled with the filter of `params`."""
    reader = subject.reader
    pairs = filter_pairs(params)
    is_open = subject.contract.access_level is AccessLevel.OPEN
    lines, total = latest_releases(subject, _RELEASES)
    code = (
        reading_code(subject.id, reader.site, pairs, on_map=is_on_map(subject), ckan=is_open)
        if subject.opened
        else ()
    )
    return About(
        trust=trust_of(subject, statistics_of(subject)),
        columns=tuple(_column(subject, column) for column in subject.contract.columns),
        dictionary_href=subject.address("dictionary"),
        snippets=code,
        is_filtered=any(name.startswith("f.") or name == "q" for name, _ in pairs),
        releases=lines,
        releases_total=total,
        releases_href=subject.path("releases"),
        relations=relations(subject),
        citation=say(citation(subject, reader.site), reader.language),
        formats=_formats(subject) if is_open and subject.release else (),
    )


def _column(subject: Subject, column: Column) -> Choice:
    label = label_of(column, subject.reader.language)
    said = f"{label} ({column.unit})" if column.unit else label
    return Choice(column.name, said, href=f"{subject.address('dictionary')}#{column.name}")


def _formats(subject: Subject) -> tuple[Choice, ...]:
    base = f"/dataset/{subject.id}"
    return tuple(
        Choice(name, Text(name), href=address)
        for name, address in (
            ("DCAT-AP (Turtle)", f"{base}.ttl"),
            ("JSON-LD", f"{base}.jsonld"),
            ("RDF/XML", f"{base}.rdf"),
            ("Croissant", f"{base}/croissant.jsonld"),
            ("Data Package", f"{base}/datapackage.json"),
            ("ODCS", subject.address("contract.yaml")),
        )
    )
