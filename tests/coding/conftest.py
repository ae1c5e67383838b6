"""Tables and identities for the tests of coding."""

import numpy as np
import pytest

from lcip.coding import Tables


@pytest.fixture(scope="session")
def dyadic() -> Tables:
    """Symbols 0, 1, 2 of 1, 2, 3 bits; the escape of 3."""
    return Tables(np.array([[0, 32768, 49152, 57344, 65536]]), np.array([4]), np.array([0]))


@pytest.fixture(scope="session")
def laplacians() -> Tables:
    """100 discretised Laplacians, cut at six scales so that some symbols escape."""
    pmfs, offsets, escapes = [], [], []
    for scale in np.geomspace(0.11, 20, 100):
        reach = int(np.ceil(6 * scale))
        edges = np.arange(-reach, reach + 2) - 0.5
        tail = 0.5 * np.exp(-np.abs(edges) / scale)
        pmfs.append(np.diff(np.where(edges < 0, tail, 1 - tail)))
        offsets.append(-reach)
        escapes.append(1 - pmfs[-1].sum())
    return Tables.from_pmf(pmfs, offsets, escapes)


@pytest.fixture(scope="session")
def draw(laplacians):
    """A message of n symbols under `laplacians`."""

    def message(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(seed)
        indexes = rng.integers(0, len(laplacians), n)
        scales = np.geomspace(0.11, 20, 100)[indexes]
        return np.rint(rng.laplace(size=n) * scales).astype(np.int64), indexes

    return message


@pytest.fixture(scope="session")
def identity() -> bytes:
    """A model's identity."""
    return bytes(range(32))


@pytest.fixture(scope="session")
def other_identity() -> bytes:
    """Another model's identity, with the same first 12 bits, hence the same number in a packet."""
    return bytes([0, 1 ^ 1 << 3, *range(50, 80)])
