"""Which form of a thing a reader wants: by Accept, or by the ending of the address."""

from collections.abc import Mapping
from types import MappingProxyType

from tinhdata.standards import FormUnknown, RDFForm

_FORMS: Mapping[str, RDFForm] = MappingProxyType(
    {
        "text/turtle": RDFForm.TURTLE,
        "application/x-turtle": RDFForm.TURTLE,
        "application/ld+json": RDFForm.JSON_LD,
        "application/rdf+xml": RDFForm.RDF_XML,
        "text/n3": RDFForm.N3,
    }
)
_PAGES = frozenset({"text/html", "application/xhtml+xml", "*/*", "text/*"})
_MOST = 30


def wanted_form(accept: str) -> RDFForm | None:
    """Give the graph form that an Accept header wants most; None where a page does as well.

    Source: RFC 9110 section 12.5.1. Who says nothing, as a browser or curl does, gets the page.
    """
    best: tuple[float, RDFForm | None] = (0.0, None)
    for part in accept.split(",")[:_MOST]:
        kind, *rest = (piece.strip() for piece in part.split(";"))
        weight = _weight(rest)
        name = kind.lower()
        if name in _PAGES and weight >= best[0] and weight > 0:
            best = (weight, None) if best[1] is None or weight > best[0] else best
        elif name in _FORMS and (weight > best[0]):
            best = (weight, _FORMS[name])
    return best[1]


def form_of(ending: str) -> RDFForm:
    """Give the form that an address ends with; raises FormUnknown."""
    try:
        return RDFForm(ending)
    except ValueError:
        raise FormUnknown(ending, ", ".join(form.value for form in RDFForm)) from None


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.lower().startswith("q="):
            try:
                return max(0.0, min(1.0, float(parameter[2:])))
            except ValueError:
                return 0.0
    return 1.0
