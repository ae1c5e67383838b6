"""CompressAI's weights by our door: fetched from a server, loaded, and used like our own."""

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import torch

from lcip import coding, datasets, runtime  # noqa: F401
from lcip.errors import LcipError
from lcip.images import factorized, zoo

# isort: split
from compressai.models import FactorizedPrior

SPELLINGS = {
    "first": lambda name: name.replace("entropy_bottleneck.", "entropy_bottleneck._"),
    "second": lambda name: (
        name.replace("entropy_bottleneck.matrices.", "entropy_bottleneck._matrix")
        .replace("entropy_bottleneck.biases.", "entropy_bottleneck._bias")
        .replace("entropy_bottleneck.factors.", "entropy_bottleneck._factor")
    ),
    "today": lambda name: name,
}


@pytest.fixture(scope="module")
def published() -> FactorizedPrior:
    """A stand-in for the published model: same architecture, fewer channels."""
    torch.manual_seed(3)
    model = FactorizedPrior(8, 12).eval()
    with torch.no_grad():
        model.g_a[-1].weight.mul_(100)
        model.entropy_bottleneck.quantiles[:, 0, 1] = torch.linspace(-0.4, 0.4, 12)
    return model


def file_of(model: FactorizedPrior, spelling: str) -> bytes:
    """The model as the zoo stores one; quantiles and buffers keep their names."""
    spell = SPELLINGS[spelling]
    kept = ("quantiles", "_offset", "_quantized_cdf", "_cdf_length", "target", "bound")
    state = {
        name if name.endswith(kept) else spell(name): tensor
        for name, tensor in model.state_dict().items()
    }
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()


@pytest.fixture
def zoo_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LCIP_DATA", str(tmp_path))
    (tmp_path / "zoo").mkdir()
    return tmp_path / "zoo"


def path_in(folder, quality=3):
    wanted = datasets.registry()["bmshj2018-factorized"].files[quality - 1].path
    return folder.parent / wanted


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_each_generation_of_names_gives_the_same_codec(zoo_folder, published, spelling):
    path_in(zoo_folder).write_bytes(file_of(published, spelling))
    codec = factorized.load("zoo", 3)
    for name, parameter in published.named_parameters():
        assert torch.equal(codec.model.get_parameter(name), parameter), name
    assert codec.num_channels == 12 and codec.card["lmbda"] == 0.0067


def test_its_files_decode_to_the_published_models_own_reconstruction(zoo_folder, published):
    path_in(zoo_folder).write_bytes(file_of(published, "second"))
    codec = factorized.load("zoo", 3)
    picture = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)
    data = codec.compress(picture)
    with torch.no_grad():
        expected = published(factorized.to_tensor(picture))["x_hat"]
    assert np.array_equal(codec.decompress(data), factorized.to_image(expected))


def test_identity_covers_parameters_and_quality(zoo_folder, published):
    for quality in (3, 4):
        path_in(zoo_folder, quality).write_bytes(file_of(published, "today"))
    third, fourth = factorized.load("zoo", 3), factorized.load("zoo", 4)
    data = third.compress(np.zeros((16, 16, 3), np.uint8))
    with pytest.raises(coding.StreamError):
        fourth.decompress(data)
    with torch.no_grad():
        published.g_s[0].bias[0] += 1
    path_in(zoo_folder).write_bytes(file_of(published, "today"))
    assert factorized.load("zoo", 3).identity != third.identity


def test_weights_that_were_not_fetched_say_how(zoo_folder):
    with pytest.raises(LcipError, match="lcip fetch bmshj2018-factorized"):
        factorized.load("zoo", 1)
    assert not zoo.is_available(1)


@pytest.mark.parametrize("content", [b"no weights", None])
def test_a_damaged_file_or_another_model_is_refused(zoo_folder, content):
    if content is None:
        buffer = io.BytesIO()
        torch.save({"g_a.0.weight": torch.zeros(8, 3, 5, 5)}, buffer)
        content = buffer.getvalue()
    path_in(zoo_folder).write_bytes(content)
    with pytest.raises(LcipError, match="remove the file and run `lcip fetch bmshj2018"):
        factorized.load("zoo", 3)


def test_from_a_server_to_an_image(tmp_path, monkeypatch, published):
    """The whole path: registry, download, checksum, tensors, codec, bytes, picture."""
    content = file_of(published, "first")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        serve_from(f"http://127.0.0.1:{server.server_port}", content, tmp_path, monkeypatch)
        datasets.fetch("bmshj2018-factorized", progress=False)
    finally:
        server.shutdown()
        server.server_close()
    codec = factorized.load("zoo", 2)
    picture = np.random.default_rng(1).integers(0, 256, (33, 20, 3), dtype=np.uint8)
    assert codec.decompress(codec.compress(picture)).shape == picture.shape


def serve_from(address, content, tmp_path, monkeypatch):
    """A registry that is the book's, but for addresses and checksums of the zoo's files."""
    import hashlib

    from lcip import paths

    text = paths.data_file("registry.toml").read_text(encoding="utf8")
    text = text.replace("https://compressai.s3.amazonaws.com/models/v1", address)
    head, mark, tail = text.partition("[[bmshj2018-factorized.files]]")
    lines = (mark + tail).split("\n")
    prefix = hashlib.sha256(content).hexdigest()[:8]
    mine = [
        f'sha256_prefix = "{prefix}"' if line.startswith("sha256_prefix") else line
        for line in lines
    ]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "registry.toml").write_text(head + "\n".join(mine), encoding="utf8")
    monkeypatch.setenv("LCIP_ROOT", str(tmp_path))
    monkeypatch.setenv("LCIP_DATA", str(tmp_path / "sets"))


@pytest.mark.parametrize("method", ["static", "backward"])
def test_methods_without_own_weights_code_with_a_fetched_codec(zoo_folder, published, method):
    from lcip.distributions import codec

    path_in(zoo_folder).write_bytes(file_of(published, "second"))
    assert codec.qualities("zoo", method) == [3] and codec.qualities("zoo", "adaptive") == []
    setting = codec.Setting("zoo", 3, method)
    picture = np.random.default_rng(2).integers(0, 256, (20, 37, 3), dtype=np.uint8)
    data = codec.load(setting).compress(picture)
    assert codec.setting_of(data) == setting
    expected = factorized.load("zoo", 3)
    expected = expected.reconstruct(expected.symbols(picture), 20, 37)
    assert np.array_equal(codec.load(setting).decompress(data), expected)
