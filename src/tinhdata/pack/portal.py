"""portal.yaml: what the catalogue says about itself, joined with the pack's lists of names."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from tinhdata.contracts import Bilingual
from tinhdata.kernel import t
from tinhdata.pack.files import PackFiles
from tinhdata.pack.forms import PortalForm
from tinhdata.pack.model import Pack
from tinhdata.standards import Licence, Place, Portal, Sector, known_licences

_FILE = "portal.yaml"


def read_portal(files: PackFiles, pack: Pack) -> Portal:
    """Read the file, or say the least where a pack has none; faults go to `files`."""
    names = {entry.code: entry.label for entry in pack.code_lists.get("sectors", ())}
    terms = {entry.code: entry.label for entry in pack.code_lists.get("licences", ())}
    place = Place(pack.province_code, pack.name)
    form = files.form(_FILE, PortalForm) if (files.root / _FILE).is_file() else None
    if form is None:
        first = next((each.agency.code for each in pack.agencies), pack.id)
        return Portal(
            title=pack.name,
            description=pack.name,
            publisher=first,
            place=place,
            contact=None,
            sectors=_sectors(names, {}),
            licences=_licences(terms, {}),
        )
    _faults(files, pack, form, names, terms)
    known = {
        code: Licence(
            code,
            said.address,
            terms.get(code) or Bilingual(code),
            said.rights.bilingual() if said.rights else None,
            said.by_approval,
        )
        for code, said in form.licences.items()
    }
    return Portal(
        title=form.title.bilingual(),
        description=form.description.bilingual(),
        publisher=form.publisher,
        place=Place(place.code, place.name, form.country),
        contact=form.contact,
        sectors=_sectors(names, form.themes),
        licences=_licences(terms, known),
    )


def _licences(
    terms: Mapping[str, Bilingual], known: Mapping[str, Licence]
) -> Mapping[str, Licence]:
    """Give those of the pack first, then those that the world knows."""
    own = {code: known.get(code) or Licence(code, "/terms", name) for code, name in terms.items()}
    return MappingProxyType(
        {
            **own,
            **known,
            # The licences of the world let others sell the data, which the owner must approve.
            **{
                code: replace(licence, by_approval=True)
                for code, licence in known_licences().items()
                if code not in own
            },
        }
    )


def _sectors(names: Mapping[str, Bilingual], themes: Mapping[str, str]) -> Mapping[str, Sector]:
    return MappingProxyType(
        {code: Sector(code, name, themes.get(code)) for code, name in names.items()}
    )


def _faults(
    files: PackFiles,
    pack: Pack,
    form: PortalForm,
    names: Mapping[str, Bilingual],
    terms: Mapping[str, Bilingual],
) -> None:
    codes = {each.agency.code for each in pack.agencies}
    if form.publisher not in codes:
        files.say(
            _FILE,
            t("The publisher {code} is no agency of the pack.", code=form.publisher),
            t("Write the code of an agency of agencies.yaml."),
        )
    for sector in sorted(form.themes.keys() - names.keys()):
        files.say(
            _FILE,
            t("The sector {code} is not in the list of sectors.", code=sector),
            t("Write one of code-lists/sectors.csv."),
        )
    editions = {f"/terms/{edition.version}" for edition in pack.registers.terms}
    for code, said in sorted(form.licences.items()):
        if editions and said.address.startswith("/terms") and said.address not in editions:
            files.say(
                _FILE,
                t("The licence {code} names no edition of the terms of use.", code=code),
                t("Write the address of an edition of terms.yaml, such as /terms/1.0."),
            )
    for licence in sorted(form.licences.keys() - terms.keys()):
        files.say(
            _FILE,
            t("The licence {code} is not in the list of licences.", code=licence),
            t("Write one of code-lists/licences.csv."),
        )
