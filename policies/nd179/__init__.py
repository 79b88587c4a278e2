"""NĐ 179/2024/NĐ-CP: attracting and using talented people."""
