"""Durable work in the metadata database: enqueue with a transaction, leases, retries, schedules."""

from tinhdata.work.errors import LeaseLost, WorkNotFound
from tinhdata.work.lease import WorkContext
from tinhdata.work.model import ExhaustedHook, WorkItem, WorkState, WorkStatus
from tinhdata.work.service import Handler, WorkQueue

__all__ = [
    "ExhaustedHook",
    "Handler",
    "LeaseLost",
    "WorkContext",
    "WorkItem",
    "WorkNotFound",
    "WorkQueue",
    "WorkState",
    "WorkStatus",
]
