"""The work of one pull: begun, done or tried again, ended; the run says how."""

from dataclasses import replace

from tinhdata.db import Tx
from tinhdata.kernel import JSONObject, Problem, Text, new_id, t
from tinhdata.sources import events, store
from tinhdata.sources.errors import PASSING, SourcePostponed
from tinhdata.sources.files import pull_files
from tinhdata.sources.model import Alarm, AlarmKind, DatabasePlace, Outcome, Run
from tinhdata.sources.parts import Job, SourceParts, end_alarm, outcome_of, raise_alarm
from tinhdata.sources.store import Stored
from tinhdata.sources.tables import pull_table
from tinhdata.work import WorkContext, WorkItem

PULL = "sources.pull"
"""The verb of the work queue that this module does."""

MOST_ATTEMPTS = 8


class Pulling:
    """Does one pull after the other."""

    def __init__(self, parts: SourceParts) -> None:
        self._parts = parts

    def run(self, context: WorkContext, args: JSONObject) -> None:
        """Do the pull of the source named in `args`; what an earlier try brought stays."""
        parts = self._parts
        with parts.db.read() as tx:
            stored = store.get(tx, str(args["source"]))
        if stored is None:
            return
        run = self._begin(context, stored, str(args.get("by") or events.WORKER))
        try:
            registered = parts.registry.active(stored.source.dataset)
            with parts.spool.held(stored.source.id) as folder:
                job = Job(parts, context, stored, registered, folder, run)
                try:
                    self._pull(job)
                except SourcePostponed as later:
                    self._postpone(job, later)
                else:
                    self._end(job, outcome_of(job))
        except Problem as problem:
            if isinstance(problem, PASSING) and context.item.attempts < MOST_ATTEMPTS:
                self._remember(context, run, problem)
                raise
            # Told and done with: the next pull comes in its rhythm, nobody has to look after work.
            with parts.db.transaction() as tx:
                context.guard(tx)
                self._fail(tx, stored, run.work, problem.text, problem.code)

    def give_up(self, tx: Tx, item: WorkItem) -> None:
        """Write that a pull failed for good; the next one comes in its rhythm all the same."""
        stored = store.get(tx, str(item.args["source"]))
        if stored is not None:
            problem = item.error or t("nobody knows why.")
            self._fail(tx, stored, item.id, problem, "internal")

    def _fail(self, tx: Tx, stored: Stored, work: str, problem: Text, code: str) -> None:
        run = store.run_of_work(tx, work)
        if run is None or run.ended_at is not None:
            return
        now = self._parts.clock.now()
        failed = replace(
            run, ended_at=now, outcome=Outcome.FAILED, problem=problem, problem_code=code
        )
        store.put_run(tx, failed)
        alarm = Alarm(stored.source.id, AlarmKind.FAILING, now, problem)
        raise_alarm(self._parts, tx, stored.source, alarm)
        self._parts.journal.append(tx, events.ended(stored.source, failed))

    def _pull(self, job: Job) -> None:
        place = job.source.place
        if isinstance(place, DatabasePlace):
            pull_table(job, place)
        else:
            pull_files(job)

    def _begin(self, context: WorkContext, stored: Stored, by: str) -> Run:
        run = Run(
            id=new_id("run"),
            source=stored.source.id,
            work=context.item.id,
            by=by,
            started_at=self._parts.clock.now(),
            attempts=context.item.attempts,
        )
        with self._parts.db.transaction() as tx:
            context.guard(tx)
            return store.begin_run(tx, run)

    def _end(self, job: Job, outcome: Outcome) -> None:
        parts = self._parts
        done = replace(
            job.run, ended_at=parts.clock.now(), outcome=outcome, problem=None, problem_code=None
        )
        with parts.db.transaction() as tx:
            job.context.guard(tx)
            store.put_run(tx, done)
            end_alarm(parts, tx, job.source, AlarmKind.FAILING)
            parts.journal.append(tx, events.ended(job.source, done))

    def _postpone(self, job: Job, later: SourcePostponed) -> None:
        """Come back when the server asks to: the source is due then, not before."""
        parts = self._parts
        now = parts.clock.now()
        done = replace(
            job.run,
            ended_at=now,
            outcome=Outcome.POSTPONED,
            problem=later.text,
            problem_code=later.code,
        )
        with parts.db.transaction() as tx:
            job.context.guard(tx)
            store.put_run(tx, done)
            if job.stored.enabled:
                store.move_due(tx, job.source.id, now + later.wait)
            parts.journal.append(tx, events.ended(job.source, done))

    def _remember(self, context: WorkContext, run: Run, problem: Problem) -> None:
        with self._parts.db.transaction() as tx:
            context.guard(tx)
            stands = store.run_of_work(tx, run.work)
            if stands is not None:
                failing = replace(stands, problem=problem.text, problem_code=problem.code)
                store.put_run(tx, failing)
