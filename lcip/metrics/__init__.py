"""Metrics that say what they measure: every peak, range and interpolation is stated by the caller.

Arguments may be NumPy arrays, torch tensors or lists; results are Python floats or named tuples.
What would give a wrong or meaningless number is refused with a `MetricError`.
"""

from lcip.metrics.accuracy import Accuracy, accuracy_percent, wilson_interval
from lcip.metrics.checks import MetricError
from lcip.metrics.curves import (
    Curve,
    curve,
    extend_flat,
    lower_convex_hull,
    quality_at_rate,
    rate_at_quality,
)
from lcip.metrics.deltas import bd_quality, bd_rate_percent, mean_rate_change_percent
from lcip.metrics.features import nrmse, nrmse_from_psnr_db, psnr_db_from_nrmse
from lcip.metrics.images import bits_per_pixel, ms_ssim, ms_ssim_db, psnr_db
from lcip.metrics.points import chamfer, d1_psnr_db, largest_gap
from lcip.metrics.rate_distortion import (
    RateBounds,
    RatePoint,
    blahut_arimoto,
    rate_at_distortion,
)

__all__ = [
    "Accuracy",
    "Curve",
    "MetricError",
    "RateBounds",
    "RatePoint",
    "accuracy_percent",
    "bd_quality",
    "bd_rate_percent",
    "bits_per_pixel",
    "blahut_arimoto",
    "chamfer",
    "curve",
    "d1_psnr_db",
    "extend_flat",
    "largest_gap",
    "lower_convex_hull",
    "mean_rate_change_percent",
    "ms_ssim",
    "ms_ssim_db",
    "nrmse",
    "nrmse_from_psnr_db",
    "psnr_db",
    "psnr_db_from_nrmse",
    "quality_at_rate",
    "rate_at_distortion",
    "rate_at_quality",
    "wilson_interval",
]
