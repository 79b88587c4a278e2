"""What people of the demonstration province write: tasks by trade, remarks by level, petitions, minutes.

Sentences are invented; no name, number or event of a real person stands in them.
"""

from __future__ import annotations

# Tasks by trade: (name, unit of count, assigned in a quarter).
TASKS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "office": (
        ("Tham mưu văn bản chỉ đạo, điều hành thuộc lĩnh vực phụ trách", "văn bản", 18),
        ("Giải quyết hồ sơ thủ tục hành chính được phân công", "hồ sơ", 64),
        ("Xây dựng báo cáo định kỳ của phòng", "báo cáo", 6),
        ("Thẩm định hồ sơ, đề án theo phân công", "hồ sơ", 9),
        ("Kiểm tra việc chấp hành quy định tại cơ sở", "cuộc", 3),
        ("Số hóa hồ sơ, cập nhật cơ sở dữ liệu chuyên ngành", "hồ sơ", 120),
        ("Trả lời kiến nghị của cử tri, doanh nghiệp", "văn bản", 5),
        ("Chuẩn bị nội dung cuộc họp, hội nghị của lãnh đạo", "cuộc", 7),
        ("Rà soát, sắp xếp tổ chức bộ máy theo kế hoạch", "đề án", 1),
        ("Theo dõi, đôn đốc nhiệm vụ Ủy ban nhân dân tỉnh giao", "nhiệm vụ", 12),
    ),
    "leader": (
        ("Chỉ đạo thực hiện chương trình công tác quý của đơn vị", "nhiệm vụ", 22),
        ("Phê duyệt, ký ban hành văn bản theo thẩm quyền", "văn bản", 85),
        ("Chủ trì xây dựng đề án, kế hoạch trình cấp trên", "đề án", 3),
        ("Tiếp công dân, giải quyết đơn thư theo thẩm quyền", "buổi", 6),
        ("Chỉ đạo cải cách hành chính, chuyển đổi số của đơn vị", "nhiệm vụ", 8),
        ("Kiểm tra, giám sát các bộ phận trực thuộc", "cuộc", 4),
        ("Chỉ đạo giải ngân vốn, dự toán được giao", "dự án", 5),
    ),
    "school": (
        ("Giảng dạy theo kế hoạch giáo dục", "tiết", 228),
        ("Ra đề, chấm bài kiểm tra định kỳ", "bài", 190),
        ("Công tác chủ nhiệm lớp", "lớp", 1),
        ("Bồi dưỡng học sinh giỏi, phụ đạo học sinh yếu", "buổi", 14),
        ("Sinh hoạt chuyên môn, dự giờ đồng nghiệp", "tiết", 9),
        ("Xây dựng học liệu số, bài giảng điện tử", "bài", 6),
        ("Phối hợp với cha mẹ học sinh", "cuộc", 3),
    ),
    "health": (
        ("Khám, điều trị người bệnh theo phân công", "lượt", 860),
        ("Chăm sóc người bệnh nội trú", "lượt", 320),
        ("Trực chuyên môn", "phiên", 18),
        ("Thực hiện kỹ thuật, thủ thuật chuyên môn", "lượt", 140),
        ("Cập nhật hồ sơ bệnh án điện tử", "hồ sơ", 410),
        ("Truyền thông, tư vấn sức khỏe tại cơ sở", "buổi", 4),
        ("Đào tạo, hướng dẫn nhân viên mới", "người", 2),
    ),
    "local": (
        ("Giải quyết hồ sơ một cửa thuộc lĩnh vực được giao", "hồ sơ", 95),
        ("Tham mưu quyết định, báo cáo của Ủy ban nhân dân", "văn bản", 16),
        ("Kiểm tra hiện trạng, lập biên bản tại địa bàn", "cuộc", 8),
        ("Tuyên truyền, vận động Nhân dân thực hiện chính sách", "buổi", 5),
        ("Chi trả chế độ, chính sách đúng đối tượng", "lượt", 130),
        ("Chuẩn bị bàn giao hồ sơ khi sắp xếp đơn vị hành chính", "hồ sơ", 240),
        ("Hòa giải, trả lời đơn thư của công dân", "vụ việc", 4),
    ),
    "party": (
        ("Tham mưu văn bản của cấp ủy", "văn bản", 14),
        ("Theo dõi, nắm tình hình tổ chức cơ sở đảng", "cơ sở", 9),
        ("Thẩm định hồ sơ công tác cán bộ", "hồ sơ", 21),
        ("Chuẩn bị tài liệu đại hội đảng bộ các cấp", "tài liệu", 7),
        ("Tổ chức hội nghị, lớp bồi dưỡng", "cuộc", 3),
        ("Báo cáo định kỳ, chuyên đề", "báo cáo", 6),
    ),
    "support": (
        ("Lái xe phục vụ công tác", "chuyến", 46),
        ("Trực bảo vệ cơ quan theo ca", "ca", 60),
        ("Vệ sinh, chuẩn bị phòng họp", "buổi", 58),
        ("Bảo dưỡng phương tiện, thiết bị", "lần", 4),
        ("Chuyển giao công văn, tài liệu", "lượt", 75),
    ),
}
EVIDENCE = (
    "Kết quả trên phần mềm quản lý văn bản và điều hành",
    "Thống kê của Trung tâm Phục vụ hành chính công",
    "Sổ theo dõi công việc hằng tháng của phòng",
    "Thông báo kết luận giao ban của lãnh đạo đơn vị",
    "Báo cáo quý đã được phê duyệt",
)
STRENGTHS = {
    "HTXS": (
        "Chủ động, sáng tạo; nhiều nhiệm vụ vượt tiến độ, có sáng kiến được áp dụng tại đơn vị.",
        "Hoàn thành toàn bộ nhiệm vụ với chất lượng cao, hỗ trợ đồng nghiệp xử lý việc khó, việc mới.",
        "Tham mưu kịp thời, trúng vấn đề; được lãnh đạo giao thêm việc ngoài kế hoạch và làm tốt.",
    ),
    "HTT": (
        "Chấp hành tốt chủ trương, quy định; hoàn thành nhiệm vụ đúng tiến độ, bảo đảm chất lượng.",
        "Có trách nhiệm, nắm chắc chuyên môn; phối hợp tốt với các bộ phận liên quan.",
        "Giữ gìn đoàn kết, lề lối làm việc nghiêm túc; thái độ đúng mực với người dân.",
        "Hoàn thành khối lượng công việc được giao, hồ sơ giải quyết đúng hạn.",
    ),
    "HT": (
        "Chấp hành sự phân công; hoàn thành các nhiệm vụ cơ bản được giao.",
        "Có cố gắng trong công việc, chấp hành nội quy cơ quan.",
    ),
    "KHT": ("Chấp hành giờ giấc làm việc; có tham gia các phong trào của cơ quan.",),
}
WEAKNESSES = {
    "HTXS": (
        "Đôi lúc còn ôm việc, chưa chia sẻ kịp thời với đồng nghiệp.",
        "Chưa dành nhiều thời gian cho nghiên cứu chuyên sâu.",
    ),
    "HTT": (
        "Tham mưu có lúc chưa thật chủ động.",
        "Ứng dụng công nghệ thông tin còn hạn chế, cần bồi dưỡng thêm.",
        "Công tác phối hợp với cơ sở có việc chưa thường xuyên.",
        "Chưa có nhiều sáng kiến trong công việc.",
    ),
    "HT": (
        "Một số nhiệm vụ chậm so với thời hạn; chất lượng văn bản còn phải sửa nhiều lần.",
        "Nắm quy định mới chưa kịp thời, còn để hồ sơ quá hạn.",
    ),
    "KHT": ("Nhiều nhiệm vụ không hoàn thành hoặc chậm kéo dài, đã được nhắc nhở nhưng chưa khắc phục.",),
}
CAUSES = (
    "Khối lượng công việc lớn, một số văn bản hướng dẫn ban hành chậm.",
    "Bản thân chưa sắp xếp công việc thật khoa học.",
    "Kinh nghiệm ở lĩnh vực mới được giao còn ít.",
    "Bộ máy đang sắp xếp, nhiệm vụ chuyển giao nhiều.",
)
REMEDIES = (
    "Lập kế hoạch tuần, rà soát tiến độ vào cuối mỗi ngày.",
    "Tham gia lớp bồi dưỡng kỹ năng số, tự nghiên cứu quy định mới.",
    "Chủ động báo cáo khó khăn trước hạn, tăng cường phối hợp.",
    "Đăng ký một sáng kiến cải cách hành chính trong kỳ tới.",
)
RESULTS = {
    "HTXS": "Hoàn thành 100% nhiệm vụ đúng và trước hạn, hơn một nửa số việc vượt chỉ tiêu, chất lượng cao.",
    "HTT": "Hoàn thành 100% nhiệm vụ được giao, đúng tiến độ, bảo đảm chất lượng.",
    "HT": "Hoàn thành các nhiệm vụ được giao; còn việc chậm tiến độ, phải chỉnh sửa nhiều lần.",
    "KHT": "Còn nhiều nhiệm vụ chưa hoàn thành; phần lớn chưa bảo đảm tiến độ, chất lượng.",
}
OUTLOOK = (
    "Có khả năng đảm nhận nhiệm vụ cao hơn.",
    "Phát triển tốt ở vị trí hiện tại.",
    "Cần tiếp tục bồi dưỡng chuyên môn, nghiệp vụ.",
)
REMARKS = {
    "HTXS": (
        "Kết quả nổi trội trong phòng, có sản phẩm cụ thể vượt kế hoạch. Đề nghị hoàn thành xuất sắc.",
        "Nhất trí với tự đánh giá; là nòng cốt chuyên môn, nhiều việc hoàn thành trước hạn.",
    ),
    "HTT": (
        "Hoàn thành tốt nhiệm vụ, tinh thần trách nhiệm cao. Đề nghị hoàn thành tốt.",
        "Nhất trí với tự đánh giá. Cần chủ động hơn trong tham mưu việc mới.",
        "Việc đúng hạn, bảo đảm chất lượng; tiếp tục phát huy.",
    ),
    "HT": (
        "Hoàn thành nhiệm vụ nhưng còn chậm một số việc; đề nghị khắc phục trong kỳ tới.",
        "Chất lượng tham mưu chưa đều, cần rèn thêm kỹ năng soạn thảo.",
    ),
    "KHT": ("Không hoàn thành phần lớn nhiệm vụ được giao dù đã được đôn đốc nhiều lần.",),
}
SPOKEN = {
    "HTXS": "Hội nghị nhất trí đánh giá cao kết quả và tinh thần làm việc.",
    "HTT": "Hội nghị nhất trí với nhận xét của lãnh đạo đơn vị.",
    "HT": "Hội nghị đề nghị rút kinh nghiệm về tiến độ, nhất trí mức hoàn thành nhiệm vụ.",
    "KHT": "Hội nghị phân tích rõ hạn chế, thống nhất mức không hoàn thành nhiệm vụ.",
}
PARTY = {
    "HTXS": "Cấp ủy nhất trí đề nghị mức hoàn thành xuất sắc nhiệm vụ.",
    "HTT": "Cấp ủy nhất trí đề nghị mức hoàn thành tốt nhiệm vụ.",
    "HT": "Cấp ủy nhất trí đề nghị mức hoàn thành nhiệm vụ, yêu cầu khắc phục hạn chế đã nêu.",
    "KHT": "Cấp ủy nhất trí đề nghị mức không hoàn thành nhiệm vụ.",
}
MINUTES = (
    "Người chủ trì nêu mục đích, yêu cầu và tiêu chuẩn các mức xếp loại. Từng cá nhân trình bày báo cáo tự đánh giá. "
    "Hội nghị thảo luận, góp ý; người đứng đầu nhận xét từng người. Hội nghị biểu quyết mức đề nghị đối với từng cá "
    "nhân. Biên bản được đọc và thông qua tại cuộc họp.",
    "Sau khi nghe quán triệt quy định, các thành viên lần lượt tự nhận xét, tập thể đóng góp ý kiến thẳng thắn, tập "
    "trung vào tiến độ và chất lượng công việc. Kết quả biểu quyết được ghi theo từng người. Biên bản đã được thông "
    "qua trước hội nghị.",
)
COLLECTIVE_STRENGTHS = {
    "HTXS": "Hoàn thành toàn diện chương trình công tác, nhiều chỉ tiêu vượt kế hoạch; nội bộ đoàn kết, kỷ cương.",
    "HTT": "Hoàn thành các chỉ tiêu, nhiệm vụ được giao; kỷ luật, kỷ cương hành chính được giữ vững.",
    "HT": "Hoàn thành các nhiệm vụ cơ bản; nội bộ đoàn kết.",
}
COLLECTIVE_WEAKNESSES = {
    "HTXS": "Một số việc mới triển khai còn cần thời gian để ổn định.",
    "HTT": "Tỷ lệ hồ sơ trực tuyến toàn trình ở một số lĩnh vực còn thấp; có nhiệm vụ xử lý sát hạn.",
    "HT": "Còn nhiệm vụ quá hạn; giải ngân chậm; chỉ số cải cách hành chính giảm so với kỳ trước.",
}
COLLECTIVE_OPINIONS = (
    "Cấp ủy, công đoàn nhất trí với báo cáo tự đánh giá.",
    "Các bộ phận nhất trí; đề nghị quan tâm hơn công tác chuyển đổi số.",
    "Nhất trí; đề nghị phân công lại nhiệm vụ sau sắp xếp để giảm việc quá hạn.",
)
# Petitions: content, answer when the result stands, answer when it changes.
PETITIONS = (
    (
        "Tôi đề nghị xem xét lại mức xếp loại vì có hai nhiệm vụ đột xuất do lãnh đạo giao đã hoàn thành trước hạn "
        "nhưng chưa được tính vào kết quả công việc.",
        "Qua đối chiếu, hai nhiệm vụ nêu trong đơn đã được tính trong nhóm việc theo dõi, đôn đốc. Kết quả xếp loại "
        "được giữ nguyên.",
        "Qua đối chiếu hồ sơ công việc, hai nhiệm vụ đột xuất chưa được ghi nhận. Chấp nhận kiến nghị, quyết định lại "
        "mức xếp loại.",
    ),
    (
        "Phiếu của tôi bị tính một hồ sơ chậm trong khi hồ sơ đó tạm dừng do chờ ý kiến của cơ quan phối hợp.",
        "Thời gian chờ ý kiến phối hợp đã được trừ; hồ sơ vẫn quá hạn do xử lý nội bộ. Kết quả được giữ nguyên.",
        "Xác nhận hồ sơ tạm dừng vì lý do khách quan. Điều chỉnh kết quả xếp loại theo quy định.",
    ),
    (
        "Tôi đề nghị được biết căn cứ xếp mức hoàn thành tốt trong khi điểm tự chấm và điểm của đơn vị đều trên 90.",
        "Số người đạt điều kiện hoàn thành xuất sắc vượt tỷ lệ tối đa của nhóm; thứ tự theo điểm của ông (bà) đứng sau "
        "số chỗ được công nhận. Kết quả được giữ nguyên.",
        "Thứ tự theo điểm trong nhóm được tính lại sau khi có người rút khỏi diện xét. Chấp nhận kiến nghị.",
    ),
)
# The administrative-reform index: area, highest points, weakness, remedy.
REFORM = (
    ("Công tác chỉ đạo, điều hành cải cách hành chính", "9.5", "", ""),
    (
        "Xây dựng và tổ chức thực hiện thể chế",
        "10",
        "Chậm kiểm tra văn bản quy phạm pháp luật thuộc phạm vi quản lý.",
        "Hoàn thành kiểm tra, tự rà soát văn bản còn lại trong quý tới.",
    ),
    (
        "Cải cách thủ tục hành chính",
        "13.5",
        "Còn hồ sơ giải quyết quá hạn, chưa có thư xin lỗi theo quy định.",
        "Đối soát hồ sơ hằng tuần, công khai hồ sơ quá hạn theo từng người.",
    ),
    ("Cải cách tổ chức bộ máy", "10.5", "", ""),
    (
        "Cải cách chế độ công vụ",
        "14.5",
        "Tỷ lệ công chức bố trí đúng vị trí việc làm chưa đạt; báo cáo đánh giá nộp chậm.",
        "Điều chỉnh bố trí theo đề án vị trí việc làm đã duyệt.",
    ),
    ("Cải cách tài chính công", "11.5", "Giải ngân vốn đầu tư công dưới kế hoạch.", "Rà soát, điều chuyển vốn chậm."),
    (
        "Xây dựng chính quyền số",
        "15.5",
        "Tỷ lệ hồ sơ trực tuyến toàn trình và số hóa kết quả giải quyết còn thấp.",
        "Giao chỉ tiêu số hóa cho từng bộ phận, hỗ trợ người dân nộp trực tuyến.",
    ),
    ("Tác động của cải cách đến người dân, tổ chức", "15", "", ""),
)
TIE_REASON = "Ưu tiên người có nhiều nhiệm vụ đột xuất hoàn thành trước hạn trong kỳ theo thống nhất của lãnh đạo."
MANUAL_REASON = (
    "Quy định không xác định mức cho trường hợp này; quyết định căn cứ kết quả thực tế và ý kiến của hội nghị đơn vị."
)
SITTING = (
    "Hội nghị so sánh tỷ lệ xuất sắc giữa các phòng, phân tích từng trường hợp, biểu quyết công khai. Ba đề xuất điều "
    "chỉnh xuống mức hoàn thành tốt được thông qua, một đề xuất không được thông qua."
)


def trade_of(klass: str, agency_code: str, kind: str, leads: bool) -> str:
    """Which pool of tasks fits somebody of a class in an agency."""
    if leads:
        return "leader"
    if klass == "HD":
        return "support"
    if kind == "service_unit":
        head = agency_code.split("-")[0]
        if head in ("BV", "BVP", "TTYT"):
            return "health"
        return "school" if head in ("THPT", "THCS", "TH", "MN") else "office"
    return {"district": "local", "commune": "local", "party": "party", "front": "party"}.get(kind, "office")
