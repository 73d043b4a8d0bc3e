"""Fills the page of the rows to mend, and the one of what publishing would change."""

from dataclasses import replace

from tinhdata.access import Actor
from tinhdata.bootstrap import Platform
from tinhdata.contracts import Contract
from tinhdata.deliveries import Delivery, Mended, State, Verb
from tinhdata.kernel import Refused, Text, t
from tinhdata.quality import ItemQuery, ItemState, in_language
from tinhdata.web.contexts.desk import Problems, WhatChanges
from tinhdata.web.contexts.portal import Comparison
from tinhdata.web.contexts.shell import FormState, Portion
from tinhdata.web.filling.addresses import pager, pager_of, with_query
from tinhdata.web.filling.comparison import comparison
from tinhdata.web.filling.desk_items import (
    PAGE,
    Showing,
    held_items,
    open_shares,
    rule_counts,
)
from tinhdata.web.filling.desk_wizard import CHANGES, PROBLEMS, PUBLISH, steps

_CHANGES_PAGE = 25
_DECIDABLE = frozenset({State.CHECKED, State.HELD, State.AWAITING})


def problems(
    platform: Platform,
    actor: Actor,
    delivery: Delivery,
    language: str,
    *,
    rule: str = "",
    number: int = 1,
    checked: bool = False,
    form: FormState | None = None,
) -> Problems:
    """Give the rows of `delivery` that wait, those of `rule` only where one is named."""
    contract = platform.registry.by_hash(delivery.contract_hash).contract
    deliveries, path = platform.deliveries, f"/deliveries/{delivery.id}"
    may = deliveries.may(actor, delivery)
    query = ItemQuery(
        states=frozenset({ItemState.OPEN}),
        rule=rule or None,
        offset=(number - 1) * PAGE,
        limit=PAGE,
    )
    page = deliveries.items(actor, delivery.id, query, language)
    mended = deliveries.mended(actor, delivery.id, language) if checked else Mended()
    showing = Showing(platform, delivery, contract, language, Verb.MEND in may, mended)
    kept = {"rule": rule, "checked": "1" if checked else None}
    opened = platform.quarantine.counts(delivery=delivery.id).open
    return Problems(
        steps=steps(PROBLEMS, contract.id, delivery.id),
        dataset=contract.name.in_language(language),
        delivery=delivery.id,
        made=delivery.rows.made,
        good=delivery.rows.waiting + delivery.rows.released,
        held=opened,
        mended=len(platform.quarantine.mended(delivery.id)),
        batch=_findings(delivery, contract, language),
        stops=delivery.problem if delivery.state is State.HELD else None,
        rules=rule_counts(
            open_shares(platform, actor, delivery),
            contract,
            language,
            rule,
            f"{path}/problems",
            {"checked": kept["checked"]},
            opened,
        ),
        items=held_items(page.items, showing),
        pager=pager_of(page, with_query(f"{path}/problems", kept)),
        export_href=with_query(f"{path}/rows-to-mend.xlsx", {"rule": rule}),
        upload_action=f"{path}/mended" if Verb.MEND in may else None,
        recheck_action=f"{path}/recheck" if Verb.MEND in may else None,
        return_action=f"{path}/return" if Verb.RETURN in may else None,
        send_href=f"/deliveries/new/{contract.id}" if Verb.CHOOSE in may else None,
        return_rows_action=f"{path}/return-rows" if Verb.RETURN_ITEMS in may else None,
        next_href=f"{path}/changes" if _goes_on(delivery, may) else None,
        form=form or FormState(),
    )


