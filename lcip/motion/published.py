"""The published error curves, digitised: other networks, other pictures; context, not a target."""

from collections.abc import Mapping

import pandas as pd

from lcip import results
from lcip.errors import refusal
from lcip.motion.affine import MotionError


def curves() -> pd.DataFrame:
    """Every digitised point: `transform`, `model_layer`, `stride`, `parameter_value`, `nrmse`."""
    layers = results.read_published("motion_layers")
    names = layers["model"] + " " + layers["layer"]
    strides = dict(zip(names, layers["cumulative_stride"], strict=True))
    points = results.read_published("motion_nrmse_curves_digitised")
    points = points.assign(stride=points["model_layer"].map(strides))
    return points[["transform", "model_layer", "stride", "parameter_value", "nrmse"]]


def at(amounts: Mapping[str, float]) -> pd.DataFrame:
    """The points nearest to one amount for each transform: a line a layer, a column a transform."""
    points, columns = curves(), {}
    for transform, amount in amounts.items():
        panel = points[points["transform"] == transform]
        if panel.empty:
            allowed = points["transform"].unique()
            raise MotionError(refusal("transform", transform, allowed, "choose one of them"))
        away = (panel["parameter_value"] - amount).abs()
        nearest = panel.loc[away.groupby(panel["model_layer"]).idxmin()]
        columns[transform] = nearest.set_index(["model_layer", "stride"])["nrmse"]
    return pd.DataFrame(columns).sort_index(level="stride")


def translations(model_layer: str) -> tuple[pd.Series, pd.Series]:
    """The translation (px, not negative) and the error of one layer's curve."""
    points = curves()
    chosen = (points["transform"] == "translation_px") & (points["parameter_value"] >= 0)
    if model_layer not in set(points["model_layer"]):
        allowed = points["model_layer"].unique()
        raise MotionError(refusal("model_layer", model_layer, allowed, "choose one of them"))
    panel = points[chosen & (points["model_layer"] == model_layer)]
    return panel["parameter_value"], panel["nrmse"]


def random_means() -> pd.DataFrame:
    """The digitised means under random motion: `model_layer`, `stride`, `nrmse_mean`, `nrmse_sd`.

    Good to about 0.0005; estimated from the area under the printed densities.
    """
    summary = results.read_published("motion_nrmse_random_summary_digitised")
    layers = results.read_published("motion_layers")
    strides = dict(
        zip(layers["model"] + " " + layers["layer"], layers["cumulative_stride"], strict=True)
    )
    return pd.DataFrame(
        {
            "model_layer": summary["model_layer"],
            "stride": summary["model_layer"].map(strides),
            "nrmse_mean": summary["nrmse_mean_est"],
            "nrmse_sd": summary["nrmse_sd_est"],
        }
    )


def random_densities() -> pd.DataFrame:
    """The digitised densities under random motion: `model_layer`, `nrmse`, `density`."""
    points = results.read_published("motion_nrmse_random_density_digitised")
    return points[["model_layer", "nrmse", "density"]]
