"""What can go wrong when something is looked up in the dictionary."""

from tinhdata.kernel import Problem


class NoSuchElement(Problem):
    """The dictionary holds no element with this code."""

    code = "no-such-element"


class DictionaryMissing(Problem):
    """The province keeps no data dictionary, or none was released yet."""

    code = "dictionary-missing"
