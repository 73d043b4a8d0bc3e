"""Fills the editor of a contract: the text, what is wrong with it, what it would change."""

import re

from tinhdata.access import Actor
from tinhdata.bootstrap import Platform
from tinhdata.contracts import LoadedContract, example_contract
from tinhdata.deliveries import DryRun
from tinhdata.edge.proposals import TextCheck, check_text, text_of
from tinhdata.kernel import Problem, Text, t
from tinhdata.registry import RegisteredContract
from tinhdata.web.contexts.contracts import EditContract, TextChecked
from tinhdata.web.contexts.shell import Choice, FormState
from tinhdata.web.filling.contract_trial import trial_of
from tinhdata.web.filling.contract_words import compared, found

_SPARE_LINES = 3
_WIDEST = 400
_AGENCY = re.compile(r"(property: agency, value: )[^}]+")


def source_of(dataset: str | None) -> str:
    """Name the text as findings and the register call it."""
    return f"{dataset or 'contract'}.odcs.yaml"


def checked_text(
    platform: Platform,
    actor: Actor,
    text: str,
    dataset: str | None,
    language: str,
    run: DryRun | None = None,
) -> tuple[TextChecked, LoadedContract | None]:
    """Give what is said beside `text`, and the contract that it is, if it is one.

    `run` is a dry run just asked for; else the last one of the very same contract is shown.
    """
    check = check_text(platform, text.encode(), source_of(dataset), dataset, new=dataset is None)
    return _checked(platform, actor, check, language, run), check.loaded


def _checked(
    platform: Platform, actor: Actor, check: TextCheck, language: str, run: DryRun | None
) -> TextChecked:
    loaded = check.loaded
    if loaded is not None and run is None:
        run = _last(platform, actor, loaded.hash)
    return TextChecked(
        findings=found(check.findings),
        is_sound=check.is_sound,
        summary=_summary(check),
        refusals=tuple((each.text, each.fix) for each in check.refusals),
        compared=compared(check.comparison) if check.comparison else None,
        is_first=loaded is not None and check.active is None,
        next_version=check.next_version,
        trial=trial_of(platform, actor, run, language) if run else None,
        may_try=loaded is not None and check.active is not None,
    )


def edit_contract(
    platform: Platform,
    language: str,
    registered: RegisteredContract,
    *,
    text: str | None = None,
    seen: str | None = None,
    checked: TextChecked | None = None,
    form: FormState | None = None,
) -> EditContract:
    """Give the editor of a dataset's contract, begun from the version `registered`."""
    shown = text_of(platform, registered.hash) if text is None else text
    path = f"/contracts/{registered.dataset}"
    return EditContract(
        title=registered.contract.name.in_language(language),
        dataset=registered.dataset,
        back=path,
        action=f"{path}/edit",
        text=shown,
        lines=_lines(shown),
        widest=_widest(shown),
        seen=seen or platform.registry.mark(registered.dataset),
        based_on=registered.hash,
        base=t("Begun from version {version}.", version=registered.version),
        checked=checked,
        form=form or FormState(),
    )


def new_contract(
    platform: Platform,
    actor: Actor,
    *,
    text: str | None = None,
    checked: TextChecked | None = None,
    form: FormState | None = None,
) -> EditContract:
    """Give the editor of a contract for a dataset that is not there yet."""
    shown = _example(actor) if text is None else text
    return EditContract(
        title=t("Write a new contract"),
        dataset=None,
        back="/contracts",
        action="/contracts/new",
        text=shown,
        lines=_lines(shown),
        widest=_widest(shown),
        seen="",
        based_on="",
        base=None,
        checked=checked,
        form=form or FormState(),
        starts=(Choice("example", t("From an example"), text is None),),
        draft_action="/contracts/new/draft",
        limit_mb=platform.settings.upload_limit_mb,
    )


def _example(actor: Actor) -> str:
    """Give the example of the reference, owned by the reader's agency."""
    if actor.agency is None:
        return example_contract()
    return _AGENCY.sub(lambda found: f"{found[1]}{actor.agency}", example_contract(), count=1)


def _summary(check: TextCheck) -> Text:
    if check.errors:
        return t("Places to mend: {count}.", count=len(check.errors))
    if check.refusals:
        return t("The text is in order, but it cannot be proposed yet.")
    return t("The text is in order.")


def _last(platform: Platform, actor: Actor, contract_hash: str) -> DryRun | None:
    try:
        return platform.deliveries.last_dry_run(actor, contract_hash)
    except Problem:
        return None


def _lines(text: str) -> int:
    return text.count("\n") + 1 + _SPARE_LINES


def _widest(text: str) -> int:
    return min(max((len(line) for line in text.split("\n")), default=0) + 2, _WIDEST)
