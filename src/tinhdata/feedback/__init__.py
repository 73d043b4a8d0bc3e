"""The closed loop: errors reported, data asked for, reuses shown, questions, follows.

Each item waits for its agency with a clock; how fast it was answered is a fact of the journal.
"""

from tinhdata.feedback.errors import ItemClosed, ItemInvalid, ItemUnknown, TooManyItems
from tinhdata.feedback.follows import Follows
from tinhdata.feedback.model import (
    PUBLIC,
    Answer,
    Counts,
    Deadlines,
    Follow,
    FollowState,
    Item,
    Kind,
    NewFollow,
    NewItem,
    Place,
    SavedFilter,
    State,
)
from tinhdata.feedback.rules import KIND_WORDS, STATE_WORDS
from tinhdata.feedback.service import Feedback

__all__ = [
    "KIND_WORDS",
    "PUBLIC",
    "STATE_WORDS",
    "Answer",
    "Counts",
    "Deadlines",
    "Feedback",
    "Follow",
    "FollowState",
    "Follows",
    "Item",
    "ItemClosed",
    "ItemInvalid",
    "ItemUnknown",
    "Kind",
    "NewFollow",
    "NewItem",
    "Place",
    "SavedFilter",
    "State",
    "TooManyItems",
]
