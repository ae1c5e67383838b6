"""A user's own folders."""

import pytest

from lcip.datasets import DatasetError, Item, clouds_in, images_in


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_images_are_found_below_a_folder_in_the_order_of_their_names(tmp_path):
    touch(tmp_path, "b.PNG", "a.jpg", "z/c.jpeg", "B.png", "notes.txt", "d.ply")
    assert [item.name for item in images_in(tmp_path)] == ["B", "a", "b", "z/c"]
    assert images_in(tmp_path)[1] == Item("a", tmp_path / "a.jpg")


def test_names_stay_unique_where_two_files_share_one(tmp_path):
    touch(tmp_path, "a.jpg", "a.png", "b.png", "c.v1.png", "c.v2.png")
    names = [item.name for item in images_in(tmp_path)]
    assert names == ["a.jpg", "a.png", "b", "c.v1", "c.v2"]


def test_hidden_files_and_folders_are_left_out(tmp_path):
    touch(tmp_path, "a.png", "._a.png", ".cache/b.png", "__MACOSX/c.png")
    assert [item.name for item in images_in(tmp_path)] == ["a"]


def test_clouds_are_ply_off_and_npy(tmp_path):
    touch(tmp_path, "a.ply", "b.OFF", "c.npy", "d.npz", "e.png")
    assert [item.name for item in clouds_in(str(tmp_path))] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("absent", "does not exist.*name a folder that exists"),
        ("file.png", "a file.*name a folder that exists"),
        ("empty", r"no such file in it.*\*\.jpeg, \*\.jpg, \*\.png"),
    ],
)
def test_what_is_no_folder_of_images_is_refused(tmp_path, name, said):
    touch(tmp_path, "file.png", "empty/notes.txt")
    with pytest.raises(DatasetError, match=said):
        images_in(tmp_path / name)
