"""NĐ 170/2025/NĐ-CP Điều 57–60: ordinary resignation of civil servants, for comparison only."""
