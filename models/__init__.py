"""Tables, one module per domain. Importing this package registers every table with the metadata."""

from models import account, organization, restructuring, roles, staff  # noqa: F401
