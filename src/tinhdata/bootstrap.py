"""Settings -> Platform: opens the store, wires every capability, registers work and schedules.

Nothing below knows another's neighbours; what goes upward is handed down here as a hook.
"""

import os
import secrets
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from tinhdata.access import ANONYMOUS, Access, AccessNotFound, Permit, Role
from tinhdata.catalogue import Catalogue, Looker, NoSuchRecord, ProvinceWords
from tinhdata.catalogue import DatabaseEntry as CatalogueDatabase
from tinhdata.catalogue import DatabaseKind as CatalogueKind
from tinhdata.db import Database, Tx, migrate
from tinhdata.deliveries import Deliveries, Hooks, Parts, Staging
from tinhdata.dictionary import Dictionary
from tinhdata.feedback import Feedback, Follows
from tinhdata.harvest import Harvest, HarvestParts
from tinhdata.journal import Journal, Standing
from tinhdata.kernel import Clock, JSONObject, SystemClock
from tinhdata.kernel.clock import local_day
from tinhdata.kernel.progress import Report
from tinhdata.landing import Landing
from tinhdata.notify import MailServer, Notify
from tinhdata.pack import Installed, Pack, PackDataset, PackLoader, load_pack
from tinhdata.quality import Limits, Quarantine
from tinhdata.registers import Registers, Shelves
from tinhdata.registry import Registry
from tinhdata.settings import Settings, environment_secret
from tinhdata.sources import Secrets, SourceParts, Sources, Spool
from tinhdata.standards import PublishedFile, PublishingCheck, Standards, StandardsParts
from tinhdata.usage import Usage
from tinhdata.warehouse import Limits as WarehouseLimits
from tinhdata.warehouse import OpenFiles, Preparer, Release, StaticForm, Warehouse
from tinhdata.work import WorkContext, WorkQueue

_KEY_BYTES = 32
_GRACE = timedelta(days=1)
_CSV, _PARQUET = StaticForm.CSV, StaticForm.PARQUET
_WORK_KEPT = timedelta(days=30)
_SYSTEM = "system:bootstrap"


