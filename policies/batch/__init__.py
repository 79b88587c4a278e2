"""Many persons at once: the same law in exact int64 arithmetic, equal to the one-case path to the đồng.

``calculate(frame)`` takes one row per person and gives one row per person, same index and order. Within a group of rows
whose leave dates see the same parameter values everything is computed column by column; the values are looked up in
the same store as the one-case path, so the law is written once.
"""

from policies.batch.frame import calculate, calculate_months

__all__ = ["calculate", "calculate_months"]
