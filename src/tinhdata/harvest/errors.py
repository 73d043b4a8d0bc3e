"""What can go wrong when another portal's catalogue is harvested."""

from tinhdata.kernel import Problem, Text, t


class HarvestUnknown(Problem):
    """There is no such portal to harvest."""

    code = "harvest-unknown"

    def __init__(self, portal: str) -> None:
        super().__init__(
            t("There is no portal “{portal}” to harvest.", portal=portal[:60]),
            fix=t("Choose one of the list of harvested portals."),
        )


class HarvestInvalid(Problem):
    """A portal is declared in a way that cannot be."""

    code = "harvest-invalid"


class HarvestUnfit(Problem):
    """A portal answers with something that is no catalogue, or with too much."""

    code = "harvest-unfit"

    def __init__(self, text: Text) -> None:
        super().__init__(
            text, fix=t("Check the address and the kind of the portal; nothing was changed.")
        )


class HarvestBusy(Problem):
    """The portal changed its catalogue while it was read; the run begins anew."""

    code = "harvest-changing"


class NoSuchEntry(Problem):
    """No such dataset of another portal is known."""

    code = "no-such-entry"

    def __init__(self) -> None:
        super().__init__(
            t("No dataset of another portal is known under this address."),
            fix=t("Search for it by its name in the list of datasets."),
        )
