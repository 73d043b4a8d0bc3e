"""The check of a graph by our shapes (SHACL), and what a shape that fails says to people."""

import threading
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from pyshacl import validate
from rdflib import RDF, SH, Graph
from rdflib.term import Node

from tinhdata.contracts import Severity
from tinhdata.kernel import Text, t
from tinhdata.standards.model import Complaint
from tinhdata.standards.vocabularies import shapes_text

_PREFIX = "urn:tinhdata:shape:"
_SEVERITIES = {str(SH.Violation): Severity.ERROR, str(SH.Warning): Severity.WARNING}
_lock = threading.Lock()

SAID: Mapping[str, tuple[Text, Text]] = MappingProxyType(
    {
        "title": (
            t("The catalogue needs a title in Vietnamese."),
            t("Give the contract a name of at least three letters."),
        ),
        "description": (
            t("The catalogue needs a description of what the dataset holds."),
            t("Say it as description.purpose of the contract, in at least ten letters."),
        ),
        "publisher": (
            t("The agency that owns the dataset is not registered."),
            t("Name a registered agency in the contract."),
        ),
        "contact": (
            t("Nobody is named who answers questions about the dataset."),
            t("Add the customProperty contact, or the contact point of the agency."),
        ),
        "Contact": (
            t("The contact point is neither a mail address, a telephone number nor a web address."),
            t("Write one of them as the customProperty contact."),
        ),
        "legal-basis": (
            t("No legal basis is named."),
            t("Add an authoritativeDefinition of type legalBasis with url and description."),
        ),
        "law-title": (
            t("A legal basis has no title."),
            t("Give the name of the legal text as its description."),
        ),
        "cycle": (
            t("It is not said how often the dataset is updated."),
            t("Add slaProperties with a frequency: property, value and unit."),
        ),
        "access-rights": (
            t("Data that is kept private does not stand in the catalogue."),
            t("Ask the agency to open the dataset first."),
        ),
        "licence": (
            t("The licence of the contract is not registered, so nobody knows the terms of use."),
            t("Name a licence of the list of licences of the pack."),
        ),
        "agent-code": (
            t("The code of the agency does not have the form of the national code."),
            t("Write it as the decision on agency codes has it, such as H00.18."),
        ),
        "keyword": (
            t("The dataset has no keyword, so it is harder to find."),
            t("Add tags to the contract."),
        ),
    }
)
"""What is said of the shapes that an officer can do something about; others name the property."""


def complaints(graph: Graph) -> tuple[Complaint, ...]:
    """Say what `graph` lacks, what forbids publishing first; each shape speaks once."""
    # The library patches rdflib while it works; two checks at once would undo each other's.
    with _lock:
        _fine, report, _words = validate(
            graph,
            shacl_graph=_shapes(),
            inference="none",
            advanced=False,
            allow_warnings=False,
            inplace=True,
        )
    found: dict[str, Complaint] = {}
    if not isinstance(report, Graph):
        raise TypeError("the check gives a report as a graph")
    for result in report.subjects(RDF.type, SH.ValidationResult):
        complaint = _complaint(report, result)
        found.setdefault(complaint.rule, complaint)
    return tuple(sorted(found.values(), key=lambda each: (not each.forbids, each.rule)))


def _complaint(report: Graph, result: Node) -> Complaint:
    shape = str(report.value(result, SH.sourceShape) or "")
    severity = report.value(result, SH.resultSeverity)
    rule = shape.removeprefix(_PREFIX)
    text, fix = SAID.get(rule, (None, None))
    if text is None:
        text = t("The description in the catalogue breaks the rule {rule}.", rule=rule)
    known = _SEVERITIES.get(str(severity), Severity.ERROR)
    return Complaint(rule, known, text, fix)


@cache
def _shapes() -> Graph:
    return Graph().parse(data=shapes_text(), format="turtle")
