"""pooch, imported without the remark on widgets that it would leave in a notebook's output.

pooch asks tqdm for a bar that suits notebooks; where ipywidgets is absent, as here, tqdm warns, and
the warning names a file of this machine. The bars of this package are tqdm's plain ones.
"""

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="IProgress not found")
    import pooch

__all__ = ["pooch"]
