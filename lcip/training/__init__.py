"""One training loop for every model of the book.

A **task** says what is trained: its model, its batches, its loss, its validation. **Settings** say
how: steps, learning rate, schedule, stopping. `fit` brings them together and is all there is.

Everything random in step t is drawn from generators seeded by (seed, t). A run that was stopped and
resumed therefore draws the same batches and the same noise as one that never stopped, and ends with
the same weights: bit for bit on the same machine, with the same number of threads.
"""

from lcip.training.loop import Fit, Task, fit
from lcip.training.options import add_options
from lcip.training.records import card, split
from lcip.training.settings import SCHEDULES, Settings, TrainingError, learning_rate_factor

__all__ = [
    "SCHEDULES",
    "Fit",
    "Settings",
    "Task",
    "TrainingError",
    "add_options",
    "card",
    "fit",
    "learning_rate_factor",
    "split",
]
