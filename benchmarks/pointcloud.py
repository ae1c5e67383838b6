"""Point clouds: packets a second against a floating-point codec, and ten trainings against one.

    python benchmarks/pointcloud.py

**Encoding.** Our encoder computes in whole numbers, so that a packet is the same everywhere, and
codes each cloud by itself. The baseline is what one would write with PyTorch and CompressAI: the
same network in 32-bit floating point and its entropy bottleneck's own `compress`, a cloud at a
time, whose strings another machine may not reproduce. Both have the same random weights; packets
are decoded and checked. PyTorch's time without any coding is shown beside.

**Training.** Ten values of λ as one stack against the plain loop of one λ: the model of
`pointcloud.models`, layer by layer, by PyTorch's own differentiation. Batches, augmentation,
optimiser and loop are the same. Steps alternate between the two, and the least time of some runs
counts. Printed is also what ten plain trainings would take.

One thread, processor time; ratios are of the same run, and below 1 ours is quicker.
"""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from torch.nn import functional

from lcip import coding, runtime, training
from lcip.pointcloud import codec as codecs
from lcip.pointcloud import fit, recipes, solids
from lcip.pointcloud.models import SIZES, PointCodecModel

NUM_POINTS = 1024
LMBDAS = recipes.LMBDAS
TRAINED = ("micro", "lite")
STORED, BATCH = 128, 64
STEPS, RUNS, REPEATS = 6, 3, 20
LARGEST_RATIO = 3.0  # ten λ as a stack over one plain λ
CLASSES = [f"class {k}" for k in range(40)]


def clouds(count: int) -> np.ndarray:
    """Clouds of the solids in turn, int16 (count, P, 3)."""
    names = list(solids.SOLIDS)
    points = [solids.solid(names[k % len(names)], NUM_POINTS, seed=k) for k in range(count)]
    return np.rint(np.stack(points) * 32767).astype(np.int16)


def settled_model(size: str, points: torch.Tensor) -> PointCodecModel:
    """Random weights whose batch norms have seen clouds."""
    torch.manual_seed(0)
    model = PointCodecModel(size)
    with torch.no_grad():
        for _ in range(10):
            model(points)
    return model.eval()


def least_seconds(call: Callable[[], object]) -> float:
    """Processor seconds of a call, the least of some."""
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        call()
        times.append(time.process_time() - began)
    return min(times)


def measure_encoding(size: str, stored: np.ndarray) -> None:
    """Clouds a second of our encoder and of the floating-point codec."""
    points = torch.from_numpy(stored[:8] / np.float32(32767))
    model = settled_model(size, points)
    card = {"size": size, "classes": CLASSES}
    codec = codecs.of_tensors(codecs.tensors_of(model), card, bytes(32))
    model.bottleneck.update(force=True)
    every = list(zip(stored[:8], points.split(1), strict=True))

    def ours() -> list[bytes]:
        return [codec.encode(cloud) for cloud, _ in every]

    @torch.no_grad()
    def network() -> list[torch.Tensor]:
        return [model.encoder(cloud) for _, cloud in every]

    @torch.no_grad()
    def baseline() -> list[bytes]:
        return [model.bottleneck.compress(model.encoder(c)[:, :, None])[0] for _, c in every]

    for packet, (cloud, _) in zip(ours(), every, strict=True):
        if not np.array_equal(codec.decode(packet), codec.symbols(cloud)):
            raise SystemExit(f"{size}: a packet does not give its symbols back")
    seconds = {run: least_seconds(run) for run in (ours, baseline, network)}
    payload = np.mean([len(packet) - coding.PACKET_OVERHEAD for packet in ours()])
    rates = [len(every) / seconds[run] for run in (ours, baseline, network)]
    print(
        f"{size:<7}{rates[0]:>12,.0f}{rates[1]:>12,.0f}{rates[2]:>12,.0f}"
        f"{seconds[ours] / seconds[baseline]:>8.2f}{payload:>12.1f}"
        f"{np.mean([len(string) for string in baseline()]):>12.1f}"
    )


