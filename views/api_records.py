"""Read-only REST resources of the records other systems ask for: units and staff.

Staff rows carry class C2 and, because the caller holds ``staff:read``, the C3 facts of a staff list; identity numbers,
health, religion, ethnicity and discipline (class C4) are never given here.
"""

from __future__ import annotations

from flask_appbuilder.models.sqla.interface import SQLAInterface

from models.organization import OrgUnit
from models.staff import Person
from views.fab_base import FilterWords, ScopedRestApi


class UnitApi(ScopedRestApi):
    """``/api/v1/units/``: the units of one's scope."""

    resource_name = "units"
    openapi_spec_tag = "Đơn vị"
    list_title, show_title = "Danh sách đơn vị", "Đơn vị"
    datamodel = SQLAInterface(OrgUnit)
    list_columns = [
        "id",
        "code",
        "name",
        "short_name",
        "kind",
        "level",
        "parent_id",
        "path",
        "depth",
        "funding",
        "valid_from",
        "valid_to",
    ]
    show_columns = [*list_columns, "paper_name", "paper_superior", "paper_symbol", "paper_place"]
    search_columns = ["code", "name", "kind", "level", "parent", "valid_from", "valid_to"]
    search_filters = {"name": [FilterWords]}
    order_columns = ["code", "name", "path", "valid_from"]
    order_by = {"name": "sort_key"}
    base_order = ("path", "asc")
    label_columns = {
        "id": "Mã bản ghi",
        "code": "Mã đơn vị",
        "name": "Tên đơn vị",
        "short_name": "Tên viết tắt",
        "kind": "Loại",
        "level": "Cấp",
        "parent_id": "Đơn vị cấp trên",
        "path": "Đường dẫn",
        "depth": "Bậc trong cây",
        "funding": "Nguồn kinh phí",
        "valid_from": "Có hiệu lực từ",
        "valid_to": "Đến hết ngày",
        "paper_name": "Tên trên văn bản",
        "paper_superior": "Cơ quan chủ quản trên văn bản",
        "paper_symbol": "Ký hiệu văn bản",
        "paper_place": "Địa danh trên văn bản",
    }


class StaffApi(ScopedRestApi):
    """``/api/v1/staff/``: the people of one's scope."""

    resource_name = "staff"
    openapi_spec_tag = "Cán bộ, công chức, viên chức"
    list_title, show_title = "Danh sách cán bộ, công chức, viên chức", "Hồ sơ cán bộ, công chức, viên chức"
    datamodel = SQLAInterface(Person)
    list_columns = [
        "id",
        "code",
        "full_name",
        "sex",
        "birth_date",
        "birth_precision",
        "category",
        "status",
        "unit_id",
        "title",
        "is_leader",
        "retirement_annex",
        "recruited_on",
    ]
    show_columns = [
        *list_columns,
        "state_service_from",
        "qualification",
        "political_theory",
        "state_management",
        "foreign_language",
        "informatics",
        "left_on",
        "version",
    ]
    search_columns = ["code", "full_name", "category", "status", "unit", "birth_date", "is_leader", "recruited_on"]
    search_filters = {"full_name": [FilterWords]}
    order_columns = ["code", "full_name", "birth_date", "recruited_on"]
    order_by = {"full_name": "sort_key"}
    base_order = ("sort_key", "asc")
    label_columns = {
        "id": "Mã bản ghi",
        "code": "Số hiệu cán bộ",
        "full_name": "Họ và tên",
        "sex": "Giới tính",
        "birth_date": "Ngày sinh",
        "birth_precision": "Độ chính xác ngày sinh",
        "category": "Đối tượng",
        "status": "Trạng thái",
        "unit_id": "Đơn vị",
        "title": "Chức vụ, chức danh",
        "is_leader": "Giữ chức vụ lãnh đạo",
        "retirement_annex": "Phụ lục tuổi nghỉ hưu",
        "recruited_on": "Ngày tuyển dụng",
        "state_service_from": "Vào cơ quan nhà nước",
        "qualification": "Trình độ chuyên môn",
        "political_theory": "Lý luận chính trị",
        "state_management": "Quản lý nhà nước",
        "foreign_language": "Ngoại ngữ",
        "informatics": "Tin học",
        "left_on": "Ngày thôi việc",
        "version": "Phiên bản",
    }
