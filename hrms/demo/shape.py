"""The shape of the invented province: bodies of the two old provinces, their divisions, and what became of them.

Only the names of provinces and departments are real (they are generic); districts, communes and schools are invented.
Dates and acts follow the law pack: departments merged from 01/03/2025, two tiers and the new province from 01/07/2025.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

REFOUNDED = date(1997, 1, 1)
DEPARTMENTS_MERGED = date(2025, 3, 1)
TWO_TIERS = date(2025, 7, 1)


@dataclass(frozen=True)
class Decision:
    """Number and date of the act a change rests on."""

    number: str
    day: date


FOUNDING = Decision("Nghị quyết ngày 06/11/1996 của Quốc hội", date(1996, 11, 6))
RESTRUCTURING = {
    "HY": Decision("512/NQ-HĐND", date(2025, 2, 20)),
    "TB": Decision("98/NQ-HĐND", date(2025, 2, 19)),
}
PROVINCES_MERGED = Decision("202/2025/QH15", date(2025, 6, 12))
COMMUNES_ARRANGED = Decision("1666/NQ-UBTVQH15", date(2025, 6, 16))


@dataclass(frozen=True)
class Body:
    """A department or the like; ``becomes`` is the key of the body it went into on 01/03/2025."""

    key: str
    name: str
    symbol: str
    kind: str
    head: str
    deputy: str
    divisions: tuple[str, ...]
    becomes: str = ""
    weight: int = 10


OFFICE = "Văn phòng"


def _so(key: str, name: str, *divisions: str, becomes: str = "", weight: int = 10) -> Body:
    return Body(key, name, key, "department", "Giám đốc", "Phó Giám đốc", (OFFICE, *divisions), becomes, weight)


BODIES = (
    Body("VP", "Văn phòng Ủy ban nhân dân tỉnh", "VP", "department", "Chánh Văn phòng", "Phó Chánh Văn phòng",
         ("Phòng Hành chính - Tổ chức", "Phòng Tổng hợp", "Phòng Kinh tế", "Phòng Nội chính"), weight=12),
    _so("STC", "Sở Tài chính", "Phòng Quản lý ngân sách", "Phòng Tài chính hành chính sự nghiệp",
        "Phòng Giá và Công sản"),
    _so("SKHDT", "Sở Kế hoạch và Đầu tư", "Phòng Tổng hợp, Quy hoạch", "Phòng Đăng ký kinh doanh", "Phòng Đấu thầu",
        becomes="STC", weight=8),
    _so("SXD", "Sở Xây dựng", "Phòng Quy hoạch - Kiến trúc", "Phòng Quản lý xây dựng", "Phòng Quản lý nhà"),
    _so("SGTVT", "Sở Giao thông vận tải", "Phòng Quản lý vận tải", "Phòng Kết cấu hạ tầng giao thông", becomes="SXD",
        weight=8),
    _so("SNN", "Sở Nông nghiệp và Phát triển nông thôn", "Phòng Kế hoạch - Tài chính", "Phòng Quản lý kỹ thuật",
        "Chi cục Thủy lợi", "Chi cục Chăn nuôi và Thú y", becomes="SNNMT", weight=16),
    _so("STNMT", "Sở Tài nguyên và Môi trường", "Phòng Quản lý đất đai", "Phòng Khoáng sản, Nước",
        "Chi cục Bảo vệ môi trường", becomes="SNNMT", weight=12),
    _so("SKHCN", "Sở Khoa học và Công nghệ", "Phòng Quản lý khoa học", "Phòng Sở hữu trí tuệ", weight=6),
    _so("STTTT", "Sở Thông tin và Truyền thông", "Phòng Công nghệ thông tin", "Phòng Báo chí", becomes="SKHCN",
        weight=6),
    _so("SNV", "Sở Nội vụ", "Phòng Tổ chức, biên chế", "Phòng Công chức, viên chức", "Phòng Cải cách hành chính"),
    _so("SLDTBXH", "Sở Lao động - Thương binh và Xã hội", "Phòng Người có công", "Phòng Việc làm", becomes="SNV",
        weight=8),
    _so("SVHTTDL", "Sở Văn hóa, Thể thao và Du lịch", "Phòng Quản lý văn hóa", "Phòng Quản lý thể dục thể thao"),
    _so("SGDDT", "Sở Giáo dục và Đào tạo", "Phòng Giáo dục phổ thông", "Phòng Tổ chức cán bộ"),
    _so("SYT", "Sở Y tế", "Phòng Nghiệp vụ y", "Phòng Tổ chức cán bộ", "Chi cục Dân số"),
    _so("SCT", "Sở Công Thương", "Phòng Quản lý thương mại", "Phòng Quản lý công nghiệp", "Chi cục Quản lý thị trường"),
    _so("STP", "Sở Tư pháp", "Phòng Hành chính tư pháp", "Phòng Xây dựng và kiểm tra văn bản", weight=5),
    Body("TTT", "Thanh tra tỉnh", "TTT", "department", "Chánh Thanh tra", "Phó Chánh Thanh tra",
         (OFFICE, "Phòng Nghiệp vụ 1", "Phòng Nghiệp vụ 2"), weight=7),
    Body("BQLKCN", "Ban Quản lý các khu công nghiệp tỉnh", "BQLKCN", "department", "Trưởng Ban", "Phó Trưởng Ban",
         (OFFICE, "Phòng Quản lý đầu tư", "Phòng Quản lý doanh nghiệp"), weight=5),
)  # fmt: skip
# Bodies that begin on 01/03/2025 instead of an old one going on.
NEW_BODIES = (
    _so("SNNMT", "Sở Nông nghiệp và Môi trường", "Phòng Kế hoạch - Tài chính", weight=0),
)  # fmt: skip
NEW_NAMES = {"SKHCN": "Sở Khoa học và Công nghệ", "SNV": "Sở Nội vụ", "SXD": "Sở Xây dựng", "STC": "Sở Tài chính"}

PARTY = (
    Body("VPTU", "Văn phòng Tỉnh ủy", "VPTU", "party", "Chánh Văn phòng", "Phó Chánh Văn phòng", (), weight=10),
    Body("BTCTU", "Ban Tổ chức Tỉnh ủy", "BTCTU", "party", "Trưởng Ban", "Phó Trưởng Ban", (), weight=7),
    Body(
        "BTGDVTU", "Ban Tuyên giáo và Dân vận Tỉnh ủy", "BTGDVTU", "party", "Trưởng Ban", "Phó Trưởng Ban", (), weight=7
    ),
    Body("UBKTTU", "Ủy ban Kiểm tra Tỉnh ủy", "UBKTTU", "party", "Chủ nhiệm", "Phó Chủ nhiệm", (), weight=6),
    Body("BNCTU", "Ban Nội chính Tỉnh ủy", "BNCTU", "party", "Trưởng Ban", "Phó Trưởng Ban", (), weight=4),
)
FRONT = (
    Body("MTTQ", "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh", "MTTQ", "front", "Chủ tịch", "Phó Chủ tịch", (), weight=6),
    Body("LDLD", "Liên đoàn Lao động tỉnh", "LĐLĐ", "front", "Chủ tịch", "Phó Chủ tịch", (), weight=4),
    Body("HND", "Hội Nông dân tỉnh", "HND", "front", "Chủ tịch", "Phó Chủ tịch", (), weight=3),
    Body("HPN", "Hội Liên hiệp Phụ nữ tỉnh", "HPN", "front", "Chủ tịch", "Phó Chủ tịch", (), weight=3),
    Body("TD", "Tỉnh đoàn", "TĐ", "front", "Bí thư", "Phó Bí thư", (), weight=3),
    Body("HCCB", "Hội Cựu chiến binh tỉnh", "HCCB", "front", "Chủ tịch", "Phó Chủ tịch", (), weight=2),
)
ASSOCIATIONS = (
    Body("HCTD", "Hội Chữ thập đỏ tỉnh", "HCTĐ", "association", "Chủ tịch", "Phó Chủ tịch", (), weight=4),
    Body("HVHNT", "Hội Văn học Nghệ thuật tỉnh", "HVHNT", "association", "Chủ tịch", "Phó Chủ tịch", (), weight=3),
    Body("LMHTX", "Liên minh Hợp tác xã tỉnh", "LMHTX", "association", "Chủ tịch", "Phó Chủ tịch", (), weight=3),
    Body("HNB", "Hội Nhà báo tỉnh", "HNB", "association", "Chủ tịch", "Phó Chủ tịch", (), weight=2),
)
DISTRICT_OFFICES = (
    ("VP", "Văn phòng HĐND và UBND"),
    ("NV", "Phòng Nội vụ"),
    ("TCKH", "Phòng Tài chính - Kế hoạch"),
    ("KTHT", "Phòng Kinh tế, Hạ tầng và Đô thị"),
    ("VHTT", "Phòng Văn hóa, Khoa học và Thông tin"),
)
COMMUNE_OFFICES = (
    ("VP", "Văn phòng HĐND và UBND"),
    ("KT", "Phòng Kinh tế"),
    ("VHXH", "Phòng Văn hóa - Xã hội"),
    ("HCC", "Trung tâm Phục vụ hành chính công"),
)
WARD_ECONOMY = "Phòng Kinh tế, Hạ tầng và Đô thị"


@dataclass(frozen=True)
class Province:
    """An old province: its districts, and the communes and wards its area was arranged into."""

    key: str
    name: str
    districts: int
    communes: int
    wards: int


PROVINCES = (Province("HY", "Hưng Yên", 10, 33, 6), Province("TB", "Thái Bình", 8, 60, 5))
OLD_PER_NEW = 3  # former communes that went into one new one


@dataclass(frozen=True)
class ServiceKind:
    """A kind of public service unit: under which body, how its people are classed and paid, how many people it has."""

    key: str
    title: str  # of the unit, with {place}
    under: str
    funding: str
    head: str
    deputy: str
    trade: str  # how its people are graded: see careers.TRADES
    size: int
    share: int  # of all service units, in per mille


SERVICES = (
    ServiceKind("BV", "Bệnh viện Đa khoa {place}", "SYT", "self", "Giám đốc", "Phó Giám đốc", "health", 180, 12),
    ServiceKind("BVP", "Bệnh viện Phổi {place}", "SYT", "partly", "Giám đốc", "Phó Giám đốc", "hazard", 70, 8),
    ServiceKind("TTYT", "Trung tâm Y tế {place}", "SYT", "partly", "Giám đốc", "Phó Giám đốc", "health", 60, 60),
    ServiceKind("THPT", "Trường Trung học phổ thông {place}", "SGDDT", "partly", "Hiệu trưởng", "Phó Hiệu trưởng",
                "upper", 55, 110),
    ServiceKind("TTKN", "Trung tâm Khuyến nông {place}", "SNN", "budget", "Giám đốc", "Phó Giám đốc",
                "general", 22, 20),
    ServiceKind("TTKT", "Trung tâm Quan trắc {place}", "STNMT", "self", "Giám đốc", "Phó Giám đốc", "hazard", 18, 15),
    ServiceKind("BT", "Bảo tàng {place}", "SVHTTDL", "budget", "Giám đốc", "Phó Giám đốc", "general", 18, 15),
    ServiceKind("TTDVVL", "Trung tâm Dịch vụ việc làm {place}", "SLDTBXH", "partly", "Giám đốc", "Phó Giám đốc",
                "general", 20, 20),
    ServiceKind("THCS", "Trường Trung học cơ sở {place}", "", "budget", "Hiệu trưởng", "Phó Hiệu trưởng",
                "lower", 35, 260),
    ServiceKind("TH", "Trường Tiểu học {place}", "", "budget", "Hiệu trưởng", "Phó Hiệu trưởng", "primary", 35, 270),
    ServiceKind("MN", "Trường Mầm non {place}", "", "partly", "Hiệu trưởng", "Phó Hiệu trưởng", "nursery", 32, 210),
)  # fmt: skip
