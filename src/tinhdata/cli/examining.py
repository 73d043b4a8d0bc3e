"""What `doctor` looks at, one function per thing: each gives what it found and how to mend it."""

import os
import platform as machine
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import sqlalchemy as sa

from tinhdata.access import Actor, ActorKind, Role
from tinhdata.bootstrap import Platform
from tinhdata.db import metadata
from tinhdata.deliveries import Delivery, State
from tinhdata.journal import JournalBroken
from tinhdata.kernel import Text, t
from tinhdata.settings import Settings
from tinhdata.work import WorkState

DOCTOR = Actor("system:doctor", "doctor", ActorKind.PERSON, frozenset({Role.OPERATOR}))
"""Looks at deliveries with the rights of an operator: counts and states, no cell of any row."""

_PARTS = ("tinhdata", "duckdb", "pyiceberg", "pyarrow", "sqlalchemy")
_COPIES = 4
"""Landed bytes, staged rows, released rows, and as much again for the database and the spill."""
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: `name` is stable, `fix` says how to mend a fault."""

    name: str
    ok: bool
    text: Text
    fix: Text | None = None


def before_opening(settings: Settings) -> Iterator[Check]:
    """Look at what can be seen without opening the platform."""
    yield _versions()
    yield from _rights(settings.store)
    yield _disk(settings)
    yield _database("metadata-database", settings.metadata_url, frozenset(metadata.tables))
    yield _database("catalog-database", settings.iceberg_url, frozenset())


def after_opening(platform: Platform) -> Iterator[Check]:
    """Look at everything that is stored."""
    yield _journal(platform)
    yield from _landing(platform)
    yield from _warehouse(platform)
    yield from _quarantine(platform)
    yield from _deliveries(platform)
    yield from _releases(platform)
    yield _work(platform)


def _versions() -> Check:
    found = ", ".join(f"{name} {version(name)}" for name in _PARTS)
    said = f"Python {machine.python_version()}, {found}"
    return Check("versions", True, t("Running on {versions}.", versions=said))


def _rights(store: Path) -> Iterator[Check]:
    secret = [store, store / "keys", *sorted((store / "keys").glob("*"))]
    open_ones = [path for path in secret if path.exists() and _is_open(path)]
    if not open_ones:
        yield Check("store-rights", True, t("Only this user may read the store and its keys."))
    for path in open_ones:
        yield Check(
            "store-rights",
            False,
            t("Others than this user may read {path}.", path=str(path)),
            t("Run chmod go= {path}.", path=str(path)),
        )


def _is_open(path: Path) -> bool:
    found = path.stat()
    return bool(stat.S_IMODE(found.st_mode) & 0o077) or found.st_uid != os.getuid()


def _disk(settings: Settings) -> Check:
    free = shutil.disk_usage(settings.store).free >> 20
    wanted = settings.upload_limit_mb * _COPIES
    text = t("{free} MiB are free where the store lies.", free=free)
    if free >= wanted:
        return Check("disk", True, text)
    fix = t(
        "Make room: the largest file that is accepted needs {wanted} MiB. Or set a smaller "
        "TINHDATA_UPLOAD_LIMIT_MB.",
        wanted=wanted,
    )
    return Check("disk", False, text, fix)


def _database(name: str, url: str, wanted: frozenset[str]) -> Check:
    engine = sa.create_engine(url, hide_parameters=True)
    shown = engine.url.render_as_string(hide_password=True)
    try:
        with engine.connect() as connection:
            there = frozenset(sa.inspect(connection).get_table_names())
            damage = _damage(connection)
    except sa.exc.SQLAlchemyError as error:
        kind = type(error).__name__
        text = t("{database} cannot be reached ({kind}).", database=shown, kind=kind)
        return Check(name, False, text, t("Check that it runs, its address and the password."))
    finally:
        engine.dispose()
    if damage:
        text = t("{database} is damaged: {damage}", database=shown, damage=damage)
        return Check(name, False, text, t("Stop the platform and restore the last backup."))
    if missing := sorted(wanted - there):
        text = t(
            "{database} lacks {count} tables: {tables}.",
            database=shown,
            count=len(missing),
            tables=", ".join(missing),
        )
        return Check(name, False, text, t("Run tinhdata init to bring it up to date."))
    count = len(there)
    text = t("{database} answers and has {count} tables.", database=shown, count=count)
    return Check(name, True, text)


def _damage(connection: sa.Connection) -> str | None:
    if connection.dialect.name != "sqlite":
        return None
    found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
    return None if found == "ok" else found


def _journal(platform: Platform) -> Check:
    try:
        with platform.db.read() as tx:
            verified = platform.journal.verify(tx)
    except JournalBroken as broken:
        return Check("journal", False, broken.text, broken.fix)
    text = t("{entries} entries, each as it was written.", entries=verified.entries)
    return Check("journal", True, text)


def _landing(platform: Platform) -> Iterator[Check]:
    damages = platform.landing.verify()
    if not damages:
        yield Check("landing", True, t("Every file that was sent is as it came."))
    for damage in damages:
        yield _damaged("landing", damage.sha256, damage.what)


def _warehouse(platform: Platform) -> Iterator[Check]:
    damages = platform.warehouse.verify()
    if not damages:
        yield Check("warehouse", True, t("Every file of every release is as it was written."))
    for damage in damages:
        yield _damaged("warehouse", f"{damage.release_id} {damage.file}", damage.what)


_WHAT = {"missing": t("missing"), "altered": t("altered")}


def _damaged(name: str, file: str, what: str) -> Check:
    said = _WHAT.get(what, t("damaged"))
    text = t("File {file}: {what}.", file=file, what=said)
    return Check(name, False, text, t("Restore this file from the backup."))


def _quarantine(platform: Platform) -> Iterator[Check]:
    batches = platform.quarantine.batches()
    faults = [f for batch in batches for f in platform.quarantine.faults(batch.delivery)]
    if not faults:
        counts = platform.quarantine.counts()
        text = t(
            "{total} items in {batches} deliveries, each in one state; {open} wait.",
            total=counts.total,
            batches=len(batches),
            open=counts.open,
        )
        yield Check("quarantine", True, text)
    for fault in faults:
        text = t("Delivery {delivery}: {fault}", delivery=fault.delivery, fault=fault.text)
        fix = t("Restore the quarantine files from the backup and run the check again.")
        yield Check("quarantine", False, text, fix)


def _deliveries(platform: Platform) -> Iterator[Check]:
    count, is_sound = 0, True
    for delivery in _each_delivery(platform):
        count += 1
        for text in _unbalanced(delivery):
            is_sound = False
            yield Check("deliveries", False, text, t("Stop publishing and tell the developers."))
        if delivery.state is State.FAILED:
            is_sound = False
            yield _failed(delivery)
    if is_sound:
        text = t("The equations of {count} deliveries hold; none has failed.", count=count)
        yield Check("deliveries", True, text)


def _each_delivery(platform: Platform) -> Iterator[Delivery]:
    offset = 0
    while True:
        page = platform.deliveries.page(DOCTOR, offset=offset, limit=_PAGE)
        yield from page.items
        if not page.has_next:
            return
        offset += len(page.items)


def _unbalanced(delivery: Delivery) -> Iterator[Text]:
    rows, units = delivery.rows, delivery.units
    placed = rows.released + rows.quarantined + rows.linked + rows.waiting
    if rows.made != placed:
        yield t(
            "Delivery {delivery}: {made} rows were made and {placed} are accounted for.",
            delivery=delivery.id,
            made=rows.made,
            placed=placed,
        )
    if units is None:
        return
    known = units.structural + units.record_units + units.rejected + units.dropped
    if units.units != known:
        yield t(
            "Delivery {delivery}: the file has {units} lines and {known} are accounted for.",
            delivery=delivery.id,
            units=units.units,
            known=known,
        )


def _failed(delivery: Delivery) -> Check:
    text = t(
        "Delivery {delivery} for {dataset} was stopped by a fault: {problem}",
        delivery=delivery.id,
        dataset=delivery.dataset,
        problem=delivery.problem or t("nobody knows why."),
    )
    return Check("deliveries", False, text, t("Open its page and try again."))


def _releases(platform: Platform) -> Iterator[Check]:
    count, is_sound = 0, True
    for registered in platform.registry.all_active():
        for release in platform.warehouse.releases(registered.dataset):
            count += 1
            counts = release.counts
            after = counts.base + counts.inserted - counts.deleted
            if release.rows != after:
                is_sound = False
                text = t(
                    "Release {release}: {rows} rows are stored and {after} were counted.",
                    release=release.id,
                    rows=release.rows,
                    after=after,
                )
                fix = t("Withdraw it and deliver again.")
                yield Check("releases", False, text, fix)
    if is_sound:
        yield Check("releases", True, t("The equations of {count} releases hold.", count=count))


def _work(platform: Platform) -> Check:
    counts = platform.work.counts()
    waiting, failed = counts.get(WorkState.WAITING, 0), counts.get(WorkState.FAILED, 0)
    if failed:
        text = t("{failed} pieces of work were given up.", failed=failed)
        return Check("work", False, text, t("The log names each; try the deliveries again."))
    return Check("work", True, t("No work was given up; {waiting} pieces wait.", waiting=waiting))
