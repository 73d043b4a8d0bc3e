"""The interface that CKAN's clients use: /api/3/action, /api/action and /datastore/dump.

Owns CKAN's envelope, names and searching syntax; what there is and who may see it is decided below.
Everything here is what anyone may see: cookies and keys say nothing, so no answer is ever private.
"""

from tinhdata.api.ckan.routes import router

__all__ = ["router"]
