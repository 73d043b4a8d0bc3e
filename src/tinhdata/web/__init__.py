"""The pages: a request becomes one verb of a facade, its result becomes HTML. Decides nothing."""

from tinhdata.web.routes import router

__all__ = ["router"]
