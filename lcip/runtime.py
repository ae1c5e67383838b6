"""What a computation runs on: seeds, threads, determinism, and a record of the machine.

Importing this module mends three things about the process, so import it before compressai or
torchvision:

* **torchvision beside a CPU-only torch.** The registry's torchvision is linked against CUDA; beside
  a CPU build its extension library cannot be loaded, and `import torchvision` (hence `import
  compressai`) stops with *operator torchvision::nms does not exist*. We try to load the library
  ourselves and, only where that fails, declare the two missing schemas. Models and transforms then
  work; `torchvision.ops.nms` itself still refuses to run.
* **glibc's allocator** gives large blocks back to the kernel after every step and pays page faults
  to get them again. With its thresholds raised, training and inference run 1.6 to 3 times as fast.
* **tqdm** warns in a notebook that widgets are missing as soon as compressai's dependencies import
  it. The book uses none, and the warning would put a path of the machine into the page.
"""

import ctypes
import importlib.metadata
import importlib.util
import os
import platform
import random
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import torch

from lcip.errors import LcipError, refusal

PACKAGES = (
    "torch", "torchvision", "compressai", "numpy", "scipy", "pandas", "numba", "constriction",
    "pillow", "pillow-heif", "pillow-jxl-plugin", "scikit-image", "matplotlib", "papermill",
    "jupyter-book",
)  # fmt: skip
MISSING_OPERATORS = ("nms", "qnms")
# malloc.h: parameter numbers of mallopt(3)
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4
TOP_PAD_BYTES = 256 * 2**20
LARGEST_INT = 2**31 - 1


def declare_torchvision_operators() -> bool:
    """Let torchvision load beside a CPU-only torch; True if schemas had to be declared."""
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None or hasattr(torch.ops.torchvision, "nms"):
        return False
    try:
        for library in Path(spec.origin).parent.glob("_C*.so"):
            torch.ops.load_library(str(library))
        if hasattr(torch.ops.torchvision, "nms"):
            return False
    except OSError:
        pass
    for name in MISSING_OPERATORS:
        schema = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        torch.library.define(f"torchvision::{name}", schema)
    return True


def raise_allocator_thresholds() -> bool:
    """Keep freed memory in the process (glibc on Linux only); True if the thresholds were set."""
    if platform.libc_ver()[0] != "glibc":
        return False
    libc = ctypes.CDLL(None)
    settings = ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, LARGEST_INT), (M_TOP_PAD, TOP_PAD_BYTES))
    return all(libc.mallopt(parameter, value) == 1 for parameter, value in settings)


def setup(seed: int, threads: int) -> None:
    """Seed Python, NumPy and torch; fix the number of threads; ask for deterministic algorithms.

    Args:
        seed: 0 to 2^32 − 1.
        threads: 1 or more; results of floating-point sums can depend on it, decoded symbols do not.

    Raises:
        LcipError: a seed or a number of threads outside its range.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise LcipError(
            refusal("seed", seed, "an integer from 0 to 2^32 - 1", "choose another seed")
        )
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        next_step = f"use 1 to {os.cpu_count()} on this machine"
        raise LcipError(refusal("threads", threads, "an integer of 1 or more", next_step))
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    # cuBLAS is deterministic only with a fixed workspace; it reads this when CUDA starts.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False


def package_versions() -> dict[str, str]:
    """Installed versions of the packages that can change a number."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return versions


def commit() -> str:
    """The repository's commit, `+` behind it where `lcip/` was changed since; or `unknown`."""
    here = Path(__file__).resolve().parent

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(here), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        changed = git("status", "--porcelain", "--", str(here))
        return git("rev-parse", "HEAD") + ("+" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def processor() -> str:
    """The processor's model name, as the system tells it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def environment_report() -> dict[str, object]:
    """What a result came from: versions, processor, threads, commit; no hosts, no folders."""
    cuda = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    return {
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "system": platform.system(),
        "machine": platform.machine(),
        "processor": processor(),
        "num_processors": os.cpu_count(),
        "num_threads": torch.get_num_threads(),
        "cuda_device": cuda,
        "commit": commit(),
        "packages": package_versions(),
    }


def silence_missing_widgets() -> None:
    """Ignore tqdm's warning that ipywidgets is not installed."""
    warnings.filterwarnings("ignore", message="IProgress not found")


declare_torchvision_operators()
silence_missing_widgets()
raise_allocator_thresholds()
