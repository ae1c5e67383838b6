"""What the interactive page shows of clouds: curves, and what packets of each rate look like."""

import numpy as np

from lcip import results
from lcip.datasets import POINT_SCALE
from lcip.plotting import widgets
from lcip.pointcloud import rate_accuracy, reconstruction_examples
from lcip.pointcloud.models import SIZES

BITS = widgets.Axis("rate (bits a cloud)", 0, 150, (0, 25, 50, 75, 100, 125, 150))
ACCURACY = widgets.Axis("top-1 accuracy (%)", 0, 100, (0, 20, 40, 60, 80, 100))
NUM_POINTS = 1024


def accuracy_series() -> list[widgets.Series]:
    """Payload bits against accuracy of every size at 1,024 points, ours and as published."""
    made = []
    frame = results.read_measured("pointcloud/modelnet40").frame
    for size in SIZES:
        rows = frame.query("size == @size and num_points == @NUM_POINTS").sort_values(
            "payload_bits"
        )
        points = [
            (row.payload_bits, row.test_accuracy_percent, _words(row))
            for row in rows.sort_values("payload_bits").itertuples()
            if row.payload_bits <= BITS.high
        ]
        if points:
            made.append(widgets.Series(f"{size}, ours", points))
        curve = rate_accuracy.published_curves(size)[NUM_POINTS]
        points = [
            (
                rate,
                accuracy,
                f"{accuracy:.1f} % at {rate:.1f} estimated bits, chosen on the test set",
            )
            for rate, accuracy in zip(*curve, strict=True)
            if rate <= BITS.high
        ]
        made.append(widgets.Series(f"{size}, published", points, dashed=True))
    return made


def _words(row) -> str:
    low, high = row.test_accuracy_low_percent, row.test_accuracy_high_percent
    return (
        f"{row.test_accuracy_percent:.1f} % ({low:.1f} to {high:.1f}) in {row.payload_bits:.1f} "
        f"payload bits, {row.estimated_bits:.1f} estimated, lambda {row.lmbda:g}"
    )


def clouds(
    classes: list[str], which: int, count: int
) -> dict[str, list[tuple[widgets.Step, np.ndarray]]]:
    """Test clouds as packets of rising rate show them: for every size `count` codecs.

    Raises LcipError for a class that there is not.
    """
    names = [
        name
        for size in reversed(SIZES)
        for name in reconstruction_examples.at_rates(size, NUM_POINTS, count)
    ]
    found: dict[str, list] = {}
    for name in names:
        reconstructor, coded = reconstruction_examples.load(name)
        known = reconstructor.codec.classes
        items = reconstruction_examples.one_of_each(coded, known, classes, which)
        for frame in reconstruction_examples.frames(reconstructor, coded, items):
            found.setdefault(frame.label, []).append(_step(reconstructor.codec.card, frame))
    return found


def _step(card: dict, frame: reconstruction_examples.Frame) -> tuple[widgets.Step, np.ndarray]:
    label = f"{card['size']}, λ = {card['lmbda']:g}"
    note = f"{label}: {frame.payload_bits} payload bits, taken for: {frame.guess}"
    return widgets.Step(label, note), frame.points / POINT_SCALE
