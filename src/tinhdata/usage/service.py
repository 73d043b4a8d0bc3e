"""The verbs of usage: note one, write what was noted, say how much there was."""

import threading
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from tinhdata.db import Database
from tinhdata.kernel import Clock
from tinhdata.kernel.clock import local_day
from tinhdata.usage import rules, store
from tinhdata.usage.model import Count, Sum, Use

_MONTHS_BY_DAY = 13
"""For how many months each day has its own count; before that one count stands for a month."""
_WRITE_SECONDS = 5.0
_log = structlog.get_logger("tinhdata.usage")


class Usage:
    """Counts of use. Noting one only adds to a number in memory; a thread writes them in batches.

    Reading gives what is written. What was noted less than `every` seconds before a crash is lost;
    `close` writes it.
    """

    def __init__(self, db: Database, clock: Clock, every: float = _WRITE_SECONDS) -> None:
        self._db = db
        self._clock = clock
        self._every = every
        self._noted: Counter[tuple[date, Use]] = Counter()
        self._guard = threading.Lock()
        self._writing = threading.Lock()
        self._timer: threading.Timer | None = None
        self._is_closed = False

    def note(self, use: Use) -> None:
        """Count one use, today."""
        day = local_day(self._clock.now())
        with self._guard:
            self._noted[day, use] += 1
            self._wake()

    def write(self) -> int:
        """Write what was noted since the last time, and say how many uses that were."""
        with self._writing:
            with self._guard:
                noted, self._noted = self._noted, Counter()
                self._timer = None
            if not noted:
                return 0
            try:
                with self._db.transaction() as tx:
                    store.add(tx, (Count(day, use, n) for (day, use), n in noted.items()))
            except SQLAlchemyError as error:
                # A busy database must not cost counts; the next batch brings them.
                _log.warning("usage.not-written", error=type(error).__name__)
                with self._guard:
                    self._noted.update(noted)
                    self._wake()
                return 0
        return noted.total()

    def close(self) -> None:
        """Write what is left; nothing is written by itself afterwards."""
        with self._guard:
            self._is_closed = True
            if self._timer is not None:
                self._timer.cancel()
        self.write()

    def sweep(self) -> int:
        """Fold days of long ago into months, and say how many counts that were."""
        first = rules.months_back(local_day(self._clock.now()), _MONTHS_BY_DAY)
        with self._db.transaction() as tx:
            old = store.take_before(tx, first)
            store.add(tx, rules.folded(old))
        return len(old)

    def of_dataset(self, dataset: str, days: int) -> tuple[Count, ...]:
        """Give the counts of a dataset over the last `days` days, today the last, by day."""
        first, today = self._span(days)
        with self._db.read() as tx:
            return store.between(tx, first, today, dataset)

    def of_all(self, days: int, without: Collection[str]) -> tuple[Count, ...]:
        """Give the counts of the last `days` days of all datasets together, by day and form.

        However many datasets there are: they are added up where they lie.
        """
        first, today = self._span(days)
        with self._db.read() as tx:
            return store.of_all(tx, first, today, without)

    def by_dataset(self, days: int) -> Mapping[str, Sum]:
        """Give how much each dataset was used in the last `days` days."""
        first, today = self._span(days)
        found: dict[str, Sum] = {}
        with self._db.read() as tx:
            for count in store.by_dataset(tx, first, today):
                before = found.get(count.use.dataset, Sum())
                found[count.use.dataset] = before + rules.as_sum(count)
        return found

    def _span(self, days: int) -> tuple[date, date]:
        today = local_day(self._clock.now())
        return today - timedelta(days=days - 1), today

    def _wake(self) -> None:
        """Have what is noted written soon, unless that is under way (with the guard held)."""
        if self._timer is None and not self._is_closed:
            self._timer = threading.Timer(self._every, self.write)
            self._timer.daemon = True
            self._timer.start()
