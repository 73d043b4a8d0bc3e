"""What is said about the counts of use: what is kept, and what is not. The same for every edge."""

from collections.abc import Mapping

from tinhdata.kernel import Text, t
from tinhdata.usage import Act

KEPT: tuple[Text, ...] = (
    t("For each dataset and day we keep how often a page, a file or an interface of it was used."),
    t("No address, no cookie, no account and no name of a browser is kept with it."),
    t("Readers that call themselves robots are counted apart; the name is forgotten at once."),
    t("Counts of single days become counts of months after thirteen months."),
    t("Counts are written every few seconds; after a sudden stop the last ones may be missing."),
)
"""The statement that stands beside every figure of use."""

ACTS: Mapping[Act, Text] = {
    Act.VIEW: t("Pages opened"),
    Act.DOWNLOAD: t("Files downloaded"),
    Act.CALL: t("Calls by programs"),
}
