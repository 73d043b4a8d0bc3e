"""Questions in SQL over several releases: five layers, each of them needed, none trusting another.

`forms` says what may be asked, `names` what each name means, `sight` lays what the permits show in
its place, `lock` opens an engine that can reach nothing else, `bounds` ends what takes too much.
Each layer is a function from values to values; `desk` puts them in a row.
"""

from tinhdata.warehouse.asking.bounds import answer
from tinhdata.warehouse.asking.desk import Desk, question
from tinhdata.warehouse.asking.forms import read
from tinhdata.warehouse.asking.lock import locked
from tinhdata.warehouse.asking.model import Answer, Field, Named, Question, Source
from tinhdata.warehouse.asking.names import chosen, named
from tinhdata.warehouse.asking.sight import restricted
from tinhdata.warehouse.asking.words import in_words

__all__ = [
    "Answer",
    "Desk",
    "Field",
    "Named",
    "Question",
    "Source",
    "answer",
    "chosen",
    "in_words",
    "locked",
    "named",
    "question",
    "read",
    "restricted",
]