def what_changes(
    platform: Platform,
    actor: Actor,
    delivery: Delivery,
    language: str,
    *,
    number: int = 1,
    form: FormState | None = None,
) -> WhatChanges:
    """Show what publishing `delivery` changes, row by row, and who may go on from here."""
    contract = platform.registry.by_hash(delivery.contract_hash).contract
    path, may = f"/deliveries/{delivery.id}", platform.deliveries.may(actor, delivery)
    base = platform.warehouse.current(delivery.dataset)
    compared, before, after = _compared(platform, actor, delivery, contract, language, number)
    opened = platform.quarantine.counts(delivery=delivery.id).open if delivery.report else 0
    passing = platform.deliveries.mended(actor, delivery.id).passing if opened else ()
    action, button, hint = _going_on(delivery, contract, may, path)
    at = PUBLISH if delivery.state is State.AWAITING else CHANGES
    back = opened and delivery.state in _DECIDABLE
    return WhatChanges(
        steps=steps(at, contract.id, delivery.id),
        dataset=contract.name.in_language(language),
        base=base.number if base else None,
        comparison=compared,
        rows_before=before,
        rows_after=after,
        held=opened - len(passing),
        warnings=(*_findings(delivery, contract, language), *_removed(compared)),
        action=action,
        button=button,
        hint=hint,
        problems_href=f"{path}/problems" if back else path,
        needs_reason=delivery.state is State.HELD,
        return_action=f"{path}/return" if Verb.RETURN in may else None,
        stops=delivery.problem if delivery.state is State.HELD else None,
        mended=len(passing),
        may_mend=Verb.MEND in may,
        form=form or FormState(),
    )


def _goes_on(delivery: Delivery, may: frozenset[Verb]) -> bool:
    if delivery.state is State.HELD:
        return Verb.PUBLISH_HELD in may
    return delivery.state in _DECIDABLE


def _going_on(
    delivery: Delivery, contract: Contract, may: frozenset[Verb], path: str
) -> tuple[str | None, Text, Text | None]:
    """Give where the form leads, what its button says and what stands beside it."""
    publish = t("Publish")
    if Verb.APPROVE in may:
        return f"{path}/approve", t("Approve and publish"), None
    if delivery.state is State.AWAITING:
        return None, publish, t("It waits for an approver of the agency who did not send it.")
    if Verb.PUBLISH_HELD in may:
        return f"{path}/publish", publish, None
    if Verb.PUBLISH not in may:
        return None, publish, t("An officer of the agency goes on from here.")
    if contract.second_person:
        hint = t("An approver of your agency confirms before it is published.")
        return f"{path}/publish", t("Ask for publishing"), hint
    return f"{path}/publish", publish, None


def _compared(
    platform: Platform,
    actor: Actor,
    delivery: Delivery,
    contract: Contract,
    language: str,
    number: int,
) -> tuple[Comparison, int, int]:
    try:
        found = platform.deliveries.changes(
            actor, delivery.id, None, (number - 1) * _CHANGES_PAGE, _CHANGES_PAGE
        )
    except Refused:
        return _counted(delivery)
    # The figures found are those of the rows looked at; the page tells of the whole table.
    base = platform.warehouse.current(delivery.dataset)
    before, seen = base.rows if base else 0, found.counts
    after = before + seen.inserted - seen.deleted
    stays = before - seen.deleted - seen.updated
    whole = replace(seen, base=before, rows=after, unchanged=stays)
    here = f"/deliveries/{delivery.id}/changes"
    pages = pager(found.offset, len(found.rows), found.limit, found.total, here)
    named = contract.column_names
    shown = comparison(replace(found, counts=whole), contract, named, language, pages)
    return shown, before, after


def _counted(delivery: Delivery) -> tuple[Comparison, int, int]:
    """Give only the figures, to those who send the data but may not read the whole table."""
    change = delivery.change
    if change is None:
        return Comparison((), (), ()), 0, 0
    portions = (
        Portion(t("rows added"), change.inserted, "added"),
        Portion(t("rows changed"), change.updated, "changed"),
        Portion(t("rows removed"), change.deleted, "removed"),
        Portion(t("rows stay as they are"), change.unchanged, "same"),
    )
    return Comparison(portions, (), ()), change.base, change.rows


def _removed(compared: Comparison) -> tuple[Text, ...]:
    gone = sum(portion.count for portion in compared.portions if portion.tone == "removed")
    if not gone:
        return ()
    return (t("Published rows that are not in the file and will be removed: {count}.", count=gone),)


def _findings(delivery: Delivery, contract: Contract, language: str) -> tuple[Text, ...]:
    findings = delivery.report.findings if delivery.report else ()
    said = (in_language(f.text, f.rule, contract, language) for f in findings)
    return tuple(text for text in said if text != delivery.problem)
