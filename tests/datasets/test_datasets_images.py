"""Every kind of PNG and JPEG becomes uint8 RGB; what cannot be read is refused."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from lcip.datasets import BUNDLED, DatasetError, bundled_photographs, read_image

RGB = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)


def save(path, array, mode=None, **options):
    Image.fromarray(array, mode).save(path, **options) if mode else Image.fromarray(array).save(
        path, **options
    )
    return path


def png(path, width, height, depth, colour, rows):
    """A PNG file written by hand, for kinds that Pillow does not write."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )
    return path


def test_rgb_is_read_exactly(tmp_path):
    got = read_image(save(tmp_path / "a.png", RGB))
    assert got.dtype == np.uint8 and got.flags.writeable
    np.testing.assert_array_equal(got, RGB)


def test_the_bytes_decide_not_the_name(tmp_path):
    save(tmp_path / "a.png", RGB).rename(tmp_path / "a.jpg")
    np.testing.assert_array_equal(read_image(str(tmp_path / "a.jpg")), RGB)


def test_a_jpeg_is_read(tmp_path):
    flat = np.full((16, 16, 3), (200, 100, 50), dtype=np.uint8)
    got = read_image(save(tmp_path / "a.jpg", flat, quality=95)).astype(int)
    assert np.abs(got - flat).max() <= 3


@pytest.mark.parametrize(
    ("orientation", "turned"),
    [
        (1, lambda a: a),
        (2, lambda a: a[:, ::-1]),
        (3, lambda a: a[::-1, ::-1]),
        (6, lambda a: np.rot90(a, -1)),
        (8, lambda a: np.rot90(a, 1)),
    ],
)
def test_exif_orientation_is_applied(tmp_path, orientation, turned):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(tmp_path / "a.png", RGB, exif=exif)
    np.testing.assert_array_equal(read_image(path), turned(RGB))


def test_grey_is_repeated(tmp_path):
    got = read_image(save(tmp_path / "a.png", RGB[..., 0]))
    np.testing.assert_array_equal(got, np.repeat(RGB[..., :1], 3, axis=2))


def test_black_and_white_is_0_and_255(tmp_path):
    Image.fromarray(RGB[..., 0] > 127).convert("1").save(tmp_path / "a.png")
    got = read_image(tmp_path / "a.png")
    np.testing.assert_array_equal(got[..., 1], np.where(RGB[..., 0] > 127, 255, 0))


def test_a_palette_is_looked_up(tmp_path):
    Image.fromarray(RGB).quantize(16).save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as opened:
        wanted = np.asarray(opened.convert("RGB"))
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), wanted)


@pytest.mark.parametrize("alpha, wanted", [(255, [10, 20, 30]), (0, [255, 255, 255])])
def test_transparency_is_laid_over_white(tmp_path, alpha, wanted):
    pixels = np.full((4, 4, 4), (10, 20, 30, alpha), dtype=np.uint8)
    assert (read_image(save(tmp_path / "a.png", pixels)) == wanted).all()


def test_half_transparent_grey_is_mixed_with_white(tmp_path):
    pixels = np.full((4, 4, 2), (0, 128), dtype=np.uint8)
    Image.fromarray(pixels, "LA").save(tmp_path / "a.png")
    assert (read_image(tmp_path / "a.png") == 127).all()


def test_a_transparent_colour_of_a_palette_is_white(tmp_path):
    picture = Image.new("P", (4, 4), 0)
    picture.putpalette([9, 9, 9, 50, 60, 70])
    picture.putpixel((0, 0), 1)
    picture.save(tmp_path / "a.png", transparency=0)
    got = read_image(tmp_path / "a.png")
    assert got[0, 0].tolist() == [50, 60, 70] and (got[1:] == 255).all()


def test_16_bit_grey_keeps_the_high_byte(tmp_path):
    values = np.array([[0, 255, 256], [0x1234, 0x80FF, 65535]], dtype=np.uint16)
    save(tmp_path / "a.png", values)
    np.testing.assert_array_equal(read_image(tmp_path / "a.png")[..., 2], values >> 8)


def test_16_bit_colour_keeps_the_high_byte(tmp_path):
    values = np.array([[[0x1234, 0x80FF, 65535], [255, 256, 0]]], dtype=np.uint16)
    path = png(tmp_path / "a.png", 2, 1, 16, 2, [values[0].astype(">u2").tobytes()])
    np.testing.assert_array_equal(read_image(path), values >> 8)


def test_cmyk_is_converted(tmp_path):
    Image.new("CMYK", (16, 16), (0, 0, 0, 0)).save(tmp_path / "a.jpg")
    assert (read_image(tmp_path / "a.jpg") >= 250).all()


def test_the_first_picture_of_an_animation_is_read(tmp_path):
    first, second = Image.new("RGB", (4, 4), "red"), Image.new("RGB", (4, 4), "blue")
    first.save(tmp_path / "a.png", save_all=True, append_images=[second])
    assert (read_image(tmp_path / "a.png") == [255, 0, 0]).all()


def test_one_pixel_is_an_image(tmp_path):
    assert read_image(save(tmp_path / "a.png", RGB[:1, :1])).shape == (1, 1, 3)


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (None, "does not exist"),
        (b"", "empty: 0 bytes"),
        (b"this is no image", "neither PNG nor JPEG"),
        (b"GIF89a" + bytes(100), "neither PNG nor JPEG"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "damaged at its start"),
    ],
)
def test_what_is_no_image_is_refused(tmp_path, contents, said):
    path = tmp_path / "a.png"
    if contents is not None:
        path.write_bytes(contents)
    with pytest.raises(DatasetError, match=f"a.png .*{said}.*a readable PNG or JPEG file. Next:"):
        read_image(path)


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_cut_file_is_refused(tmp_path, name, part):
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    path = save(tmp_path / name, noise)
    path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
    with pytest.raises(DatasetError, match="a readable PNG or JPEG file"):
        read_image(path)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="a folder"):
        read_image(tmp_path)


def test_an_image_of_absurd_size_is_refused_before_it_is_decoded(tmp_path):
    path = png(tmp_path / "a.png", 60_000, 60_000, 8, 2, [])
    with pytest.raises(DatasetError, match="decompression bomb"):
        read_image(path)


def test_the_bundled_photographs_are_all_here():
    sizes = {name: picture.shape[:2] for name, picture in bundled_photographs().items()}
    assert sizes == {
        "astronaut": (512, 512),
        "chelsea": (300, 451),
        "coffee": (400, 600),
        "hubble_deep_field": (872, 1000),
        "immunohistochemistry": (512, 512),
        "motorcycle_left": (500, 741),
        "motorcycle_right": (500, 741),
        "retina": (1411, 1411),
        "rocket": (427, 640),
    }
    assert list(sizes) == list(BUNDLED)


def test_some_bundled_photographs_can_be_chosen():
    (picture,) = bundled_photographs(["chelsea"]).values()
    assert picture.dtype == np.uint8 and picture.shape == (300, 451, 3)


def test_an_unknown_photograph_is_refused():
    with pytest.raises(DatasetError, match="photograph is 'lena'; allowed: astronaut, chelsea"):
        bundled_photographs(["lena"])
