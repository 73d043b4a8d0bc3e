"""How much datasets are used, without knowing by whom: counts per dataset, day, act and form.

No address, no cookie, no account and no user agent gets here; what is not taken in cannot be lost.
"""

from tinhdata.usage.model import Act, Count, Sum, Use
from tinhdata.usage.rules import is_robot, summed
from tinhdata.usage.service import Usage

__all__ = ["Act", "Count", "Sum", "Usage", "Use", "is_robot", "summed"]
