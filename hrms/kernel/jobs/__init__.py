"""Background work: long work people ask for, and scheduled actions, on the same rails.

``@kind("name")`` declares how a kind of job is done, :func:`enqueue` asks for one, :func:`run_next` does the oldest;
``scheduled(ScheduledAction(…))`` declares a daily action, :func:`run_action` does it once a day among all processes.
"""

from hrms.kernel.jobs.board import Cancelled, Interrupted, Progress, interrupt
from hrms.kernel.jobs.queue import (
    CANCELLED,
    DONE,
    FAILED,
    QUEUED,
    RUNNING,
    Handler,
    JobRun,
    ask_cancel,
    enqueue,
    get_own,
    kind,
    requeue_lost,
    run_next,
    work_path,
)
from hrms.kernel.jobs.schedule import (
    ScheduledAction,
    ScheduledRun,
    actions,
    last_due,
    overdue,
    run_action,
    scheduled,
)

__all__ = [
    "CANCELLED",
    "DONE",
    "FAILED",
    "QUEUED",
    "RUNNING",
    "Cancelled",
    "Handler",
    "Interrupted",
    "JobRun",
    "Progress",
    "ScheduledAction",
    "ScheduledRun",
    "actions",
    "ask_cancel",
    "enqueue",
    "get_own",
    "interrupt",
    "kind",
    "last_due",
    "overdue",
    "requeue_lost",
    "run_action",
    "run_next",
    "scheduled",
    "work_path",
]
