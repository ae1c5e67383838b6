"""Clips coded latent by latent: exact, real bytes, one loop; and what a decoder refuses."""

import numpy as np
import pytest

from lcip import coding
from lcip.images import factorized
from lcip.motion import pframes, pframes_evaluate, prediction, sent_coder
from lcip.motion.affine import MotionError
from lcip.motion.pframes import Scheme
from lcip.motion.prediction import METHODS, Before
from lcip.motion.residual_coder import CODERS

FRAMES = 3


@pytest.fixture(scope="module")
def codec():
    return factorized.load("small", 3)


def moving(seed: int) -> np.ndarray:
    """Smooth noise that moves by (5, 2) px a frame: uint8 (FRAMES, 64, 80, 3)."""
    world = np.random.default_rng(seed).integers(0, 256, (12, 14, 3)).astype(np.float64)
    world = np.kron(world, np.ones((8, 8, 1)))
    for axis in (0, 1):
        world = sum(np.roll(world, step, axis) for step in range(-3, 4)) / 7
    starts = [(16 - 2 * t, 20 - 5 * t) for t in range(FRAMES)]
    return np.stack([world[y : y + 64, x : x + 80] for y, x in starts]).astype(np.uint8)


@pytest.fixture(scope="module")
def analysed(codec):
    clips = {name: moving(seed) for seed, name in enumerate(("one", "two", "three"))}
    return {
        name: pframes_evaluate.analyse(codec, own, pframes_evaluate.seen_motion(own))
        for name, own in clips.items()
    }


@pytest.fixture(scope="module")
def prepared(codec, analysed):
    return pframes_evaluate.prepare_all(codec, analysed)


@pytest.fixture(scope="module")
def coded(codec, analysed, prepared):
    """Scheme and files of clip `one`, for every method and coder."""
    made, residuals = prepared
    clip, found = analysed["one"], {}
    for method in METHODS:
        tables = pframes_evaluate.fitted(residuals, method, "one")
        steps = pframes_evaluate.steps(method, codec, clip, tables)
        for coder in CODERS:
            scheme = Scheme(method, coder, tables)
            first = codec.compress(clip.frames[0])
            found[method, coder] = scheme, pframes.encode(scheme, codec, first, steps, (64, 80))
    return found


def test_the_seen_motion_is_the_true_one_where_it_can_be(analysed):
    """Blocks that came from inside the frame before: 5 px to the left, 2 px above."""
    for field in analysed["one"].seen:
        assert field.shape == (2, 3, 2)
        assert (field[:, 1] == (-5, -2)).all()


@pytest.mark.parametrize("coder", CODERS)
@pytest.mark.parametrize("method", METHODS)
def test_the_decoder_has_every_symbol_from_the_bytes_alone(codec, analysed, coded, method, coder):
    scheme, files = coded[method, coder]
    decoded = pframes.decode(scheme, codec, files)
    assert len(decoded) == FRAMES
    for frame, symbols, picture in zip(
        decoded, analysed["one"].symbols, analysed["one"].pictures, strict=True
    ):
        np.testing.assert_array_equal(frame.symbols, symbols)
        np.testing.assert_array_equal(frame.picture, picture)


def test_prediction_from_a_moving_frame_saves_bytes(coded):
    size = {key: sum(map(len, files[1:])) for key, (_, files) in coded.items()}
    for coder in CODERS:
        assert size["pixels", coder] < size["previous", coder]
        assert size["pixels", coder] < size["intra", coder]


def test_a_file_of_another_scheme_or_damaged_is_refused(codec, coded):
    scheme, files = coded["warped", "static"]
    other, _ = coded["searched", "static"]
    with pytest.raises(coding.StreamError):
        pframes.decode(other, codec, files)
    with pytest.raises(coding.StreamError):
        pframes.decode(scheme._replace(coder="adaptive"), codec, files)
    damaged = bytearray(files[1])
    damaged[-9] ^= 1
    with pytest.raises(coding.StreamError):
        pframes.decode(scheme, codec, [files[0], bytes(damaged)])
    with pytest.raises(coding.StreamError):
        pframes.decode(scheme, codec, [files[0], files[1][:-1]])


