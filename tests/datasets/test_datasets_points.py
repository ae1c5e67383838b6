"""PLY, OFF and NPY files of every kind that users bring; damaged ones are refused."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcip.datasets import (
    DatasetError,
    read_cloud,
    read_mesh,
    read_points,
    write_points_ply,
)
from lcip.datasets.points import parse_mesh

POINTS = np.array([[0, 0, 0], [1, 0, 0.5], [1, 1, -2], [0, 1, 1e-3]], dtype=np.float32)
TRIANGLES = [[0, 1, 2], [0, 2, 3]]
BODY = "0 0 0\n1 0 0.5\n1 1 -2\n0 1 1e-3\n"


def ply(kind: str, properties: str, body: bytes, vertices=4, end="\n") -> bytes:
    lines = ["ply", f"format {kind} 1.0", "comment made by hand", f"element vertex {vertices}"]
    lines += properties.splitlines() + ["end_header", ""]
    return end.join(lines).encode() + body


XYZ = "property float x\nproperty float y\nproperty float z"
LIST = "\nelement face 2\nproperty list uchar int vertex_indices"


def check(data: bytes, triangles=()) -> None:
    mesh = parse_mesh(data, "a file")
    np.testing.assert_array_equal(mesh.vertices, POINTS)
    np.testing.assert_array_equal(mesh.faces, np.array(triangles).reshape(-1, 3))
    assert mesh.vertices.dtype == np.float32 and mesh.faces.dtype == np.int32


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ply_text_with_any_line_end(end):
    check(ply("ascii", XYZ, BODY.replace("\n", end).encode(), end=end))


@pytest.mark.parametrize(("kind", "order"), [("little", "<"), ("big", ">")])
def test_ply_binary_points(kind, order):
    check(ply(f"binary_{kind}_endian", XYZ, POINTS.astype(f"{order}f4").tobytes()))


@pytest.mark.parametrize(("kind", "order"), [("little", "<"), ("big", ">")])
def test_ply_binary_with_doubles_and_other_columns(kind, order):
    columns = "property uchar red\nproperty float64 z\nproperty double y\nproperty float64 x"
    rows = b"".join(struct.pack(order + "Bddd", 7, z, y, x) for x, y, z in POINTS)
    check(ply(f"binary_{kind}_endian", columns, rows))


@pytest.mark.parametrize(("kind", "order"), [("little", "<"), ("big", ">")])
def test_ply_binary_triangles(kind, order):
    faces = b"".join(struct.pack(order + "B3i", 3, *corners) for corners in TRIANGLES)
    body = POINTS.astype(f"{order}f4").tobytes() + faces
    check(ply(f"binary_{kind}_endian", XYZ + LIST, body), TRIANGLES)


@pytest.mark.parametrize(("kind", "order"), [("little", "<"), ("big", ">")])
def test_ply_binary_polygons_become_fans(kind, order):
    """A quadrilateral, and a line, which has no area and gives no triangle."""
    faces = struct.pack(order + "B4i", 4, 0, 1, 2, 3) + struct.pack(order + "B2i", 2, 0, 1)
    body = POINTS.astype(f"{order}f4").tobytes() + faces
    check(ply(f"binary_{kind}_endian", XYZ + LIST, body), TRIANGLES)


def test_ply_text_polygons_with_colours():
    columns = XYZ + LIST + "\nproperty uchar red"
    check(
        ply("ascii", columns, BODY.encode() + b"4 0 1 2 3 255\n3 0 1 2 9\n"),
        [*TRIANGLES, [0, 1, 2]],
    )


def test_ply_with_unknown_elements_around_the_vertices():
    columns = XYZ + "\nelement edge 1\nproperty int a\nproperty list uchar float weights"
    body = POINTS.astype("<f4").tobytes() + struct.pack("<iBff", 5, 2, 0.5, 0.5)
    check(ply("binary_little_endian", columns, body))
    before = "ply\nformat ascii 1.0\nelement note 2\nproperty list int int words\n"
    vertex = f"element vertex 4\n{XYZ}\nend_header\n2 5 5\n0\n{BODY}"
    check((before + vertex).encode())


def test_ply_faces_of_vertices_with_lists():
    columns = "property list uchar int tags\n" + XYZ
    rows = b"".join(struct.pack("<B2i3f", 2, 1, 1, *point) for point in POINTS)
    check(ply("binary_little_endian", columns, rows))


def test_ply_triangle_strips_are_stepped_over():
    columns = XYZ + "\nelement tristrips 1\nproperty list int int vertex_indices"
    check(ply("ascii", columns, BODY.encode() + b"4 0 1 2 3\n"))


@pytest.mark.parametrize(
    "head",
    [
        "OFF\n4 2 0\n",
        "OFF4 2 0\n",  # as many files of ModelNet40 begin
        "OFF 4 2 0\n",
        "OFF\r\n4 2 5\r\n",
        "OFF\n4 2\n",
        "# made by hand\nOFF # a mesh\n\n# counts:\n4 2 0\n\n",
        "  OFF\n4 2 0\n",
    ],
)
def test_off_headers(head):
    check(f"{head}{BODY}3 0 1 2\n3 0 2 3\n".encode(), TRIANGLES)


@pytest.mark.parametrize(
    ("head", "extra"),
    [("COFF", " 0.1 0.2 0.3 1"), ("NOFF", " 0 0 1"), ("CNOFF", " 0 0 1 9 9 9"), ("STOFF", " 0 1")],
)
def test_off_columns_of_variants_are_stepped_over(head, extra):
    body = BODY.replace("\n", f"{extra}\n")
    check(f"{head}\n4 2 0\n{body}3 0 1 2\n3 0 2 3\n".encode(), TRIANGLES)


@pytest.mark.parametrize("faces", ["4 0 1 2 3\n2 0 1\n", "3 0 1 2 255 0 0\n3 0 2 3 0.5 0.5 0.5\n"])
def test_off_polygons_and_coloured_faces(faces):
    check(f"OFF\n4 2 0\n{BODY}{faces}".encode(), TRIANGLES)


def test_off_without_faces_is_a_cloud():
    check(f"OFF\n4 0 0\n{BODY}".encode())


@pytest.mark.parametrize("kind", ["<f4", ">f4", "<f8", "float16"])
def test_npy_of_any_float(tmp_path, kind):
    np.save(tmp_path / "a.npy", POINTS.astype(kind))
    np.testing.assert_allclose(read_points(tmp_path / "a.npy"), POINTS, rtol=1e-3)
    assert read_points(tmp_path / "a.npy").dtype == np.float32


def test_npy_of_integers_and_in_fortran_order(tmp_path):
    np.save(tmp_path / "a.npy", np.asfortranarray(np.arange(12, dtype=np.int16).reshape(4, 3)))
    assert read_points(str(tmp_path / "a.npy")).tolist()[1] == [3, 4, 5]


def test_written_points_are_read_back_exactly(tmp_path):
    cloud = np.random.default_rng(0).normal(size=(100, 3)).astype(np.float32)
    write_points_ply(tmp_path / "new" / "a.ply", cloud)
    np.testing.assert_array_equal(read_points(tmp_path / "new" / "a.ply"), cloud)
    write_points_ply(tmp_path / "b.ply", POINTS[:1])
    assert (tmp_path / "b.ply").read_bytes() == (
        b"ply\nformat binary_little_endian 1.0\nelement vertex 1\nproperty float x\n"
        b"property float y\nproperty float z\nend_header\n" + bytes(12)
    )


@pytest.mark.parametrize("shape", [(4,), (4, 2), (0, 3), (2, 4, 3)])
def test_only_clouds_are_written(tmp_path, shape):
    with pytest.raises(DatasetError, match=r"points is \(.*allowed: shape \(N, 3\)"):
        write_points_ply(tmp_path / "a.ply", np.zeros(shape))
    assert not (tmp_path / "a.ply").exists()


def test_a_cloud_of_a_mesh_is_sampled_and_of_points_is_chosen(tmp_path):
    (tmp_path / "a.off").write_text(f"OFF\n4 2 0\n{BODY}3 0 1 2\n3 0 2 3\n")
    assert read_cloud(tmp_path / "a.off", 100, seed=1).shape == (100, 3)
    (tmp_path / "b.off").write_text(f"OFF\n4 0 0\n{BODY}")
    some = read_cloud(tmp_path / "b.off", 4, seed=1)
    assert sorted(map(tuple, some)) == sorted(map(tuple, POINTS))
    with pytest.raises(DatasetError, match="b.off: num_points is 5; allowed: 1 to 4"):
        read_cloud(tmp_path / "b.off", 5, seed=1)


TEXT = f"OFF\n4 2 0\n{BODY}3 0 1 2\n3 0 2 3\n"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty: 0 bytes"),
        (b"solid cube\n", "neither PLY nor OFF nor NPY"),
        (b"plywood", "neither PLY"),
        (b"ply\nformat ascii 1.0\nelement vertex 4\n", "its header has no end"),
        (ply("ascii", "property float x\nproperty float y", b"0 0\n" * 4), "no property z"),
        (ply("ascii", XYZ.replace("float z", "quad z"), b""), "has the property .*quad z"),
        (ply("ascii", "property list int float x\n" + XYZ[17:], b"1 0 0 0\n" * 4), "is a list"),
        (ply("morse", XYZ, b""), "format morse"),
        (ply("ascii", XYZ, b"0 0 0\n1 1 1\n"), "ends before all declared rows"),
        (ply("ascii", XYZ, b"0 0 zero\n" * 4), "zero"),
        (ply("binary_little_endian", XYZ, bytes(47)), "ends before all declared rows"),
        (ply("ascii", XYZ, b"", vertices=0), "it has no points"),
        (ply("binary_big_endian", XYZ, b"", vertices=10**15), "ends before all declared rows"),
        (ply("ascii", XYZ, BODY.encode().replace(b"-2", b"nan")), "1 of 4 points NaN or infinite"),
        (ply("ascii", XYZ, BODY.encode().replace(b"-2", b"-inf")), "first 2"),
        (ply("binary_big_endian", XYZ, b"\x7f\x80\x00\x01" * 12), "4 of 4 points NaN"),
        (ply("ascii", XYZ, BODY.encode().replace(b"-2", b"1e39")), "beyond the range of float32"),
        (ply("ascii", XYZ + LIST, BODY.encode() + b"3 0 1 2\n3 0 1 4\n"), "vertex 4 of 4"),
        (ply("ascii", XYZ + LIST, BODY.encode() + b"3 0 1 2\n3 0 1 -1\n"), "no vertex number"),
        (ply("ascii", XYZ + LIST, BODY.encode() + b"3 0 1 2\n3 0 1 1.5\n"), "no vertex number"),
        (ply("ascii", XYZ + LIST, BODY.encode() + b"3 0 1 2\n-3 0 1 1\n"), "a list of -3"),
        (b"ply\nformat ascii 1.0\nelement face 0\nend_header\n", "no element 'vertex'"),
        (b"ply\nelement vertex 0\nend_header\n", "states no format"),
        (b"OFF\n", "does not state its numbers"),
        (b"OFF\nfour two\n", "does not state its numbers"),
        (b"OFF BINARY\n", "binary OFF"),
        (b"4OFF\n1 0 0\n0 0 0 0\n", "neither PLY"),
        (b"# only a comment\n", "neither PLY"),
        (TEXT.encode()[:-20], "ends before all 4 vertices and 2 faces"),
        (TEXT.replace("1 0 0.5", "1 0").encode(), "a line has 2 numbers where 3"),
        (TEXT.replace("1 0 0.5", "1 0 x").encode(), "x"),
        (TEXT.replace("-2", "nan").encode(), "1 of 4 points NaN"),
        (TEXT.replace("3 0 2 3", "3 0 2 4").encode(), "vertex 4 of 4"),
        (TEXT.replace("3 0 2 3", "-3 0 2 4").encode(), "a face of -3"),
        (TEXT.replace("3 0 2 3", "3 0 2").encode(), "2 numbers where 3"),
        (b"OFF\n999999999999 0 0\n0 0 0\n", "ends before all"),
        (b"\x93NUMPY", "numpy says"),
        (b"\x93NUMPY\x01\x00\x10\x00{'descr': '<f4'}", "numpy says"),
    ],
)
def test_what_is_no_cloud_is_refused(tmp_path, data, said):
    path = tmp_path / "a.ply"
    path.write_bytes(data)
    with pytest.raises(DatasetError, match=f"point cloud is .*a.ply .*{said}.*allowed: a PLY, OFF"):
        read_points(path)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((4, 2)), r"float64 of shape \(4, 2\)"),
        (np.zeros(3), r"shape \(3,\)"),
        (np.zeros((0, 3)), "no points"),
        (np.zeros((4, 3), complex), "complex128"),
        (np.zeros((4, 3), bool), "bool"),
        (np.full((4, 3), None), "object of shape"),
        (np.full((4, 3), np.inf), "4 of 4 points"),
        (np.full((4, 3), 1e300), "beyond the range"),
    ],
)
def test_arrays_that_are_no_cloud_are_refused(tmp_path, array, said):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(DatasetError, match=said):
        read_points(tmp_path / "a.npy")


def test_a_cut_array_and_one_of_absurd_size_are_refused(tmp_path):
    np.save(tmp_path / "a.npy", POINTS)
    whole = (tmp_path / "a.npy").read_bytes()
    for bad in (whole[:-1], whole[:60], whole.replace(b"(4, 3)", b"(9999999999999, 3)"[:6])):
        with pytest.raises(DatasetError, match="point cloud is"):
            parse_mesh(bad, "a.npy")
    huge = whole.replace(b"(4, 3), }           ", b"(99999999999, 3), } ")
    assert len(huge) == len(whole) and huge != whole
    with pytest.raises(DatasetError, match="ends before all declared rows"):
        parse_mesh(huge, "a.npy")


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(DatasetError, match="a.ply .does not exist.*name a file that exists"):
        read_points(tmp_path / "a.ply")
    with pytest.raises(DatasetError, match="directory"):
        read_mesh(tmp_path)


SEEDS = [
    TEXT.encode(),
    f"COFF\n4 2 0\n{BODY}3 0 1 2\n3 0 2 3\n".encode(),
    ply("ascii", XYZ + LIST, BODY.encode() + b"3 0 1 2\n4 0 1 2 3\n"),
    ply(
        "binary_little_endian", XYZ + LIST, POINTS.tobytes() + b"\3" + bytes(12) + b"\2" + bytes(8)
    ),
]


@settings(max_examples=150, deadline=None)
@given(
    data=st.sampled_from(SEEDS),
    place=st.integers(0, 200),
    bytes_=st.binary(max_size=8),
    cut=st.integers(0, 8),
)
def test_any_damage_gives_a_mesh_or_a_refusal(data, place, bytes_, cut):
    damaged = data[:place] + bytes_ + data[place + cut :]
    try:
        mesh = parse_mesh(damaged, "damaged")
    except DatasetError:
        return
    assert np.isfinite(mesh.vertices).all() and mesh.vertices.shape[1:] == (3,)
    assert mesh.faces.max(initial=0) < len(mesh.vertices) and mesh.faces.min(initial=0) >= 0
