"""The map of a dataset: circles where codes or rows lie, areas once a layer of them is released.

There is no ground below: the outlines are those of a released layer, and where there is none the
circles stand alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import shapely
from starlette.datastructures import QueryParams

from tinhdata.contracts import Reference
from tinhdata.edge.filters import query_of
from tinhdata.edge.places import (
    Boundaries,
    Placing,
    boundaries_of,
    coordinates_of,
    name_column,
    placing_of,
    register_of,
    shapes_of,
)
from tinhdata.edge.showing import shown
from tinhdata.kernel import Text, t
from tinhdata.warehouse import Aggregate
from tinhdata.web.contexts.shell import Choice
from tinhdata.web.contexts.views import Area, Bar, DatasetMap, MapPicture, Picture
from tinhdata.web.filling import grouped as groups
from tinhdata.web.filling.charts import periods_hint
from tinhdata.web.filling.dataset import Subject, head
from tinhdata.web.filling.drawing import frame, outlines
from tinhdata.web.filling.grouped import Grouped
from tinhdata.web.filling.map_parts import (
    Layer,
    Spot,
    area_legend,
    as_array,
    bounds,
    circles,
    coloured,
    notes,
    spot_bars,
    spots_of_codes,
    spots_of_points,
)
from tinhdata.web.filling.panel import MAP, filter_panel
from tinhdata.web.filling.rows import statistics_of
from tinhdata.web.filling.words import label_of

MOST_SPOTS = 1_000
MOST_SHAPES = 300
AREAS, CIRCLES = "areas", "circles"
_STYLES = {CIRCLES: t("Circles"), AREAS: t("Coloured areas")}
_TITLE = t("{measure}, by place")
_OWN = {"measure", "style", "page"}


def dataset_map(subject: Subject, params: QueryParams) -> DatasetMap:
    """Give the map that `params` ask for: a `measure` in a `style`, under the filter.

    Raises FilterInvalid, GroupsUnfit and UnknownColumn.
    """
    statistics = statistics_of(subject)
    placing = placing_of(subject.reader.platform, subject.columns)
    picture, drawn = map_of(subject, params)
    has_groups = placing is not None and placing.shape is None
    measure = _measure(subject, params, placing) if placing and has_groups else ""
    has_areas = placing is not None and placing.code is not None and bool(_boundaries(subject))
    return DatasetMap(
        head=head(subject, "", is_whole=False),
        panel=filter_panel(subject, params, MAP, statistics),
        measures=groups.choices(groups.measures(subject, statistics), measure)
        if has_groups
        else (),
        styles=tuple(
            Choice(name, text, name == _style(params, measure)) for name, text in _STYLES.items()
        )
        if has_areas
        else (),
        picture=picture,
        map=drawn,
        kept=tuple(pair for pair in params.multi_items() if pair[1] and pair[0] not in _OWN),
        refused=subject.refused,
    )


def map_of(subject: Subject, params: QueryParams) -> tuple[Picture | None, MapPicture | None]:
    """Give the groups and their map; nothing where rows are closed or have no place."""
    placing = placing_of(subject.reader.platform, subject.columns)
    if placing is None or subject.opened is None:
        return None, None
    if placing.shape is not None:
        return _shapes(subject, params, placing.shape)
    measure = _measure(subject, params, placing)
    by = _by(subject, placing)
    found = groups.read_groups(subject, params, by, measure, ordered=False, limit=MOST_SPOTS)
    if found is None:
        return None, None
    spots = _spots(subject, params, found, placing)
    picture = _picture(subject, params, found, spots, placing)
    style = _style(params, measure) if placing.code else CIRCLES
    return picture, _drawn(subject, found, spots, style)


def _by(subject: Subject, placing: Placing) -> list[str]:
    """Give what spots are formed by: the code, or the coordinates and what they are called."""
    name = None
    if placing.code is None:
        name = name_column(subject.contract, subject.columns, placing.longitude or "")
    return [*placing.columns, *([name] if name else [])]


def _spots(
    subject: Subject, params: QueryParams, found: Grouped, placing: Placing
) -> tuple[Spot, ...]:
    language = subject.reader.language
    if placing.register is None:
        return spots_of_points(found, language)
    coordinates = coordinates_of(subject.reader.platform, placing.register)
    labels = groups.labels(subject, found)
    spots = spots_of_codes(found, labels, coordinates, language)
    return tuple(
        replace(spot, href=groups.rows_address(subject, params, found.by, key))
        for spot, (key, _) in zip(spots, found.values, strict=True)
    )


def _picture(
    subject: Subject,
    params: QueryParams,
    found: Grouped,
    spots: tuple[Spot, ...],
    placing: Placing,
) -> Picture:
    language = subject.reader.language
    said = groups.measure_name(found, language)
    statistics = statistics_of(subject)
    latest, action = periods_hint(subject, params, found, statistics, MAP)
    by = ",".join(column.name for column in found.groups.columns[:-1])
    return Picture(
        title=Text(_TITLE.msgid, {"measure": said}),
        grouping=label_of(found.column, language) if placing.code else t("Place"),
        measure=said,
        unit=found.unit,
        bars=spot_bars(spots),
        is_varied=len({spot.value for spot in spots}) > 1,
        rest=found.groups.total - len(found.groups.rows),
        rows=found.groups.total_rows,
        all_href=groups.groups_address(subject, params, by, found.measure.name),
        hint=t("Figures of several periods are added up here.") if latest else None,
        hint_href=latest,
        hint_action=action,
    )


def _drawn(
    subject: Subject, found: Grouped, spots: tuple[Spot, ...], style: str
) -> MapPicture | None:
    placed = [spot for spot in spots if spot.place is not None]
    if not placed:
        return None
    language = subject.reader.language
    layer = _layer(subject)
    codes = list(layer.shapes) if layer else []
    shapes = list(layer.shapes.values()) if layer else []
    fitted = frame(*bounds(placed, shapes))
    paths = outlines(as_array(shapes), fitted) if shapes else ()
    said = notes(spots, layer, language)
    if style == AREAS and layer is not None:
        areas, ends = coloured(spots, codes, paths)
        legend = area_legend(spots, frozenset(codes), ends, found, language)
        return MapPicture(fitted.width, fitted.height, areas, (), legend, said)
    ground = tuple(Area(path) for path in paths)
    symbols, legend = circles(placed, fitted, found, language)
    return MapPicture(fitted.width, fitted.height, ground, symbols, legend, said)


def _shapes(
    subject: Subject, params: QueryParams, shape: str
) -> tuple[Picture | None, MapPicture | None]:
    """Give the shapes that the rows themselves hold; each row is one."""
    opened = subject.opened
    if opened is None:
        return None, None
    every = [column.name for column in subject.columns]
    key = next((name for name in subject.contract.key if name in every), shape)
    name = name_column(subject.contract, subject.columns, shape) or key
    query = query_of(params, subject.contract, every, limit=MOST_SHAPES)
    asked = replace(query, columns=tuple(dict.fromkeys([name, shape])), offset=0, cursor="")
    page = subject.reader.platform.warehouse.read(opened.permit, opened.release.id, asked)
    language = subject.reader.language
    own, column = subject.contract.column(shape), subject.contract.column(name)
    label, known = label_of(column, language), []
    for row in page.rows:
        read = shapely.from_wkt(row[-1], on_invalid="ignore") if isinstance(row[-1], str) else None
        known.append((shown(row[0], column, language) or "–", read, shown(row[-1], own, language)))
    picture = Picture(
        title=t("Shapes of the rows"),
        grouping=label,
        measure=t("Shape"),
        unit=None,
        bars=tuple(Bar(said, words or "–", 0.0) for said, _, words in known),
        rest=max(0, page.total - len(page.rows)),
        rows=page.total,
        is_varied=False,
    )
    drawable = [(said, read) for said, read, _ in known if read is not None]
    if not drawable:
        return picture, None
    array = as_array([read for _, read in drawable])
    west, south, east, north = map(float, shapely.total_bounds(array))
    fitted = frame(west, south, east, north)
    paths = outlines(array, fitted)
    areas = tuple(Area(path, said, 1) for (said, _), path in zip(drawable, paths, strict=True))
    return picture, MapPicture(fitted.width, fitted.height, areas, (), ())


def _measure(subject: Subject, params: QueryParams, placing: Placing) -> str:
    if asked := params.get("measure"):
        return asked
    return groups.default_measure(subject, _by(subject, placing), statistics_of(subject))


def _style(params: QueryParams, measure: str) -> str:
    """Give how values are drawn: amounts as circles, averages and ends as colours of areas."""
    asked = params.get("style", "")
    if asked in _STYLES:
        return asked
    aggregate = measure.partition(":")[0]
    return CIRCLES if aggregate in (Aggregate.COUNT, Aggregate.SUM) else AREAS


def _layer(subject: Subject) -> Layer | None:
    """Give the released outlines of the codes that rows name, or of those of the dataset itself."""
    found = _boundaries(subject)
    if found is None:
        return None
    opened, platform = found.opened, subject.reader.platform

    def read() -> Mapping[str, shapely.Geometry]:
        return {
            code: shape
            for code, wkt in shapes_of(platform, found).items()
            if (shape := shapely.from_wkt(wkt, on_invalid="ignore")) is not None
        }

    shapes = platform.standing.remembered(("outlines", opened.release.id), read)
    return Layer(shapes, opened.contract, opened.release.number)


def _boundaries(subject: Subject) -> Boundaries | None:
    known = (boundaries_of(subject.reader.platform, wanted) for wanted in _references(subject))
    return next((found for found in known if found is not None), None)


def _references(subject: Subject) -> Iterator[Reference]:
    for column in subject.columns:
        if column.reference and register_of(subject.reader.platform, column.reference):
            yield column.reference
    if len(subject.contract.key) == 1:
        yield Reference(subject.id, subject.contract.key[0])
