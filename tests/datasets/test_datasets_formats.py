"""OBJ, text tables and NumPy files as users bring them; and kinds told by content."""

import io
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.datasets import DatasetError, draw_cloud, read_mesh, read_points, text
from lcip.datasets.points import parse_mesh

POINTS = np.array([[0, 0, 0], [1, 0, 0.5], [1, 1, -2], [0, 1, 1e-3]], dtype=np.float32)
ROWS = ["0 0 0", "1 0 0.5", "1 1 -2", "0 1 1e-3"]
TRIANGLES = [[0, 1, 2], [0, 2, 3]]


def check(data: bytes, triangles=()) -> None:
    mesh = parse_mesh(data, "a file")
    np.testing.assert_array_equal(mesh.vertices, POINTS)
    np.testing.assert_array_equal(mesh.faces, np.array(triangles).reshape(-1, 3))


def table(separator=" ", head="", tail="", end="\n") -> bytes:
    return (head + "".join(row.replace(" ", separator) + tail + end for row in ROWS)).encode()


@pytest.mark.parametrize(
    "data",
    [
        table(),
        table("\t"),
        table(","),
        table(", "),
        table("; "),
        table("   ", tail="  "),
        table(end="\r\n"),
        table(end="\r"),
        table()[:-1],
        table(tail=" 255 0 7"),
        table(",", tail=",0.1,0.2,0.3"),  # modelnet40_normal_resampled
        table(",", tail=","),
        table(",", tail=",chair"),
        table(head="4\n"),  # PTS
        table(head="# made by hand\n\n"),
        table(head="// made by hand\n"),
        table(head="# x y z\n"),
        table(head="//X Y Z\n"),
        table(head="x y z\n"),
        table(",", head="x,y,z\n"),
        table(",", head='"X","Y","Z","label"\n', tail=",5"),
        table(head="# these x y z are points\n"),
        b"\xef\xbb\xbf" + table(",", head="x,y,z\n"),
        b"\n\n" + table(),
        b" " + table(),
        b"# a\n" + table() + b"# b\n",
        b"0;0;0\n1;0;0,5\n1;1;-2\n0;1;1e-3\n",
        b"label,z,y,x\n3,0,0,0\n3,0.5,0,1\n3,-2,1,1\n3,1e-3,1,0\n",
        b"0 0 0 0 0\n1 0 0.5 0 0\n1 1 -2 nan 0\n0 1 1e-3 0 0\n",
        b"0 0 0\n1 0 0.5 7\n1 1 -2\n0 1 1e-3 7 7\n",
        b"+0 .0 0.\n1E0 0 5e-1\n1 1 -2\n0 1 1e-3\n",
    ],
)
def test_rows_of_text(data):
    check(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"1 2\n3 4\n", "its first row has 2 numbers; x, y, z are needed"),
        (b"1 2 3\n4 5\n", "row 1 of its points has fewer than three numbers, or NaN"),
        (b"1 2 3\n4 nan 5\n", "row 1 of its points has fewer than three numbers, or NaN"),
        (b"nan 2 3\n", "row 0 of its points"),
        (b"1 2 3\n4 inf 5\n", "1 of 2 points NaN or infinite, first 1"),
        (b"1 2 3\n4 five 6\n", "five"),
        (b"9\n1 2 3\n4 5 6\n", "ends before all declared rows: 2 of 9"),
        (b"a,b,c\n1,2,3\n", "neither PLY nor OFF nor NPY, NPZ, OBJ or rows of numbers"),
        (b"3\nwater\nO 0 0 0\nH 0 1 0\nH 1 0 0\n", "neither PLY"),  # chemistry's XYZ
        (b"hello, world\n", "neither PLY"),
        (b"7", "neither PLY"),
        (b"solid cube\nfacet normal 0 0 1\n", "neither PLY"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "neither PLY"),
        (b"1 2 3\n\0\0\0\n", "neither PLY"),
        (b"\0" * 100, "neither PLY"),
        (b" \n\n", "neither PLY"),
        ("1 2 3\n".encode("utf-16"), "neither PLY"),
    ],
)
def test_rows_that_are_no_cloud_are_refused(data, said):
    with pytest.raises(DatasetError, match=f"point cloud is .a.xyz .*{said}"):
        parse_mesh(data, "a.xyz")


@pytest.mark.parametrize("head", ["", "# made by hand\n", "mtllib a.mtl\no chair\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_obj(head, end):
    body = "".join(f"v {row} 1.0\n" for row in ROWS) + "vt 0 0\nvn 0 0 1\nusemtl a\ns off\n"
    check((head + body).replace("\n", end).encode())
    for faces in ("f 1 2 3\nf 1 3 4\n", "f 1 2 3 4\n", "f 1/1 2/1 3/1 4/1\n", "f -4//1 -3 -2 -1\n"):
        check((head + body + faces).replace("\n", end).encode(), TRIANGLES)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"v 0 0\n", "a vertex has fewer than three coordinates"),
        (b"v 0 0 zero\n", "zero"),
        (b"v 0 0 nan\n", "1 of 1 points NaN"),
        (b"o chair\nvn 0 0 1\n", "it has no points"),
        (b"v 0 0 0\nf 1 2 3\n", "a face names vertex 2 of 1"),
        (b"v 0 0 0\nf 0 1 1\n", "a face names vertex 0; they count from 1"),
        (b"v 0 0 0\nf -2 1 1\n", "no vertex number"),
        (b"v 0 0 0\nf a b c\n", "invalid literal"),
        (b"v 0 0 0\nf 1 1 99999999999999999999\n", "no vertex number"),
    ],
)
def test_obj_that_is_no_object_is_refused(data, said):
    with pytest.raises(DatasetError, match=f"point cloud is .a.obj .*{said}"):
        parse_mesh(data, "a.obj")


