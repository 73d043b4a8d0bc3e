"""Views of open data for pages of other sites: only what anyone may see, and where it is from."""

from starlette.datastructures import QueryParams

from tinhdata.edge.language import day_text
from tinhdata.kernel import Text, t
from tinhdata.kernel.clock import local_day
from tinhdata.web.contexts.views import Embedded
from tinhdata.web.filling.addresses import with_query
from tinhdata.web.filling.charts import chart_of
from tinhdata.web.filling.dataset import Subject
from tinhdata.web.filling.maps import map_of
from tinhdata.web.filling.narrowing import chips
from tinhdata.web.filling.panel import CHART, MAP, TABLE, VIEW_PATHS
from tinhdata.web.filling.rows import rows_table, statistics_of

LANGUAGE = "lang"


def embedded(subject: Subject, params: QueryParams, view: str) -> Embedded:
    """Give one `view` of the rows that fit `params`; raises as the pages of the dataset do."""
    language = subject.reader.language
    kept = QueryParams([pair for pair in params.multi_items() if pair[0] != LANGUAGE])
    path = subject.path(*VIEW_PATHS[view])
    picture, drawn = None, None
    table = None
    if view == TABLE:
        # A link in a frame stays in the frame, where only frames may stand.
        table = rows_table(subject, params, statistics_of(subject), f"/embed{subject.path()}")
    if view == CHART:
        picture = chart_of(subject, kept)
    if view == MAP:
        picture, drawn = map_of(subject, kept)
    return Embedded(
        name=subject.name,
        view=view,
        address=with_query(f"{subject.reader.site}{path}", kept.multi_items()),
        source=_source(subject, language),
        conditions=chips(path, subject.columns, kept, language),
        table=table,
        picture=picture,
        map=drawn,
        simulated=subject.contract.simulated,
        refused=subject.refused,
    )


def _source(subject: Subject, language: str) -> Text:
    agency = subject.reader.agency_name(subject.record.agency)
    if subject.release is None:
        return Text("{agency}", {"agency": agency})
    return t(
        "Source: {agency}, release no. {number} of {day}.",
        agency=agency,
        number=str(subject.release.number),
        day=day_text(local_day(subject.release.published_at), language),
    )
