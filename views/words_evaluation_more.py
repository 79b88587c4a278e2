"""Words of the quota, calibration, decisions, petitions, consequences and settings that data and rules declare."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

# What the ceiling does with a candidate
OUTCOMES = {
    "kept": _l("Giữ Hoàn thành xuất sắc"),
    "demoted": _l("Xuống Hoàn thành tốt"),
    "tied": _l("Bằng điểm, chờ chọn"),
    "": _l("Chưa kiểm tra"),
}
