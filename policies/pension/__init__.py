"""Pension law as far as leave benefits and the planner need it (Luật BHXH 41/2024/QH15)."""
