# Point-cloud codecs on ModelNet40: each rate-accuracy curve is a job (all λ trained together, exported, measured),
# then one table of all. A curve's provenance names the models whose weights and streams are committed.
import json

POINTCLOUD_SIZES = ("micro", "lite", "full")
POINTCLOUD_NUM_POINTS = (8, 16, 32, 64, 128, 256, 512, 1024)
POINTCLOUD_CURVES = [f"{n}.csv" for n in committed("measured/pointcloud/curve-*")]
POINTCLOUD_GRID = [
    f"data/measured/pointcloud/curve-{size}-p{points}.csv"
    for points in POINTCLOUD_NUM_POINTS for size in POINTCLOUD_SIZES
]
CLASSIFIERS = [f"{n}.safetensors" for n in committed("weights/pointcloud/classifier-p*")]


def kept_models(table):
    """The names below data/weights of the committed models of a curve; none before it was measured."""
    record = ROOT / table.replace(".csv", ".json")
    return sorted(json.loads(record.read_text())["weights"]) if record.exists() else []


POINTCLOUD_MODELS = sorted({name for table in POINTCLOUD_CURVES for name in kept_models(table)})
POINTCLOUD_WEIGHTS = [f"data/weights/{n}.safetensors" for n in POINTCLOUD_MODELS] + CLASSIFIERS
POINTCLOUD_STREAMS = [f"data/streams/{n}.lcip" for n in POINTCLOUD_MODELS]
POINTCLOUD_TABLES = POINTCLOUD_CURVES + [
    f"data/measured/pointcloud/{n}.csv" for n in ("modelnet40", "layers", "training_study")
]


for table in POINTCLOUD_GRID:
    size, points = Path(table).stem.removeprefix("curve-").split("-p")
    rule:
        name: f"pointcloud_curve_{size}_p{points}"
        output:
            kept(
                table,
                table.replace(".csv", ".json"),
                *(f"data/weights/{n}{end}" for n in kept_models(table) for end in (".safetensors", ".json")),
                *(f"data/streams/{n}{end}" for n in kept_models(table) for end in (".lcip", ".json")),
            ),
        log: f"_build/log/pointcloud-curve-{size}-p{points}.log",
        threads: THREADS
        resources: mem_mb=8000, runtime=2880,
        message: f"Training and measuring the curve of {size}, {points} points"
        shell:
            logged(
                f"{PYTHON} -m lcip.pointcloud.curve --size {size} --num-points {points}"
                f" --threads {{threads}} --device {DEVICE}"
            )


rule pointcloud_classifier:
    input:
        lambda wildcards: settled("data/weights/pointcloud/classifier-p256.safetensors")
        if wildcards.points != "256" else [],
    output:
        kept(
            "data/weights/pointcloud/classifier-p{points}.safetensors",
            "data/weights/pointcloud/classifier-p{points}.json",
        ),
    wildcard_constraints: points=r"\d+",
    log: "_build/log/pointcloud-classifier-p{points}.log",
    threads: THREADS
    resources: mem_mb=6000, runtime=600,
    message: "Training the classifier of {wildcards.points} points"
    shell:
        logged(
            f"{PYTHON} -m lcip.pointcloud.classifier_fit --num-points {{wildcards.points}}"
            f" --threads {{threads}} --device {DEVICE}"
        )


rule pointcloud_layers:
    output:
        kept("data/measured/pointcloud/layers.csv", "data/measured/pointcloud/layers.json"),
    log: "_build/log/pointcloud-layers.log",
    threads: 1
    resources: mem_mb=2000, runtime=10,
    message: "Counting multiply-accumulates"
    shell: logged(f"{PYTHON} -m lcip.pointcloud.macs")


rule pointcloud_training_study:
    output:
        kept(
            "data/measured/pointcloud/training_study.csv",
            "data/measured/pointcloud/training_study.json",
        ),
    log: "_build/log/pointcloud-training-study.log",
    threads: THREADS
    resources: mem_mb=6000, runtime=600,
    message: "Training with one thing different at a time"
    shell:
        logged(
            f"{PYTHON} -m lcip.pointcloud.training_study --threads {{threads}} --device {DEVICE}"
        )


rule pointcloud_evaluate:
    input: settled(*POINTCLOUD_CURVES, *POINTCLOUD_STREAMS, *POINTCLOUD_WEIGHTS),
    output:
        kept(
            "data/measured/pointcloud/modelnet40.csv", "data/measured/pointcloud/modelnet40.json"
        ),
    log: "_build/log/pointcloud-evaluate.log",
    threads: 1
    resources: mem_mb=6000, runtime=60,
    message: "Reading all coded test sets back and joining the curves"
    shell: logged(f"{PYTHON} -m lcip.pointcloud.evaluate")
