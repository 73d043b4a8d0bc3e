"""What the search reads in the rows of a release: names and kinds in it, the years covered.

Follow-up work of the release; rows that are served no more are forgotten in the transaction that
takes them away.
"""

from collections.abc import Iterable

from tinhdata.access import Action, Permit, system_permit
from tinhdata.catalogue import describing, store
from tinhdata.catalogue.model import Looked, Part, Place
from tinhdata.contracts import Column, Contract
from tinhdata.db import Database, Tx
from tinhdata.kernel import JSONObject
from tinhdata.registry import Registry
from tinhdata.vietnam import tidy
from tinhdata.warehouse import Filter, Op, Query, Release, ReleaseState, Sort, Value, Warehouse
from tinhdata.work import WorkContext, WorkQueue

LOOK = "catalogue.look"
_PURPOSE = "finding datasets by the names and years in their rows"
_MOST_ROWS = 10_000
_MOST_LETTERS = 300_000
"""Letters of the names of one code list that are searched; more are no list of names."""
_MOST_KINDS = 60
"""Different values of a column that tell of kinds, where the dataset is no code list."""
_YEARS = range(1700, 2200)


class Looker:
    """Reads the rows of each new release for the search."""

    def __init__(
        self, db: Database, registry: Registry, warehouse: Warehouse, work: WorkQueue
    ) -> None:
        self._db = db
        self._registry = registry
        self._warehouse = warehouse
        self._work = work
        work.register(LOOK, self._look)

    def on_release(self, tx: Tx, dataset: str, current: Release | None) -> None:
        """Have the rows of the release that is current now read, once `tx` is committed."""
        if current is not None:
            self._work.enqueue(tx, LOOK, {"release": current.id}, current.id)

    def _look(self, _context: WorkContext, args: JSONObject) -> None:
        release = self._warehouse.get(str(args["release"]))
        if release.state is not ReleaseState.CURRENT:
            return
        contract = self._registry.by_hash(release.contract_hash).contract
        permit = system_permit(Action.READ_ROWS, contract.id, _PURPOSE)
        looked = Looked(
            release.dataset,
            release.id,
            release.number,
            self._names(permit, release, contract),
            self._years(permit, release, describing.year_columns(contract)),
        )
        with self._db.transaction() as tx:
            store.put_looked(tx, looked)

    def _names(self, permit: Permit, release: Release, contract: Contract) -> tuple[Part, ...]:
        columns = describing.name_columns(contract)
        if not columns:
            return ()
        names = tuple(column.name for column in columns)
        page = self._warehouse.read(permit, release.id, Query(columns=names, limit=_MOST_ROWS))
        most = None if describing.is_code_list(contract) else _MOST_KINDS
        return tuple(
            Part(Place.VALUE, text, column.label)
            for at, column in enumerate(columns)
            for text in [_listed((row[at] for row in page.rows), most)]
            if text
        )

    def _years(
        self, permit: Permit, release: Release, columns: Iterable[Column]
    ) -> tuple[int, int] | None:
        years = {
            year
            for column in columns
            for descending in (False, True)
            for value in [self._first(permit, release, column.name, descending)]
            for year in [_year(value)]
            if year in _YEARS
        }
        return (min(years), max(years)) if years else None

    def _first(self, permit: Permit, release: Release, column: str, descending: bool) -> Value:
        query = Query(
            columns=(column,),
            filters=(Filter(column, Op.NOT_EMPTY),),
            sort=(Sort(column, descending),),
            limit=1,
        )
        rows = self._warehouse.read(permit, release.id, query).rows
        return rows[0][0] if rows else None


def _listed(values: Iterable[Value], most: int | None) -> str:
    """Write the different values of a column one after the other, as far as there is room.

    Nothing where there are more than `most`: what each row has of its own is no name of a kind.
    """
    kept, letters = list[str](), 0
    kinds = dict.fromkeys(tidy(str(value)) for value in values if value is not None)
    if most is not None and len(kinds) > most:
        return ""
    for text in kinds:
        letters += len(text)
        if letters > _MOST_LETTERS:
            break
        kept.append(text)
    return "; ".join(kept)


def _year(value: Value) -> int:
    """Read the year in a date, a number, or a text that begins with one; 0 where there is none."""
    begin = str(value)[:4]
    return int(begin) if begin.isascii() and begin.isdigit() else 0