class PlainTask(fit.CloudTask):
    """One model, layer by layer: what training was before the stack."""

    def __init__(self, stacked: fit.CloudTask, lmbda: float) -> None:
        vars(self).update(vars(stacked))
        self.model, self.lmbda = stacked.models[0], lmbda

    def loss(self, batch: tuple) -> tuple[torch.Tensor, dict[str, float]]:
        """R + λ·D."""
        points, labels = batch
        output = self.model(points)
        nats = functional.cross_entropy(output.logits, labels)
        return output.bits.mean() + self.lmbda * nats, {}

    def validate(self) -> dict[str, float]:
        """Nothing: only the steps are timed."""
        return {"objective": 0.0}


class StackedTask(fit.CloudTask):
    """The stack, without validation."""

    def validate(self) -> dict[str, float]:
        """Nothing: only the steps are timed."""
        return {"objective": 0.0}


def stacked_task(size: str, lmbdas: tuple[float, ...], stored: np.ndarray) -> StackedTask:
    """Fresh models and the clouds."""
    recipe = replace(recipes.recipe_for(size, NUM_POINTS), lmbdas=lmbdas, batch_size=BATCH)
    recipe = replace(recipe, start=None)
    labels = np.arange(len(stored)) % 8
    held_out = stored[:8] / np.float32(32767)
    models = fit.fresh_models(size, recipe, seed=0)
    return StackedTask(
        models, stored, labels, held_out, labels[:8], num_points=NUM_POINTS, recipe=recipe
    )


def step_seconds(task: fit.CloudTask) -> float:
    """Processor seconds of a step of the common loop."""
    settings = fit.settings_of(task.recipe, len(task.points), seed=0)
    settings = replace(settings, steps=STEPS, validate_every=STEPS)
    began = time.process_time()
    training.fit(task, settings, device="cpu", facts={}, progress=False)
    return (time.process_time() - began) / STEPS


def measure_training(size: str, stored: np.ndarray) -> float:
    """Print the times of a step; the ratio of the stack of ten to one plain model."""
    makers: dict[str, Callable[[], fit.CloudTask]] = {
        "plain": lambda: PlainTask(stacked_task(size, LMBDAS[:1], stored), LMBDAS[0]),
        "stack of 1": lambda: stacked_task(size, LMBDAS[:1], stored),
        "stack of 10": lambda: stacked_task(size, LMBDAS, stored),
    }
    runs = [{name: step_seconds(make()) for name, make in makers.items()} for _ in range(RUNS)]
    least = {name: min(run[name] for run in runs) for name in makers}
    ratio = least["stack of 10"] / least["plain"]
    print(
        f"{size:<7}{1e3 * least['plain']:>10.1f}{1e3 * least['stack of 1']:>12.1f}"
        f"{1e3 * least['stack of 10']:>13.1f}{ratio:>8.2f}{10 / ratio:>12.1f}"
        f"{BATCH * len(LMBDAS) / least['stack of 10']:>16,.0f}"
    )
    return ratio


def main() -> None:
    """Both tables; a stack that costs too much is an error."""
    runtime.setup(seed=0, threads=1)
    stored = clouds(STORED)
    print(f"encoding, clouds of {NUM_POINTS} points a second, one at a time; payload in bytes")
    print(f"{'size':<7}{'lcip':>12}{'CompressAI':>12}{'net alone':>12}{'ratio':>8}"
          f"{'lcip bytes':>12}{'its bytes':>12}")  # fmt: skip
    for size in SIZES:
        measure_encoding(size, stored)
    print(f"\ntraining, ms a step of {BATCH} clouds of {NUM_POINTS} points")
    print(f"{'size':<7}{'one plain':>10}{'stack of 1':>12}{'stack of 10':>13}{'ratio':>8}"
          f"{'10 plain ×':>12}{'cloud·models/s':>16}")  # fmt: skip
    ratios = {size: measure_training(size, stored) for size in TRAINED}
    for size, ratio in ratios.items():
        if ratio > LARGEST_RATIO:
            raise SystemExit(
                f"{size}: ten λ together take {ratio:.2f} times as long as one plain model, "
                f"more than {LARGEST_RATIO:g}"
            )


if __name__ == "__main__":
    main()
