"""What can go wrong when the catalogue is asked for in a standard's form."""

from tinhdata.kernel import Problem, t


class FormUnknown(Problem):
    """There is no such form of the catalogue."""

    code = "form-unknown"

    def __init__(self, form: str, known: str) -> None:
        super().__init__(
            t("There is no form “{form}” of the catalogue.", form=form[:20]),
            fix=t("Use one of: {names}.", names=known),
        )


class PageBeyond(Problem):
    """The catalogue has fewer pages than were asked for."""

    code = "page-beyond"

    def __init__(self, number: int, last: int) -> None:
        super().__init__(
            t("The catalogue has {last} pages; page {number} is none.", last=last, number=number),
            fix=t("Begin with page 1 and follow the address of the next page."),
        )


class RowsNotOpen(Problem):
    """The standard describes rows that anyone may read; there are none of this dataset."""

    code = "rows-not-open"

    def __init__(self, dataset: str) -> None:
        super().__init__(
            t("{dataset} has no rows that anyone may read.", dataset=dataset),
            fix=t("Read its record in the catalogue; its page says how to ask for access."),
        )
