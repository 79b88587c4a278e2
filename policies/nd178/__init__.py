"""NĐ 178/2024/NĐ-CP as amended by NĐ 67/2025/NĐ-CP: restructuring of the political system."""
