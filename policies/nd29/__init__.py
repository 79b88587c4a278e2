"""NĐ 29/2023/NĐ-CP: staff reduction before NĐ 154, for history and disputes."""
