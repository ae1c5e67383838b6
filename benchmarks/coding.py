"""Our range coder against the libraries: bytes over −log2 p, and time, short messages and long.

    python benchmarks/coding.py

The messages are drawn from 100 integer tables of discretised Laplacians, of scales 0.11 to 20 as in
a hyperprior's table of scales; every coder gets the same integer frequencies (constriction takes
them as floats, the only form it has, and rounds them again) and its tables ready made. One message
of 300,000 symbols stands for the latent of a photograph, 2,000 of 16 symbols for point clouds; no
symbol is outside its table, as constriction has no escape. Times are the least of some repetitions,
each from arrays to bytes or back; ratios are against CompressAI's rANS in the same run. Last comes
the message of 16 symbols whose information is nearest to 30 bits.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lcip import runtime
from lcip.coding import Tables, decode, encode, ideal_bits

runtime.setup(seed=0, threads=1)

import compressai.ans  # noqa: E402
from constriction import stream as constriction  # noqa: E402

BASELINE = "CompressAI rANS"
REPETITIONS = 12
MESSAGES = {16: 2000, 300_000: 1}


class Coder(NamedTuple):
    """Two functions: (symbols, indexes) to bytes, and (bytes, indexes) to symbols."""

    encode: Callable[[np.ndarray, np.ndarray], bytes]
    decode: Callable[[bytes, np.ndarray], np.ndarray]


class Row(NamedTuple):
    """Totals of one coder over all messages of one length."""

    name: str
    payload_bytes: int
    worst_excess_bits: float
    encode_s: float
    decode_s: float


def laplacian_tables() -> Tables:
    """100 tables, scales 0.11 to 20 in geometric progression, cut at twelve scales."""
    pmfs, offsets, escapes = [], [], []
    for scale in np.geomspace(0.11, 20, 100):
        reach = int(np.ceil(12 * scale)) + 1
        edges = np.arange(-reach, reach + 2) - 0.5
        tail = 0.5 * np.exp(-np.abs(edges) / scale)
        pmf = np.diff(np.where(edges < 0, tail, 1 - tail))
        pmfs.append(pmf)
        offsets.append(-reach)
        escapes.append(max(0.0, 1 - pmf.sum()))
    return Tables.from_pmf(pmfs, offsets, escapes)


def draw_messages(tables: Tables, length: int, count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Symbols from the tables' own distributions, escapes left out; table indexes uniform."""
    rng = np.random.default_rng(length)
    symbols, indexes = (
        np.empty(length * count, np.int32),
        rng.integers(0, len(tables), length * count),
    )
    for table in range(len(tables)):
        frequencies = tables.frequencies(table)[:-1]
        chosen = indexes == table
        drawn = rng.choice(len(frequencies), chosen.sum(), p=frequencies / frequencies.sum())
        symbols[chosen] = drawn + tables.offsets[table]
    return list(zip(symbols.reshape(count, length), indexes.reshape(count, length), strict=True))


def ours(tables: Tables) -> Coder:
    """lcip.coding."""
    return Coder(lambda s, i: encode(s, i, tables), lambda data, i: decode(data, i, tables))


def compressai_rans(tables: Tables) -> Coder:
    """The coder of CompressAI's entropy models, which takes lists."""
    cdfs = [tables.cumulative[t, : tables.sizes[t] + 1].tolist() for t in range(len(tables))]
    model = (cdfs, (tables.sizes + 1).tolist(), tables.offsets.tolist())
    encoder, decoder = compressai.ans.RansEncoder(), compressai.ans.RansDecoder()
    return Coder(
        lambda s, i: encoder.encode_with_indexes(s.tolist(), i.tolist(), *model),
        lambda data, i: np.array(decoder.decode_with_indexes(data, i.tolist(), *model), np.int32),
    )


