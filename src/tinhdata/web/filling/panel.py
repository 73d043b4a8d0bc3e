"""The panel above table, chart and map: one filter in the address, its files, ways to share."""

from html import escape

from starlette.datastructures import QueryParams

from tinhdata.contracts import Column, LogicalType
from tinhdata.edge.language import say
from tinhdata.edge.places import placing_of
from tinhdata.kernel import Text, t
from tinhdata.warehouse import ColumnStatistics, StaticForm
from tinhdata.web.contexts.filters import Download, FilterPanel, Share
from tinhdata.web.contexts.shell import Choice
from tinhdata.web.filling.addresses import with_query
from tinhdata.web.filling.dataset import PINS, Subject
from tinhdata.web.filling.narrowing import chips, column_filters, is_exact

TABLE, CHART, MAP = "table", "chart", "map"
_LABELS = {TABLE: t("Table"), CHART: t("Chart"), MAP: t("Map")}
VIEW_PATHS: dict[str, tuple[str, ...]] = {TABLE: (), CHART: (CHART,), MAP: (MAP,)}
"""Where each view stands below the dataset."""

DRAWING = ("by", "measure", "style")
"""Parameters of an address that say how groups are drawn; they choose no rows."""

_KEPT = (*PINS, "sort", *DRAWING)
_FRAME_HEIGHT = {TABLE: 560, CHART: 520, MAP: 720}


def filter_panel(
    subject: Subject, params: QueryParams, view: str, statistics: dict[str, ColumnStatistics]
) -> FilterPanel:
    """Give the panel of one `view` of the rows that fit `params`."""
    language = subject.reader.language
    filled = [c for c in subject.columns if not is_empty(statistics.get(c.name))]
    path = subject.path(*VIEW_PATHS[view])
    drawing = [(name, value) for name, value in params.multi_items() if name in DRAWING]
    return FilterPanel(
        action=path,
        views=_views(subject, params, view),
        search=params.get("q", ""),
        filters=column_filters(filled, params, language),
        active=chips(path, subject.columns, params, language),
        downloads=downloads(subject, params),
        hidden=tuple((n, v) for n, v in params.multi_items() if v and (n in _KEPT or is_exact(n))),
        clear=with_query(path, [*subject.pins.multi_items(), *drawing]),
        searchable=any(c.logical_type is LogicalType.STRING for c in filled),
        share=_share(subject, params, view),
    )


def is_empty(statistics: ColumnStatistics | None) -> bool:
    """Say whether a column holds no value at all."""
    return statistics is not None and statistics.rows == statistics.empty > 0


def is_on_map(subject: Subject) -> bool:
    """Say whether the rows have a place."""
    return placing_of(subject.reader.platform, subject.columns) is not None


def filter_pairs(params: QueryParams, *without: str) -> list[tuple[str, str]]:
    """Give what an address says about which rows are read, in which order and release."""
    left = {"page", "cursor", "bom", *DRAWING, *without}
    return [(name, value) for name, value in params.multi_items() if value and name not in left]


def downloads(subject: Subject, params: QueryParams) -> tuple[Download, ...]:
    """Give the files of the rows that fit `params`, in every format; none where rows are closed."""
    if subject.opened is None:
        return ()
    kept, path = filter_pairs(params), subject.path("download")
    is_whole = all(name in PINS for name, _ in kept)
    return tuple(
        Download(
            form,
            label,
            with_query(f"{path}.{form}", [*kept, *extra]),
            hint,
            size=None if extra or not is_whole else _size(subject, form),
            checksum=None if extra else with_query(f"{path}.{form}.sha256", kept),
        )
        for form, label, hint, extra in (
            ("csv", Text("CSV"), t("For programs: plain text in UTF-8."), []),
            (
                "csv",
                t("CSV for Excel"),
                t("Excel shows the Vietnamese letters as they are."),
                [("bom", "1")],
            ),
            ("xlsx", Text("Excel (.xlsx)"), t("A workbook with real numbers and dates."), []),
            ("json", Text("JSON"), t("For programs: each row names its columns."), []),
            ("jsonl", Text("JSON Lines"), t("For programs: one row on each line."), []),
            ("parquet", Text("Parquet"), t("For analysis: small, with the types of columns."), []),
            *(_FOR_MAPS if is_on_map(subject) else ()),
        )
    )


def _size(subject: Subject, form: str) -> int | None:
    """Give the size of a file of all rows that lies ready."""
    static = _READY.get(form)
    if static is None or subject.opened is None:
        return None
    opened, files = subject.opened, subject.reader.platform.open_files
    found = files.find(opened.permit, opened.release, static)
    return found.size if found else None


_READY = {"csv": StaticForm.CSV, "parquet": StaticForm.PARQUET}
_FOR_MAPS: tuple[tuple[str, Text, Text, list[tuple[str, str]]], ...] = (
    ("geojson", Text("GeoJSON"), t("For maps: programs such as QGIS open it."), []),
    (
        "gpkg",
        Text("GeoPackage"),
        t("For maps: one file with the types of columns; QGIS and ArcGIS open it."),
        [],
    ),
)


def _views(subject: Subject, params: QueryParams, view: str) -> tuple[Choice, ...]:
    """Give the views that the rows have, each under the same filter."""
    if subject.opened is None:
        return ()
    kept = [pair for pair in params.multi_items() if pair[1] and pair[0] != "page"]
    names = (TABLE, CHART, *((MAP,) if is_on_map(subject) else ()))
    return tuple(
        Choice(
            name,
            _LABELS[name],
            name == view,
            href=with_query(subject.path(*VIEW_PATHS[name]), kept),
        )
        for name in names
    )


def _share(subject: Subject, params: QueryParams, view: str) -> Share | None:
    """Give the address of a view of open data, and the frame that embeds it."""
    if subject.opened is None or subject.opened.permit.rule != "open-rows":
        return None
    kept = [pair for pair in params.multi_items() if pair[1]]
    site, language = subject.reader.site, subject.reader.language
    frame = with_query(
        f"{site}/embed{subject.path(*VIEW_PATHS[view])}", [*kept, ("lang", language)]
    )
    title = say(Text("{name} · {view}", {"name": subject.name, "view": _LABELS[view]}), language)
    return Share(
        with_query(f"{site}{subject.path(*VIEW_PATHS[view])}", kept),
        f'<iframe src="{escape(frame)}" title="{escape(title)}" width="100%" '
        f'height="{_FRAME_HEIGHT[view]}" loading="lazy"></iframe>',
    )


def offered(columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Give the columns that people may filter and group by."""
    return tuple(column for column in columns if column.filterable and column.geometry is None)
