"""The page of the province's own terms of use: words, rules in short, editions, other licences."""

from collections.abc import Mapping
from types import MappingProxyType

from tinhdata.catalogue import FacetName
from tinhdata.kernel import Text, t
from tinhdata.registers import Terms
from tinhdata.web.contexts.published import ArticleLine, EditionLine, TermsPage
from tinhdata.web.contexts.shell import Choice
from tinhdata.web.filling.listing import narrowed
from tinhdata.web.filling.reader import Reader
from tinhdata.web.filling.registers import decision_line
from tinhdata.web.filling.words import licence_name

_RULES: Mapping[str, Text] = MappingProxyType(
    {
        "odrl:reproduce": t("copy"),
        "odrl:distribute": t("pass on"),
        "odrl:derive": t("change and build on"),
        "odrl:aggregate": t("combine with other data"),
        "cc:CommercialUse": t("use commercially"),
        "odrl:attribute": t("name the source"),
        "cc:Notice": t("keep the terms with the data"),
        "odrl:sell": t("sell the data as it is"),
    }
)
"""What the names of ODRL and Creative Commons say in plain words."""


def terms_page(reader: Reader, found: Terms) -> TermsPage:
    """Give an edition of the terms of use."""
    language = reader.language
    current = reader.platform.registers.terms_in_force()
    every = reader.platform.registers.terms()
    return TermsPage(
        title=found.title.in_language(language),
        code=found.code,
        edition=_edition(reader, found, current),
        editions=tuple(_edition(reader, each, current) for each in every),
        articles=tuple(
            ArticleLine(each.heading.in_language(language), each.text.in_language(language))
            for each in found.articles
        ),
        rules=(
            (t("You may"), _said(found.permissions)),
            (t("You must"), _said(found.duties)),
            (t("You may not"), _said(found.prohibitions)),
        ),
        basis=found.basis,
        licences=_others(reader, found.code),
        datasets=Choice(
            found.code,
            t("Datasets under these terms"),
            href=narrowed({FacetName.LICENCE: found.code}),
        ),
        json_href=f"/api/v1/terms/{found.version}",
    )


def _edition(reader: Reader, edition: Terms, current: Terms) -> EditionLine:
    return EditionLine(
        version=edition.version,
        valid_from=edition.valid_from,
        decision=decision_line(reader, edition.decision),
        href=f"/terms/{edition.version}",
        current=edition == current,
    )


def _said(rules: tuple[str, ...]) -> tuple[str | Text, ...]:
    return tuple(_RULES.get(rule, rule) for rule in rules)


def _others(reader: Reader, own: str) -> tuple[Choice, ...]:
    """Give the licences that the owner of a dataset may approve in place of the terms."""
    pack = reader.platform.pack
    named = {entry.code for entry in pack.code_lists.get("licences", ())}
    return tuple(
        Choice(code, licence_name(pack, code, reader.language) or code, href=licence.address)
        for code, licence in sorted(reader.platform.standards.portal.licences.items())
        if code in named and code != own
    )