def test_frames_of_another_size_are_refused(codec, coded):
    scheme, files = coded["previous", "static"]
    sent = pframes.payloads(scheme, codec, files[1])
    other = coding.pack([sent.residual], [(48, 80)], scheme.identity(codec))
    with pytest.raises(coding.StreamError, match="size of a frame"):
        pframes.decode(scheme, codec, [files[0], other])


def test_a_clip_without_files_is_refused(codec, coded):
    with pytest.raises(coding.StreamError, match="files of a clip is 0; allowed: one or more"):
        pframes.decode(coded["previous", "static"][0], codec, [])


def test_the_wrong_number_of_payloads_is_refused(codec, coded):
    scheme, _ = coded["warped", "static"]
    file = coding.pack([b"", b"", b""], [(64, 80)], scheme.identity(codec))
    with pytest.raises(coding.StreamError, match="streams of a frame is 3; allowed: 2"):
        pframes.payloads(scheme, codec, file)


@pytest.mark.parametrize("coder", sent_coder.SENT)
def test_distributions_that_are_sent_code_residuals_untrained(codec, analysed, prepared, coder):
    made, _ = prepared
    chapter_2 = sent_coder.available(codec, "small", 3)
    scheme = Scheme("previous", coder, codec.tables, chapter_2[coder])
    clip, steps = analysed["one"], made["previous"]["one"][:1]
    files = pframes.encode(scheme, codec, codec.compress(clip.frames[0]), steps, (64, 80))
    decoded = pframes.decode_symbols(scheme, codec, files)
    np.testing.assert_array_equal(decoded[1], clip.symbols[1])
    other = scheme._replace(sent=None, coder="static")
    with pytest.raises(coding.StreamError):
        pframes.decode_symbols(other, codec, files)
    cut = coding.pack([b"\x00\xff\xff"], [(64, 80)], scheme.identity(codec))
    with pytest.raises(coding.StreamError, match="length of a residual is 3; allowed: 65538 or"):
        pframes.decode_symbols(scheme, codec, [files[0], cut])


def test_qualities_without_networks_have_no_such_coder(codec):
    assert sent_coder.available(codec, "paper-high", 8) == {}


def test_a_mode_that_does_not_exist_is_refused(codec, analysed):
    before = Before(analysed["one"].symbols[0], None)
    side = (coding.encode_integers([0, 1, 2, 3, 0, 0]), b"")
    with pytest.raises(coding.StreamError, match="mode is 3; allowed: 0 to 2"):
        prediction.follow("modes", codec, before, side)


def test_unknown_methods_are_refused_with_the_list(codec, analysed):
    clip = analysed["one"]
    with pytest.raises(MotionError, match="method is 'b-frame'; allowed: intra, previous"):
        prediction.prepare(
            "b-frame", codec, clip.symbols[1], Before(clip.symbols[0], None), clip.seen[0], None
        )


def test_the_clip_itself_has_no_say_in_its_tables(prepared):
    _, residuals = prepared
    mine = pframes_evaluate.fitted(residuals, "previous", "one")
    changed = {m: {**own, "one": [r + 50 for r in own["one"]]} for m, own in residuals.items()}
    again = pframes_evaluate.fitted(changed, "previous", "one")
    np.testing.assert_array_equal(mine.cumulative, again.cumulative)
    theirs = pframes_evaluate.fitted(changed, "previous", "two")
    assert theirs.cumulative.shape != mine.cumulative.shape


def test_rows_count_the_bytes_that_were_written(codec, analysed, prepared, coded):
    scheme, files = coded["searched", "adaptive"]
    steps = pframes_evaluate.steps("searched", codec, analysed["one"], None)
    rows = pframes_evaluate.measure(codec, scheme, analysed["one"], steps)
    assert [row["file_bytes"] for row in rows] == [len(file) for file in files]
    assert rows[0]["motion_bits"] == 0
    for row, step in zip(rows[1:], steps, strict=True):
        assert row["motion_bits"] == 8 * len(step.side[0])
        assert row["motion_bits"] + row["residual_bits"] < 8 * row["file_bytes"]
