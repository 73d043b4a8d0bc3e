"""Fills the beginning of a delivery: the steps, which dataset, the file."""

from tinhdata.access import Actor
from tinhdata.bootstrap import Platform
from tinhdata.contracts import Contract, DeliveryMode, PeriodUnit
from tinhdata.deliveries import Delivery, State
from tinhdata.kernel import Text, t
from tinhdata.kernel.clock import local_day
from tinhdata.registry import RegisteredContract
from tinhdata.vietnam import fold
from tinhdata.web.contexts.desk import ChooseDataset, DatasetOption, SendFile, Step
from tinhdata.web.contexts.shell import Badge, FormState, Tone
from tinhdata.web.filling.desk_words import Names, items_held
from tinhdata.web.filling.freshness import freshness
from tinhdata.web.filling.words import label_of, late_badge

CHOOSE, SEND, UNDERSTOOD, PROBLEMS, CHANGES, PUBLISH = range(6)
"""The steps of a delivery by their place."""

_STEPS = (
    t("Choose the dataset"),
    t("Send the file"),
    t("Confirm the columns"),
    t("Mend rows"),
    t("See what changes"),
    t("Publish"),
)
_ALL_DONE = len(_STEPS)
MOST_ROWS = 200
"""Rows that are entered by hand; more of them come as a file."""
MOST_COLUMNS = 50
_PERIODS = {
    PeriodUnit.VALUE: t("The file replaces the periods that it holds; other periods stay."),
    PeriodUnit.DAY: t("The file replaces the days that it holds; other days stay."),
    PeriodUnit.MONTH: t("The file replaces the months that it holds; other months stay."),
    PeriodUnit.YEAR: t("The file replaces the years that it holds; other years stay."),
}


def steps(at: int, dataset: str | None = None, delivery: str | None = None) -> tuple[Step, ...]:
    """Give the steps with the one at `at` current and those before done."""
    path = f"/deliveries/{delivery}"
    sent = f"/deliveries/new/{dataset}" if dataset else None
    later = (f"{path}/understood", f"{path}/problems", f"{path}/changes", path)
    hrefs = ("/deliveries/new", sent, *(later if delivery else (None,) * 4))
    return tuple(
        Step(label, "done" if n < at else "current" if n == at else "ahead", hrefs[n])
        for n, label in enumerate(_STEPS)
    )


def step_of(delivery: Delivery) -> int:
    """Say at which step a delivery stands."""
    match delivery.state:
        case State.RECEIVED | State.CHECKING | State.CHOOSING:
            return UNDERSTOOD
        case State.REFUSED | State.RETURNED | State.FAILED | State.SUPERSEDED:
            return SEND
        case State.HELD:
            return PROBLEMS
        case State.CHECKED:
            return PROBLEMS if items_held(delivery) else CHANGES
        case State.AWAITING | State.PUBLISHING:
            return PUBLISH
        case State.RELEASED | State.UNCHANGED | State.WITHDRAWN:
            return _ALL_DONE


def choose_dataset(platform: Platform, actor: Actor, language: str, words: str) -> ChooseDataset:
    """Give the datasets that `actor` may deliver to and that hold every one of `words`."""
    names = Names(platform, language)
    wanted = fold(words).split()
    own = platform.deliveries.deliverable(actor)
    options = [_option(platform, each, names, language) for each in own]
    found = [o for o in options if all(w in fold(f"{o.name} {o.summary}") for w in wanted)]
    return ChooseDataset(
        steps=steps(CHOOSE),
        options=tuple(sorted(found, key=lambda option: fold(option.name))),
        query=words,
    )


def send_file(
    platform: Platform, contract: Contract, language: str, form: FormState | None = None
) -> SendFile:
    """Give the page on which a file for `contract` is sent."""
    return SendFile(
        steps=steps(SEND, contract.id),
        dataset=contract.name.in_language(language),
        action=f"/deliveries/new/{contract.id}",
        template_href=template_href(contract.id),
        columns=tuple((label_of(c, language), c.required) for c in contract.columns),
        limit_mb=platform.settings.upload_limit_mb,
        replaces=replaces(contract),
        form=form or FormState(),
        rows_href=rows_href(platform, contract),
    )


def template_href(dataset: str) -> str:
    """Give the address of the Excel template of a dataset."""
    return f"/deliveries/new/{dataset}/template.xlsx"


def rows_href(platform: Platform, contract: Contract) -> str | None:
    """Give where rows are entered by hand, None where there are too many rows or columns."""
    release = platform.warehouse.current(contract.id)
    fits = len(contract.columns) <= MOST_COLUMNS and contract.layout.unpivot is None
    whole = contract.mode is not DeliveryMode.UPSERT and contract.period is None
    if not fits or (whole and release is not None and release.rows > MOST_ROWS):
        return None
    return f"/deliveries/new/{contract.id}/rows"


def _option(
    platform: Platform, each: RegisteredContract, names: Names, language: str
) -> DatasetOption:
    contract = each.contract
    return DatasetOption(
        href=f"/deliveries/new/{contract.id}",
        name=contract.name.in_language(language),
        summary=contract.description.in_language(language),
        agency=names.agency(contract.agency),
        badge=_badge(platform, contract),
        template_href=template_href(contract.id),
    )


def _badge(platform: Platform, contract: Contract) -> Badge | None:
    release = platform.warehouse.current(contract.id)
    if release is None:
        return Badge(t("No data yet"), Tone.WARN)
    today = local_day(platform.clock.now())
    confirmed = platform.deliveries.confirmations().get(release.id)
    found = freshness(confirmed or release.published_at, contract.update_cycle, today)
    return late_badge(found) if found.is_late else None


def replaces(contract: Contract) -> Text:
    """Say what a delivery does to the rows that are published."""
    if contract.mode is DeliveryMode.UPSERT:
        return t(
            "Rows whose key is there already take the place of the old ones, new ones are added. "
            "What is missing in the file stays."
        )
    if contract.mode is DeliveryMode.REPLACE or contract.period is None:
        return t("The file replaces the whole dataset. What is missing in it will be removed.")
    return _PERIODS[contract.period.unit]
