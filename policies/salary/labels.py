"""Vietnamese names of the allowances a case may carry."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ALLOWANCE_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "coefficient": "Hệ số lương",
        "leadership": "Phụ cấp chức vụ lãnh đạo",
        "beyond_frame_percent": "Phụ cấp thâm niên vượt khung",
        "seniority_percent": "Phụ cấp thâm niên nghề",
        "profession_preferential_percent": "Phụ cấp ưu đãi theo nghề",
        "profession_responsibility_percent": "Phụ cấp trách nhiệm theo nghề",
        "public_service_percent": "Phụ cấp công vụ",
        "party_union_percent": "Phụ cấp công tác đảng, đoàn thể chính trị - xã hội",
        "retained_difference": "Hệ số chênh lệch bảo lưu lương",
        "area": "Phụ cấp khu vực",
        "attraction": "Phụ cấp thu hút",
        "attraction_percent": "Phụ cấp thu hút",
        "job_responsibility": "Phụ cấp trách nhiệm công việc",
        "responsibility": "Phụ cấp trách nhiệm công việc",
        "hazard": "Phụ cấp độc hại, nguy hiểm",
        "hazardous": "Phụ cấp độc hại, nguy hiểm",
        "party_committee": "Phụ cấp trách nhiệm cấp ủy viên",
        "chief_accountant": "Phụ cấp trách nhiệm kế toán trưởng",
        "concurrent": "Phụ cấp kiêm nhiệm",
        "concurrent_percent": "Phụ cấp kiêm nhiệm",
        "mobility": "Phụ cấp lưu động",
        "special_area_percent": "Phụ cấp đặc biệt",
        "longevity_special_area": "Phụ cấp công tác lâu năm ở vùng đặc biệt khó khăn",
    }
)
