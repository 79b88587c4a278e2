"""NQ 07/2025/NQ-CP: groups the restructuring reached and no decree named."""