def saved(**arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def npy(array) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


WIDE = np.concatenate([POINTS, np.full((4, 4), 7, np.float32)], axis=1)
RECORDS = np.rec.fromarrays([WIDE[:, 3], *POINTS.T[::-1]], names="red,z,y,x")


@pytest.mark.parametrize("array", [POINTS, WIDE, np.asfortranarray(WIDE), POINTS.astype(">f8")])
def test_arrays_of_three_columns_and_more(array, monkeypatch):
    monkeypatch.setattr("lcip.datasets.arrays.AT_ONCE", 3)
    check(npy(array))
    check(saved(anything=array))
    check(saved(labels=np.zeros(4), points=array))


def test_arrays_of_records():
    check(npy(RECORDS))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (npy(POINTS[:2].T), r"float32 of shape \(3, 2\)"),
        (npy(np.zeros((2, 4, 3))), r"shape \(2, 4, 3\); numbers \(N, 3\) are needed"),
        (npy(np.zeros((2, 5000))), r"shape \(2, 5000\)"),
        (saved(a=POINTS, b=POINTS), "its arrays are: a, b; one, or one named points or xyz"),
        (saved(a=POINTS)[:-30], "a damaged or protected archive"),
        (saved(points=np.array("chair")), r"of shape \(\)"),
        (npy(POINTS)[:-1], "it ends before all declared rows"),
        (npy(np.asfortranarray(POINTS))[:-1], "it ends before all declared rows"),
        (b"PK\x03\x04" + bytes(50), "a damaged or protected archive"),
    ],
)
def test_arrays_that_are_no_cloud(data, said):
    with pytest.raises(DatasetError, match=f"point cloud is .a.npz .*{said}"):
        parse_mesh(data, "a.npz")


def test_a_damaged_byte_in_an_archive_is_found():
    data = bytearray(saved(points=np.arange(3000.0).reshape(1000, 3)))
    data[5000] ^= 1
    with pytest.raises(DatasetError, match="a damaged or protected archive: Bad CRC-32"):
        parse_mesh(bytes(data), "a.npz")


def test_the_name_of_a_file_has_no_say(tmp_path):
    for name, data in (("a.npy", table()), ("a.png", npy(POINTS)), ("a", table(head="x y z\n"))):
        (tmp_path / name).write_bytes(data)
        np.testing.assert_array_equal(read_points(tmp_path / name), POINTS)


def test_clouds_as_off_with_columns_and_comments():
    rows = "\n".join(f"{row} 9 9 # a point" for row in ROWS)
    check(f"OFF # a cloud\n4 0 0\n\n{rows}\n\n".encode())
    with pytest.raises(DatasetError, match="ends before all declared rows"):
        parse_mesh(f"OFF\n5 0 0\n{rows}\n".encode(), "a.off")


@pytest.mark.parametrize("size", [11, 16, 64])
def test_blocks_of_text_change_nothing(size, monkeypatch):
    monkeypatch.setattr(text, "BLOCK", size)
    body = "\n".join(ROWS)
    ply = "ply\nformat ascii 1.0\nelement vertex 4\n"
    ply += "".join(f"property float {axis}\n" for axis in "xyz") + "end_header\n"
    for end in ("\n", "\r\n"):
        for head in ("OFF\n4 0 0\n", ply):
            check((head + body).replace("\n", end).encode())
        check(("v " + body.replace("\n", "\nv ")).replace("\n", end).encode())


def test_a_line_without_end_is_refused():
    head = b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
    data = head + b"property float z\nend_header\n" + b"1" * (3 * text.BLOCK)
    with pytest.raises(DatasetError, match="a line of more than 1048576 bytes"):
        parse_mesh(data, "a.ply")


def test_what_is_no_plain_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, said in (
        (tmp_path / "pipe", "no plain file: save it first"),
        (tmp_path, "Is a directory"),
        (tmp_path / "absent.ply", "does not exist"),
    ):
        for reader in (read_mesh, lambda p: draw_cloud(p, 5, 0)):
            with pytest.raises(DatasetError, match=f"{said}.*name a file that exists"):
                reader(path)


def test_a_mesh_without_area_cannot_be_sampled(tmp_path):
    (tmp_path / "flat.obj").write_text("v 0 0 0\nv 1 1 1\nf 1 2 2\n")
    with pytest.raises(DatasetError, match="flat.obj: mesh is '1 triangles of total area 0'"):
        draw_cloud(tmp_path / "flat.obj", 5, 0)


SEEDS = [table(), table(",", head="x,y,z\n"), b"v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n",
         npy(POINTS), saved(points=POINTS), b"OFF\n2 0 0\n0 0 0\n1 1 1\n"]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    data=st.sampled_from(SEEDS),
    place=st.integers(0, 200),
    bytes_=st.binary(max_size=8),
    cut=st.integers(0, 8),
)
def test_any_damage_gives_points_or_a_refusal(data, place, bytes_, cut):
    try:
        mesh = parse_mesh(data[:place] + bytes_ + data[place + cut :], "damaged")
    except DatasetError:
        return
    assert np.isfinite(mesh.vertices).all() and mesh.vertices.shape[1:] == (3,)
    assert mesh.faces.max(initial=0) < len(mesh.vertices) and mesh.faces.min(initial=0) >= 0
