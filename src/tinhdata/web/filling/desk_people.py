"""Fills the pages of accounts: one's own, everyone's, the keys of programs."""

from collections.abc import Sequence

from tinhdata.access import Person, Role, SourceKey, role_name
from tinhdata.bootstrap import Platform
from tinhdata.edge.visits import Visit
from tinhdata.kernel import t
from tinhdata.vietnam import fold
from tinhdata.web.contexts.desk import Account, KeyLine, People, PersonLine, PersonPage
from tinhdata.web.contexts.shell import Badge, Choice, FormState, Tone
from tinhdata.web.filling.addresses import pager, with_query
from tinhdata.web.filling.desk_words import Names, role_names

PAGE = 50
_ACTIVE = Badge(t("In use"), Tone.GOOD)
_CLOSED = Badge(t("Closed"), Tone.CALM)
_ENDED = Badge(t("Ended"), Tone.CALM)


def account(platform: Platform, visit: Visit, form: FormState | None = None) -> Account:
    """Give the visitor's own account."""
    person = platform.access.person(visit.actor.id)
    names = Names(platform, visit.language)
    return Account(
        login=person.login,
        name=person.name,
        agency=names.agency(person.agency) if person.agency else None,
        roles=role_names(person.roles),
        form=form or FormState(),
    )


def people(
    platform: Platform,
    language: str,
    *,
    words: str = "",
    number: int = 1,
    form: FormState | None = None,
    chosen: tuple[str, ...] = (),
    key_form: FormState | None = None,
    issued: str | None = None,
) -> People:
    """Give the accounts whose name, login or agency hold every one of `words`, and the keys."""
    names = Names(platform, language)
    wanted = fold(words).split()
    lines = [_line(person, names) for person in platform.access.people()]
    found = [line for line in lines if all(word in _searched(line) for word in wanted)]
    datasets = _datasets(platform, language)
    offset = (number - 1) * PAGE
    shown = tuple(found[offset : offset + PAGE])
    return People(
        people=shown,
        agencies=_agencies(platform, language),
        roles=_roles(frozenset(Role(role) for role in chosen if role in set(Role))),
        pager=pager(offset, len(shown), PAGE, len(found), with_query("/people", {"q": words})),
        query=words,
        action="/people",
        form=form or FormState(),
        keys=tuple(_key(platform, key, names, datasets) for key in platform.access.source_keys()),
        datasets=datasets,
        key_form=key_form or FormState(),
        issued=issued,
    )


def person_page(
    platform: Platform, visit: Visit, person_id: str, form: FormState | None = None
) -> PersonPage:
    """Give the account of one person; raises AccessNotFound."""
    person = platform.access.person(person_id)
    names = Names(platform, visit.language)
    return PersonPage(
        name=person.name,
        login=person.login,
        agency=names.agency(person.agency) if person.agency else None,
        badge=_badge(person),
        created=person.created_at,
        roles=_roles(person.roles),
        is_active=person.is_active,
        is_self=person.id == visit.actor.id,
        action=f"/people/{person.id}",
        form=form or FormState(),
    )


def _line(person: Person, names: Names) -> PersonLine:
    return PersonLine(
        id=person.id,
        name=person.name,
        login=person.login,
        agency=names.agency(person.agency) if person.agency else None,
        roles=role_names(person.roles),
        since=person.created_at,
        badge=_badge(person),
        action=f"/people/{person.id}",
    )


def _searched(line: PersonLine) -> str:
    return fold(f"{line.name} {line.login} {line.agency or ''}")


def _badge(person: Person) -> Badge:
    return _ACTIVE if person.is_active else _CLOSED


def _roles(chosen: frozenset[Role]) -> tuple[Choice, ...]:
    return tuple(Choice(role.value, role_name(role), role in chosen) for role in Role)


def _agencies(platform: Platform, language: str) -> tuple[Choice, ...]:
    every = ((a.name.in_language(language), a.code) for a in platform.access.agencies())
    return tuple(Choice(code, name) for name, code in sorted(every))


def _datasets(platform: Platform, language: str) -> tuple[Choice, ...]:
    every = platform.registry.all_active()
    return tuple(Choice(each.dataset, each.contract.name.in_language(language)) for each in every)


def _key(platform: Platform, key: SourceKey, names: Names, datasets: Sequence[Choice]) -> KeyLine:
    labels = {choice.value: str(choice.label) for choice in datasets}
    is_over = key.revoked_at is not None or key.expires_at <= platform.clock.now()
    return KeyLine(
        id=key.id,
        name=key.name,
        agency=names.agency(key.agency),
        datasets=tuple(labels.get(dataset, dataset) for dataset in sorted(key.datasets)),
        expires=key.expires_at,
        badge=_ENDED if is_over else _ACTIVE,
        revoke_action=None if is_over else f"/people/keys/{key.id}/end",
    )
