"""The kernel of every run: the interpreter that runs now, in an environment of its own.

No kernel needs to be registered anywhere, and no virtual environment activated: a kernel called
`python3` on this machine may belong to another installation without `lcip`.
"""

import os
import sys
from pathlib import Path

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec

import lcip

# ipykernel 7 warns on every start that the loopback is not encrypted, and at every interrupted end.
QUIET = ("--log-level=CRITICAL",)
INLINE_BACKEND = "module://matplotlib_inline.backend_inline"


def kernel_environment(scratch: Path, trace: Path | None = None) -> dict[str, str]:
    """What a notebook's process sees, so that two machines and two users get the same outputs.

    Figures inline with matplotlib's own defaults, no startup files of the user's IPython, a fixed
    order of sets; `lcip` from where it is now. `scratch` holds IPython's own files, `trace` the
    notes on data files (see `lcip.paths.data_file`).
    """
    parts = [str(Path(lcip.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    variables = {
        "IPYTHONDIR": str(scratch),
        "MATPLOTLIBRC": os.devnull,
        "MPLBACKEND": INLINE_BACKEND,
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(part for part in parts if part),
    }
    return variables | ({"LCIP_TRACE": str(trace)} if trace else {})


def kernel_manager(environment: dict[str, str]) -> type[AsyncKernelManager]:
    """The class of a manager that starts this interpreter with the environment given."""
    described = get_kernel_dict() | {"env": environment}
    described["argv"] = [sys.executable, *described["argv"][1:], *QUIET]

    class ThisInterpreter(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(resource_dir=RESOURCES, **described)

    return ThisInterpreter
