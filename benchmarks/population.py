"""A made-up administration as a frame for ``policies.batch``: the mix of a province, the same people every time."""

from __future__ import annotations

import numpy as np
import pandas as pd

CATEGORIES = ("civil_servant", "public_employee", "commune_official", "contract_worker", "cadre", "association_staff")
COEFFICIENTS = tuple(f"{first + step * 0.33:.2f}" for first in (1.86, 2.10, 2.34, 4.00, 4.40) for step in range(9))


def population(size: int, seed: int = 178) -> pd.DataFrame:
    """``size`` people who would leave on 01/08/2025, one reorganisation in force since 01/07/2025."""
    rng = np.random.default_rng(seed)
    birth = np.datetime64("1963-01-01", "D") + rng.integers(0, 365 * 38, size)
    age = (np.datetime64("2025-08-01", "D") - birth).astype(np.int64) // 365
    worked = np.maximum(0, (age - rng.integers(20, 30, size)) * 12 + rng.integers(0, 12, size))
    category = rng.choice(len(CATEGORIES), size, p=(0.16, 0.62, 0.12, 0.06, 0.02, 0.02))

    def words(codes: np.ndarray, values: tuple[str, ...]) -> pd.Categorical:
        return pd.Categorical.from_codes(codes.astype(np.int16), categories=list(values))

    teacher = (category == 1) & (rng.random(size) < 0.8)
    return pd.DataFrame(
        {
            "sex": words(rng.integers(0, 2, size), ("male", "female")),
            "birth_date": birth.astype("datetime64[s]"),
            "category": words(category, CATEGORIES),
            "retirement_annex": words((rng.random(size) < 0.05).astype(int), ("I", "II")),
            "social_insurance_months": worked,
            "public_service_months": worked - (worked * (rng.random(size) < 0.1)) // 3,
            "coefficient": words(rng.integers(0, len(COEFFICIENTS), size), COEFFICIENTS),
            "leadership": words(rng.choice(4, size, p=(0.8, 0.1, 0.06, 0.04)), ("0", "0.3", "0.5", "0.9")),
            "beyond_frame_percent": words(rng.choice(4, size, p=(0.85, 0.05, 0.05, 0.05)), ("0", "5", "7", "11")),
            "profession_preferential_percent": words(np.where(teacher, 1, 0), ("0", "30")),
            "seniority_percent": words(np.where(teacher, np.minimum(worked // 12, 39), 0), tuple(map(str, range(40)))),
            "public_service_percent": words(np.where((category == 0) | (category == 2), 1, 0), ("0", "25")),
            "average_60_months": rng.integers(60, 200, size) * 100_000,
            "education_or_health": teacher,
            "directly_affected": rng.random(size) < 0.6,
            "restructuring_effective_date": np.full(size, np.datetime64("2025-07-01", "s")),
            "leave_date": np.full(size, np.datetime64("2025-08-01", "s")),
        }
    )
