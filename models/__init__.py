"""Tables, one module per domain. Importing this package registers every table with the metadata."""

from hrms.kernel import attachments, commands, history, jobs, numbering, workflow  # noqa: F401 - their tables too
from models import (  # noqa: F401
    account,
    evaluation,
    evaluation_settings,
    importing,
    law,
    notification,
    organization,
    reporting,
    restructuring,
    roles,
    rotation,
    scenario,
    staff,
    work_calendar,
)
