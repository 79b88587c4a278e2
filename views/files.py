"""Files of records. There is no address of a file alone: one goes record → scope → file (trap 10)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import send_file
from flask_appbuilder import BaseView, Model, expose

from hrms.commands import security_log
from hrms.kernel import access
from hrms.kernel.attachments import Attachment, path_of
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound
from views.rules import signed_in


@lru_cache(maxsize=1)
def _models() -> dict[str, type[Any]]:
    """Record types that can carry files: every table with a declared scope."""
    return {
        mapper.class_.__tablename__: mapper.class_
        for mapper in Model.registry.mappers
        if access.is_scoped(mapper.class_)
    }


def model_of(record_type: str) -> type[Any]:
    """The model filed under ``record_type``. Raises :class:`NotFound`."""
    try:
        return _models()[record_type]
    except KeyError:
        raise NotFound() from None


class FileView(BaseView):
    """``/files/<record type>/<record id>/<attachment id>``"""

    route_base = "/files"

    @expose("/<record_type>/<int:record_id>/<int:attachment_id>")
    @signed_in
    def download(self, record_type: str, record_id: int, attachment_id: int) -> Any:
        """The file, for whoever may read the record it hangs on; always saved, never shown inside our pages."""
        record = access.get(model_of(record_type), record_id)
        row = db.session.get(Attachment, attachment_id)
        if row is None or row.removed_at is not None or (row.record_type, row.record_id) != (record_type, record.id):
            raise NotFound()
        path, name, media = path_of(row.file.sha256), row.name, row.file.media_type
        if not path.is_file():
            raise NotFound()
        security_log.record("file", f"{record_type} {record_id}", f"attachment {attachment_id}")
        answer = send_file(path, mimetype=media, as_attachment=True, download_name=name, etag=False)
        answer.headers["Cache-Control"] = "no-store"  # personal data stays in no shared cache
        return answer