@dataclass(frozen=True, slots=True)
class Platform:
    """Everything that an edge needs: the facades, wired."""

    settings: Settings
    clock: Clock
    db: Database
    journal: Journal
    work: WorkQueue
    access: Access
    registry: Registry
    landing: Landing
    warehouse: Warehouse
    open_files: OpenFiles
    quarantine: Quarantine
    deliveries: Deliveries
    catalogue: Catalogue
    standards: Standards
    publishing_check: PublishingCheck
    harvest: Harvest
    dictionary: Dictionary
    notify: Notify
    feedback: Feedback
    sources: Sources
    standing: Standing
    usage: Usage
    registers: Registers
    pack: Pack
    """The facts of the pack, without its datasets: those are in the register once installed."""

    def close(self) -> None:
        """Write what is counted, close readers and connections."""
        self.usage.close()
        self.warehouse.close()
        self.db.close()


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demonstration: a simulated person and how to sign in as one."""

    login: str
    name: str
    password: str
    roles: frozenset[Role]
    agency: str | None


def open_platform(settings: Settings, clock: Clock | None = None) -> Platform:
    """Open the store that `settings` names, or make a new one, and wire the platform over it."""
    clock = clock or SystemClock()
    # Only `install_pack` needs the contracts, and whether the laws hold today: reading all of it
    # would slow every command, and a law that ends must not stop a platform that runs.
    pack = load_pack(settings.pack, None, contracts=False)
    store = _store_folder(settings.store)
    db = Database(settings.metadata_url)
    migrate(db, ())
    journal = Journal(clock, _key(store, "journal"))
    work = WorkQueue(db, clock)
    access = Access(
        db,
        journal,
        clock,
        _key(store, "access"),
        on_agency=(lambda tx, agency: catalogue.on_agency(tx, agency),),
    )
    limits = Limits(settings.memory_mb, settings.threads)
    quarantine = Quarantine(store / "quarantine", db, journal, clock, limits)
    catalogue = Catalogue(db, access, clock, _words(pack), _waits(quarantine))
    registry = Registry(
        db,
        journal,
        clock,
        _is_agency(access),
        on_register=(
            catalogue.on_register,
            lambda tx, registered: open_files.on_register(tx, registered),
        ),
    )
    landing = Landing(store / "landing", db, clock)
    warehouse = Warehouse(
        store / "warehouse",
        settings.iceberg_url,
        db,
        journal,
        clock,
        WarehouseLimits(threads=settings.threads, cache_rows=settings.cache_rows),
        token_key=_key(store, "tokens"),
    )
    open_files = OpenFiles(
        settings.open_files or store / "open-files",
        warehouse,
        registry,
        work,
        settings.open_files_kept,
    )
    preparer = Preparer(db, registry, warehouse, work, _GRACE)
    looker = Looker(db, registry, warehouse, work)
    notify = Notify(
        db,
        journal,
        clock,
        work,
        _mail_server(settings),
        settings.public_url or f"http://{settings.host}:{settings.port}",
        settings.webhook_private_hosts,
    )
    follows = Follows(db, journal, clock, work, registry, warehouse, notify)
    portal = pack.portal
    if portal is None:
        raise ValueError("a pack that was loaded says what its portal is")
    check = PublishingCheck(access, portal)
    deliveries = Deliveries(
        Parts(
            db=db,
            clock=clock,
            journal=journal,
            work=work,
            landing=landing,
            registry=registry,
            warehouse=warehouse,
            quarantine=quarantine,
            staging=Staging(store / "staging"),
            limits=limits,
            hooks=Hooks(
                before_release=(check.before_release,),
                on_release=(
                    catalogue.on_release,
                    preparer.on_release,
                    open_files.on_release,
                    looker.on_release,
                    follows.on_release,
                ),
                on_delivery=(catalogue.on_delivery,),
            ),
            upload_limit=settings.upload_limit_mb * 1024 * 1024,
        )
    )
    harvest = Harvest(HarvestParts(db, clock, journal, work, settings.source_private_hosts))
    standards = Standards(
        StandardsParts(
            db=db,
            clock=clock,
            journal=journal,
            work=work,
            access=access,
            registry=registry,
            warehouse=warehouse,
            deliveries=deliveries,
            catalogue=catalogue,
            check=check,
            portal=portal,
            harvest=harvest,
            notify=notify,
            files=_ready_files(open_files),
        )
    )
    platform = Platform(
        settings=settings,
        clock=clock,
        db=db,
        journal=journal,
        work=work,
        access=access,
        registry=registry,
        landing=landing,
        warehouse=warehouse,
        open_files=open_files,
        quarantine=quarantine,
        deliveries=deliveries,
        catalogue=catalogue,
        standards=standards,
        publishing_check=check,
        harvest=harvest,
        notify=notify,
        feedback=Feedback(
            db,
            journal,
            clock,
            notify,
            follows,
            pack.deadlines,
            pack.calendar,
            _public_owner(catalogue),
            _key(store, "visitors"),
        ),
        sources=_sources(settings, store, db, clock, journal, work, registry, deliveries),
        dictionary=Dictionary(registry, warehouse, clock, pack.dictionary),
        standing=Standing(db),
        usage=Usage(db, clock),
        registers=Registers(
            pack.registers, Shelves(catalogue, registry, warehouse, pack.calendar), clock
        ),
        pack=pack,
    )
    _schedule(platform)
    return platform


def _mail_server(settings: Settings) -> MailServer | None:
    if settings.mail_host is None:
        return None
    secret = settings.mail_password
    return MailServer(
        settings.mail_host,
        settings.mail_port,
        settings.mail_sender,
        settings.mail_tls,
        settings.mail_user,
        None if secret is None else secret.get_secret_value(),
    )


def _public_owner(catalogue: Catalogue) -> Callable[[str], str | None]:
    def owner(dataset: str) -> str | None:
        try:
            return catalogue.record(dataset, ANONYMOUS).agency
        except NoSuchRecord:
            return None

    return owner


def _sources(
    settings: Settings,
    store: Path,
    db: Database,
    clock: Clock,
    journal: Journal,
    work: WorkQueue,
    registry: Registry,
    deliveries: Deliveries,
) -> Sources:
    folder = store / "keys" / "sources"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Sources(
        SourceParts(
            db=db,
            clock=clock,
            journal=journal,
            work=work,
            registry=registry,
            deliveries=deliveries,
            secrets=Secrets(folder, environment_secret),
            spool=Spool(store / "sources"),
            private_hosts=settings.source_private_hosts,
            folders=settings.source_folders,
            size_limit=settings.upload_limit_mb * 1024 * 1024,
        )
    )


def install_pack(
    platform: Platform,
    report: Report = lambda _progress: None,
    only: Collection[str] | None = None,
) -> Installed:
    """Register what the pack declares; in a demo also its samples and simulated people.

    `only` names the datasets to take over, with what they refer to; without it all are.
    Doing it again changes nothing that is as the pack says. Only where settings and pack both say
    that this is a demonstration are contracts approved by the pack's own actor. Raises PackInvalid,
    also where a legal basis does not hold today, unless all of the pack is registered already.
    """
    pack = load_pack(platform.settings.pack, None)
    pack = replace(pack, demo=pack.demo and platform.settings.demo)
    if any(_is_new(platform, dataset) for dataset in pack.datasets):
        load_pack(platform.settings.pack, local_day(platform.clock.now()))
    for entry in pack.databases.values():
        platform.catalogue.put_database(
            CatalogueDatabase(
                entry.id, entry.name, CatalogueKind(entry.kind.value), entry.agency, entry.purpose
            )
        )
    loader = PackLoader(
        platform.db, platform.access, platform.registry, partial(_take_sample, platform)
    )
    installed = loader.install(pack, report, only)
    if platform.settings.demo:
        _add_demo_people(platform)
    return installed


def _take_sample(platform: Platform, dataset: str, file: Callable[[], Path], actor: str) -> bool:
    # Rows are made only where they may be wanted: a second start shall be quick.
    if platform.warehouse.releases(dataset):
        return False
    return platform.deliveries.take_sample(dataset, file(), actor)


def _is_new(platform: Platform, dataset: PackDataset) -> bool:
    known = platform.registry.versions(dataset.contract.id)
    return all(version.hash != dataset.loaded.hash for version in known)


def demo_accounts(platform: Platform) -> tuple[DemoAccount, ...]:
    """Give the accounts of the demonstration; none outside of one."""
    if not platform.settings.demo:
        return ()
    password = _demo_password(platform.settings.store)
    return tuple(
        DemoAccount(person.login, person.name, password, person.roles, person.agency)
        for person in platform.pack.people
    )


def run_workers(platform: Platform, stop: threading.Event) -> tuple[threading.Thread, ...]:
    """Start the worker threads that the settings ask for; each ends soon after `stop` is set."""
    threads = tuple(
        threading.Thread(target=platform.work.run_forever, args=(stop,), name=f"worker-{number}")
        for number in range(1, platform.settings.workers + 1)
    )
    for thread in threads:
        thread.start()
    return threads


def _add_demo_people(platform: Platform) -> None:
    for account in demo_accounts(platform):
        try:
            platform.access.actor(account.login)
        except AccessNotFound:
            platform.access.add_person(
                _SYSTEM,
                account.login,
                account.name,
                account.password,
                account.roles,
                account.agency,
            )


def _schedule(platform: Platform) -> None:
    """Have what piles up removed in its rhythm; each of these verbs belongs to its capability."""
    housework: dict[str, tuple[timedelta, Callable[[], object]]] = {
        "access.sweep": (timedelta(hours=1), platform.access.sweep),
        "deliveries.sweep": (timedelta(hours=1), lambda: platform.deliveries.sweep(_GRACE)),
        "sources.sweep": (timedelta(days=1), platform.sources.sweep),
        "landing.sweep": (timedelta(days=1), lambda: platform.landing.sweep(_GRACE)),
        "warehouse.sweep": (timedelta(days=1), lambda: platform.warehouse.sweep(_GRACE)),
        "usage.sweep": (timedelta(days=1), platform.usage.sweep),
        "work.sweep": (timedelta(days=1), lambda: platform.work.sweep(_WORK_KEPT)),
    }
    for verb, (every, sweep) in housework.items():
        platform.work.register(verb, _handler(sweep))
        platform.work.schedule(verb, every)


def _handler(sweep: Callable[[], object]) -> Callable[[WorkContext, JSONObject], None]:
    def run(_context: WorkContext, _args: JSONObject) -> None:
        sweep()

    return run


def _words(pack: Pack) -> ProvinceWords:
    topics = {entry.code: entry.label for entry in pack.code_lists.get("sectors", ())}
    return ProvinceWords(units=pack.units, topics=topics)


def _waits(quarantine: Quarantine) -> Callable[[Tx, str], bool]:
    return lambda tx, delivery: bool(quarantine.open_items_in(tx, delivery))


def _ready_files(
    open_files: OpenFiles,
) -> Callable[[Permit, Release], tuple[PublishedFile, ...]]:
    """Give the files of a release that lie ready, with size and hash."""

    def ready(permit: Permit, release: Release) -> tuple[PublishedFile, ...]:
        found = ((f, open_files.find(permit, release, f)) for f in (_CSV, _PARQUET))
        return tuple(
            PublishedFile(form.value, file.size, file.sha256) for form, file in found if file
        )

    return ready


def _is_agency(access: Access) -> Callable[[str], bool]:
    return lambda code: any(agency.code == code for agency in access.agencies())


def _store_folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path.absolute()


def _key(store: Path, name: str) -> bytes:
    return bytes.fromhex(_secret(store, f"{name}.key", lambda: secrets.token_hex(_KEY_BYTES)))


def _demo_password(store: Path) -> str:
    return _secret(store, "demo-password", lambda: f"mo-phong-{secrets.token_hex(4)}")


def _secret(store: Path, name: str, make: Callable[[], str]) -> str:
    """Read a secret of the store; the first process that asks makes it, readable by its user."""
    folder = store / "keys"
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        beside = folder / f".{name}.{os.getpid()}.{threading.get_ident()}"
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link never replaces: of two processes that start at once, one secret wins.
            os.link(beside, path)
        except FileExistsError:
            pass
        finally:
            beside.unlink()
        # A name lost in a power cut would mean another key for what is written already.
        entries = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(entries)
        finally:
            os.close(entries)
    return path.read_text(encoding="ascii")
