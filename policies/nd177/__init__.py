"""NĐ 177/2024/NĐ-CP: cadres not re-elected, not re-appointed, and those leaving by own wish."""