def by_table(indexes: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """The places of each table in use: constriction is quick only for runs of one model."""
    order = np.argsort(indexes, kind="stable")
    used, starts = np.unique(indexes[order], return_index=True)
    return list(zip(used.tolist(), np.split(order, starts[1:]), strict=True))


def constriction_models(tables: Tables) -> list:
    """Its models, from float probabilities."""
    return [
        constriction.model.Categorical(tables.frequencies(t) / 2**16, perfect=False)
        for t in range(len(tables))
    ]


def constriction_range(tables: Tables) -> Coder:
    """Its range coder (a queue)."""
    models = constriction_models(tables)

    def write(symbols: np.ndarray, indexes: np.ndarray) -> bytes:
        encoder, places = constriction.queue.RangeEncoder(), symbols - tables.offsets[indexes]
        for table, chosen in by_table(indexes):
            encoder.encode(places[chosen], models[table])
        return encoder.get_compressed().tobytes()

    def read(data: bytes, indexes: np.ndarray) -> np.ndarray:
        decoder = constriction.queue.RangeDecoder(np.frombuffer(data, np.uint32))
        symbols = np.empty(len(indexes), np.int32)
        for table, chosen in by_table(indexes):
            symbols[chosen] = decoder.decode(models[table], len(chosen)) + tables.offsets[table]
        return symbols

    return Coder(write, read)


def constriction_ans(tables: Tables) -> Coder:
    """Its asymmetric numeral system (a stack)."""
    models = constriction_models(tables)

    def write(symbols: np.ndarray, indexes: np.ndarray) -> bytes:
        coder, places = constriction.stack.AnsCoder(), symbols - tables.offsets[indexes]
        for table, chosen in reversed(by_table(indexes)):
            coder.encode_reverse(places[chosen], models[table])
        return coder.get_compressed().tobytes()

    def read(data: bytes, indexes: np.ndarray) -> np.ndarray:
        coder = constriction.stack.AnsCoder(np.frombuffer(data, np.uint32))
        symbols = np.empty(len(indexes), np.int32)
        for table, chosen in by_table(indexes):
            symbols[chosen] = coder.decode(models[table], len(chosen)) + tables.offsets[table]
        return symbols

    return Coder(write, read)


CODERS = {
    BASELINE: compressai_rans,
    "constriction range": constriction_range,
    "constriction ANS": constriction_ans,
    "lcip.coding": ours,
}


def seconds(work: Callable[[], object]) -> float:
    """How long it takes once."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def measure(coders: dict[str, Coder], messages: list, tables: Tables) -> list[Row]:
    """Encode and decode all messages, check the symbols, take the times.

    The coders take turns, so that a busy moment of the machine does not befall one of them only.
    """
    streams = {name: [c.encode(*message) for message in messages] for name, c in coders.items()}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in coders}
    for _ in range(REPETITIONS):
        for name, coder in coders.items():
            pairs = list(zip(streams[name], messages, strict=True))
            encoding = seconds(lambda c=coder: [c.encode(*message) for message in messages])
            decoding = seconds(lambda c=coder, p=pairs: [c.decode(s, m[1]) for s, m in p])
            times[name].append((encoding, decoding))
    return [
        row(name, coders[name], streams[name], messages, tables, times[name]) for name in coders
    ]


def row(
    name: str,
    coder: Coder,
    streams: list[bytes],
    messages: list,
    tables: Tables,
    times: list[tuple[float, float]],
) -> Row:
    """One coder's line; its symbols come back right."""
    excess = []
    for stream, (symbols, indexes) in zip(streams, messages, strict=True):
        if not np.array_equal(coder.decode(stream, indexes), symbols):
            raise SystemExit(f"{name} does not give the message back")
        excess.append(8 * len(stream) - ideal_bits(symbols, indexes, tables))
    least_encoding, least_decoding = (min(column) for column in zip(*times, strict=True))
    return Row(name, sum(map(len, streams)), max(excess), least_encoding, least_decoding)


def report(length: int, rows: list[Row], ideal_bytes: float) -> None:
    """One table: bytes over the ideal, the worst message, times and ratios to the baseline."""
    base = next(row for row in rows if row.name == BASELINE)
    symbols = length * MESSAGES[length]
    print(f"\n{MESSAGES[length]} × {length:,} symbols, ideal {ideal_bytes:,.1f} bytes")
    print(
        f"{'coder':<20}{'bytes':>9}{'over':>9}{'mean bits':>11}{'worst':>7}"
        f"{'encode ns':>11}{'ratio':>7}{'decode ns':>11}{'ratio':>7}"
    )
    for row in rows:
        print(
            f"{row.name:<20}{row.payload_bytes:>9,}{row.payload_bytes / ideal_bytes - 1:>9.3%}"
            f"{8 * (row.payload_bytes - ideal_bytes) / MESSAGES[length]:>11.1f}"
            f"{row.worst_excess_bits:>7.1f}"
            f"{row.encode_s / symbols * 1e9:>11.1f}{row.encode_s / base.encode_s:>7.2f}"
            f"{row.decode_s / symbols * 1e9:>11.1f}{row.decode_s / base.decode_s:>7.2f}"
        )


def report_short(coders: dict[str, Coder], messages: list, tables: Tables) -> None:
    """What one message of about 30 bits costs."""
    ideals = [ideal_bits(*message, tables) for message in messages]
    nearest = int(np.argmin(np.abs(np.array(ideals) - 30)))
    costs = [f"{name} {8 * len(c.encode(*messages[nearest]))}" for name, c in coders.items()]
    print(f"\none message of {ideals[nearest]:.1f} bits, in bits: " + ", ".join(costs))


def main() -> None:
    """Measure every coder on every length."""
    tables = laplacian_tables()
    coders = {name: make(tables) for name, make in CODERS.items()}
    print(f"times a symbol; ratios against {BASELINE}: below 1 is faster")
    for length, count in MESSAGES.items():
        messages = draw_messages(tables, length, count)
        ideal_bytes = sum(ideal_bits(*message, tables) for message in messages) / 8
        report(length, measure(coders, messages, tables), ideal_bytes)
    report_short(coders, draw_messages(tables, 16, MESSAGES[16]), tables)


if __name__ == "__main__":
    main()
