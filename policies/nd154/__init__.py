"""NĐ 154/2025/NĐ-CP: staff reduction, leaves from 16/06/2025 to 31/12/2030."""
