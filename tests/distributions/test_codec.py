"""Files by every method: round trips, identities, damage, sizes; the adaptive method's streams."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip import artifacts, coding
from lcip.coding import StreamError
from lcip.distributions import account, adaptive, codec, counting, fitted, methods, side
from lcip.distributions.codec import ImageCodec, Setting
from lcip.distributions.integers import MOST_Q
from lcip.errors import LcipError
from lcip.images import factorized, streams

every_method = pytest.mark.parametrize("name", methods.FILE_METHODS)


@pytest.fixture(scope="module")
def codecs(base, fitted_folder) -> dict[str, ImageCodec]:
    """One codec a method."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LCIP_ROOT", str(fitted_folder))
        return {
            name: ImageCodec(base, methods.method_of(name, base, "small", 3))
            for name in methods.FILE_METHODS
        }


@pytest.fixture(scope="module")
def kodak(base, fitted_folder) -> np.ndarray:
    """Symbols of a Kodak image, cut to 12×9 positions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LCIP_ROOT", str(fitted_folder))
        return streams.read(base, "images/kodak-small-q3")[4].symbols[:, :12, :9].copy()


@pytest.fixture(scope="module")
def files(codecs, kodak) -> dict[str, bytes]:
    """Its file by every method."""
    return {name: one.pack(kodak, 180, 140) for name, one in codecs.items()}


@every_method
def test_an_image_comes_back_as_the_base_codec_would_give_it(codecs, picture, name):
    one = codecs[name]
    data = one.compress(picture)
    content = one.read(data)
    assert (content.height, content.width) == picture.shape[:2]
    assert np.array_equal(content.symbols, one.base.symbols(picture)) and content.symbols.any()
    expected = one.base.reconstruct(content.symbols, *picture.shape[:2])
    assert np.array_equal(one.decompress(data), expected)


@every_method
def test_bytes_are_the_estimate_and_a_small_container(codecs, kodak, files, name):
    one, data = codecs[name], files[name]
    coded = one.read(data).streams
    estimate = one.method.estimated_bits(kodak)
    for stream, bits in ((coded.side, estimate.side_bits), (coded.latent, estimate.latent_bits)):
        assert bits - 16 < 8 * len(stream) <= 1.002 * bits + 32
    assert len(data) - len(coded.side) - len(coded.latent) <= 32
    assert estimate.channel_bits.shape == (96,) and (estimate.channel_bits >= 0).all()


@every_method
@pytest.mark.parametrize("size", [(1, 1), (1, 40), (16, 16), (33, 17)])
def test_any_size_survives(codecs, name, size):
    image = np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)
    assert codecs[name].decompress(codecs[name].compress(image)).shape == (*size, 3)


@every_method
@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_all_integers_can_be_coded(codecs, name, data):
    """Far beyond every table and every bin, up to the limits of 32 bits."""
    draw = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    shape = (96, data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4)))
    symbols = draw.integers(-3, 4, shape).astype(np.int32)
    limits = st.sampled_from([-(2**31), 2**31 - 1, -129, -128, 127, 128, 1000])
    for place in data.draw(st.lists(st.integers(0, symbols.size - 1), max_size=6)):
        symbols.ravel()[place] = data.draw(limits)
    method = codecs[name].method
    coded = method.encode(symbols)
    decoded = method.decode(*coded, shape)
    assert decoded.dtype == np.int32 and np.array_equal(decoded, symbols)


@every_method
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_damaged_streams_are_refused_or_are_other_messages(codecs, kodak, files, name, data):
    """Behind the checksum, too, nothing crashes: a method meets bytes that nobody wrote."""
    method = codecs[name].method
    pair = list(coding.unpack(files[name], method.identity).streams)
    which = data.draw(st.integers(0, 1))
    stream = bytearray(pair[which])
    kind = data.draw(st.sampled_from(["cut", "extend", "flip", "random"]))
    if kind == "cut":
        stream = stream[: data.draw(st.integers(0, max(len(stream) - 1, 0)))]
    elif kind == "extend":
        stream += data.draw(st.binary(min_size=1, max_size=9))
    elif kind == "random":
        stream = bytearray(data.draw(st.binary(max_size=60)))
    elif stream:
        stream[data.draw(st.integers(0, len(stream) - 1))] ^= data.draw(st.integers(1, 255))
    pair[which] = bytes(stream)
    try:
        decoded = method.decode(*pair, kodak.shape)
    except StreamError:
        return
    assert decoded.shape == kodak.shape and decoded.dtype == np.int32


@every_method
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_damaged_files_are_refused(codecs, files, name, data):
    whole = files[name]
    if data.draw(st.booleans()):
        damaged = whole[: data.draw(st.integers(0, len(whole) - 1))]
    else:
        place, change = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, 255))
        damaged = whole[:place] + bytes([whole[place] ^ change]) + whole[place + 1 :]
    for bad in (damaged, whole + b"\0"):
        with pytest.raises(StreamError, match="Next: "):
            codecs[name].read(bad)


def test_no_method_reads_the_file_of_another(codecs, files):
    for name, one in codecs.items():
        for writer, data in files.items():
            if writer != name:
                with pytest.raises(StreamError, match="file's model is .*Next: load the weights"):
                    one.read(data)


@pytest.mark.parametrize(
    ("parts", "shapes"),
    [([b"", b""], [(10, 10)]), ([b""], [(4, 4)]), ([b"", b""], [(4, 4, 4)]), ([b""] * 3, [(1, 1)])],
)
def test_forged_sizes_are_refused_before_anything_is_allocated(codecs, parts, shapes, monkeypatch):
    monkeypatch.setattr(codec, "MOST_PIXELS", 99)
    forged = coding.pack(parts, shapes, codecs["adaptive"].method.identity)
    with pytest.raises(StreamError, match=r"2 streams, 1 shape \(height, width\) .*Next:"):
        codecs["adaptive"].read(forged)


def test_side_symbols_that_nobody_sends_are_refused(codecs):
    method = codecs["adaptive"].method
    s_q = np.zeros(method.q_shape, np.int32)
    s_q[0, 0] = MOST_Q + 1
    forged = side.write(s_q, method.q_tables)
    with pytest.raises(StreamError, match=f"side stream is {MOST_Q + 1}; allowed: magnitudes"):
        method.decode(forged, b"", (96, 1, 1))
    s_q[0, 0] = -(2**31)
    with pytest.raises(StreamError, match="a symbol of the side stream"):
        method.decode(side.write(s_q, method.q_tables), b"", (96, 1, 1))


def test_a_tiny_image_does_not_pay_for_distributions(codecs, kodak):
    """The encoder sends zeros where an answer would cost more than it saves."""
    method = codecs["adaptive"].method
    assert not method.quantised(kodak[:, :1, :1]).any()
    assert (
        len(method.encode(kodak[:, :1, :1]).side) <= method.estimated_bits(kodak).side_bits / 8 + 2
    )


def test_distributions_gather_what_lies_beyond_the_bins():
    p = adaptive.distributions(np.array([[[-(2**31), -2]], [[2**31 - 1, 0]]]), 4)
    assert p.dtype == np.float32 and p.tolist() == [[1, 0, 0, 0], [0, 0, 0.5, 0.5]]


def test_networks_of_another_base_codec_are_refused(fitted_repository, base):
    stranger = factorized.Codec(base.model, base.tables, base.card, bytes(32))
    with pytest.raises(artifacts.ArtifactError, match="base codec of weights .*fit them again"):
        fitted.load("small", 3, stranger)


def test_missing_networks_are_told_with_those_that_exist(fitted_repository, base):
    with pytest.raises(artifacts.ArtifactError, match="adaptive-small-q1.*adaptive-small-q3"):
        methods.method_of("adaptive", base, "small", 1)


def test_saving_rounds_first_so_that_tables_belong_to_what_is_stored(fitted_repository, base):
    found = fitted.load("small", 3, base)
    rebuilt = side.q_tables(found.model.bottleneck)
    assert np.array_equal(rebuilt.cumulative, found.q_tables.cumulative)
    assert found.card["base_identity"] == base.identity.hex()
    assert found.card["options"] == found.model.options


def test_a_file_names_its_setting(fitted_repository, codecs, files):
    for name, one in codecs.items():
        assert codec.setting_of(files[name]) == Setting("small", 3, name)
        assert Setting("small", 3, name).identity == one.method.identity


def test_an_account_adds_up(fitted_repository, files):
    data = files["adaptive"]
    found = account.account(data)
    assert found.setting == Setting("small", 3, "adaptive")
    parts = found.container_bytes, found.side_bytes, found.latent_bytes
    assert sum(parts) == found.file_bytes == len(data) and min(parts) > 0
    assert found.padded == (192, 144) and (found.height, found.width) == (180, 140)
    assert abs(found.channel_bits.sum() / 8 - found.latent_bytes) < 2
    dearest = found.dearest_channels(96)
    assert [bits for _, bits in dearest] == sorted(found.channel_bits, reverse=True)


@every_method
def test_what_a_file_spends_is_what_its_encoder_chose(codecs, kodak, files, name):
    method = codecs[name].method
    side_stream = codecs[name].read(files[name]).streams.side
    spent, estimate = method.spent_bits(side_stream, kodak), method.estimated_bits(kodak)
    assert np.array_equal(spent.channel_bits, estimate.channel_bits)
    assert spent.side_bits == estimate.side_bits


@pytest.mark.parametrize("name", ["adaptive", "hybrid"])
def test_an_account_is_of_the_file_not_of_a_better_one(fitted_repository, codecs, kodak, name):
    """Another machine, or version, may have settled on another q: its bits are told, not ours."""
    one = codecs[name]
    sent = getattr(one.method, "sent", one.method)
    s_q = np.full(sent.q_shape, 1, np.int32)
    side_stream = side.write(s_q, sent.q_tables)
    latent = (
        coding_of_counts(one.method, s_q, kodak)
        if name == "hybrid"
        else methods.encode_with(sent.synthesis.tables(s_q), kodak)
    )
    data = coding.pack([side_stream, latent], [(180, 140)], one.method.identity)
    found = account.account(data)
    assert np.array_equal(found.channel_bits, one.method.priced(s_q, kodak)[2].channel_bits)
    assert not np.array_equal(found.channel_bits, one.method.estimated_bits(kodak).channel_bits)


def coding_of_counts(method, s_q: np.ndarray, symbols: np.ndarray) -> bytes:
    """A latent under counts that begin at the tables of any s_q."""
    return counting.encode(symbols, method.sent.synthesis.tables(s_q), method.rule)


def test_escapes_are_counted(codecs, kodak):
    symbols = kodak.copy()
    method = codecs["static"].method
    before = method.estimated_bits(symbols).escapes
    symbols[3, 2, 1], symbols[5, 0, 0] = 10**6, -(10**6)
    assert method.estimated_bits(symbols).escapes == before + 2


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        (Setting("large", 3, "static"), "family is 'large'; allowed: small, paper-low"),
        (Setting("small", 3, "fast"), "method is 'fast'; allowed: static, "),
        (Setting("small", 3, "ideal"), "choose one that writes files: this one is a bound"),
        (Setting("small", 2, "static"), r"quality is 2; allowed: 1, 3 \(weights for small, static"),
        (Setting("small", 1, "adaptive"), r"quality is 1; allowed: 3 \(weights for small, adaptiv"),
        (Setting("paper-low", 3, "static"), "none yet .*choose another family or method"),
    ],
)
def test_what_has_no_weights_is_refused_with_what_has(fitted_repository, setting, told):
    with pytest.raises(LcipError, match=told):
        codec.load(setting)


def test_files_of_unknown_weights_are_refused(fitted_repository):
    foreign = coding.pack([b"", b""], [(1, 1)], bytes(32))
    with pytest.raises(StreamError, match="file's model is '000000000000'; allowed: a model whose"):
        codec.setting_of(foreign)
