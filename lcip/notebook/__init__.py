"""A notebook's parameters: declared once, validated, described, compared with the book's values.

A notebook needs two cells.

    cell 1, tagged `parameters`: plain assignments, the book's values

        quality = 3

    cell 2, tagged `declaration` and `hide-input`: the same names, with type, meaning and limits

        from dataclasses import dataclass
        from lcip import notebook

        @dataclass(frozen=True)
        class Parameters:
            quality: int = notebook.parameter(3, "quality index of the base codec", low=1, high=8)

        P = notebook.read(Parameters, globals())

A dataclass that would make the cell long lies in `lcip/<chapter>/parameters.py`; the cell is then

        from lcip import notebook
        from lcip.motion.parameters import Warping as Parameters

        P = notebook.read(Parameters, globals())

The rest of the notebook reads `P.quality` and never `quality`. Checks against recorded numbers
stand below `if notebook.at_book_values(P):`. A parameter naming a reader's own file or folder has
the type `Path | None`: a path on the command line is seen from where the reader stands.

What looks at a notebook from outside lives in modules that this package does not import, so that a
change to the runner does not re-execute the book: `static` (`describe`, `check`,
`overrides_from_text`), `dependencies`, `runner` (`execute`), `page` (`render`), `locate` (`find`).
"""

from lcip.notebook.declared import ParameterError, parameter
from lcip.notebook.reading import at_book_values, read

__all__ = ["ParameterError", "at_book_values", "parameter", "read"]
