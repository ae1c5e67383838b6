"""Metrics that say what they measure: every peak, range and interpolation is stated by the caller.

Arguments may be NumPy arrays, torch tensors or lists; results are Python floats or named tuples.
What would give a wrong or meaningless number is refused with a `MetricError`.
"""

from lcip.metrics.checks import MetricError
from lcip.metrics.features import nrmse, nrmse_from_psnr_db, psnr_db_from_nrmse
from lcip.metrics.images import bits_per_pixel, ms_ssim, ms_ssim_db, psnr_db

__all__ = [
    "MetricError",
    "bits_per_pixel",
    "ms_ssim",
    "ms_ssim_db",
    "nrmse",
    "nrmse_from_psnr_db",
    "psnr_db",
    "psnr_db_from_nrmse",
]
