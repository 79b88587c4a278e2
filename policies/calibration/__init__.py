"""Calibration of ratings: who rates far above or below the peers, and which score fits no level given to it."""

from policies.calibration.outliers import (
    FINDINGS,
    Finding,
    Rated,
    Tolerance,
    conspicuous_groups,
    misfit,
    tolerance,
)

__all__ = ["FINDINGS", "Finding", "Rated", "Tolerance", "conspicuous_groups", "misfit", "tolerance"]
