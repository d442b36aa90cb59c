import pytest

from explorer.names import casefold_key, in_words_of, is_file_name, sanitize


@pytest.mark.parametrize("name", ["a", "A-b_c.1", "x" * 100, "_"])
def test_names_for_files(name):
    assert is_file_name(name)


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".a", "-a", "a/b", "a\\b", "a b", "a\n", "é", "x" * 101, "a\0", "a:b", "١"]
)
def test_names_for_no_file(name):
    assert not is_file_name(name)


def test_names_that_some_take_for_one():
    assert casefold_key("Cafe\u0301") == casefold_key("CAFÉ") == casefold_key("café") != casefold_key("cafe")
    assert casefold_key("straße") == casefold_key("STRASSE")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("<b>", "<b>"),
        ("a\nb\tc", "a�b�c"),
        ("\x1b[31m", "�[31m"),
        ("\u202egnp", "�gnp"),
        ("\ud800", "�"),
        ("cafe\u0301", "café"),
        ("x" * 101, "x" * 99 + "…"),
        ("x" * 100, "x" * 100),
    ],
)
def test_what_is_shown_is_one_short_line(name, expected):
    assert sanitize(name) == expected and sanitize(name).isprintable()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Mean over 3 test images, in nats per image: 1.",
            "Mean over 3 test vectors, in nats per vector: 1.",
        ),
        ("An image or **an image**; Images: pixels.", "A vector or **a vector**; Vectors: values."),
        ("my-images, a/image.png, images.npz", "my-images, a/image.png, images.npz"),
        ("imagine the pixel's", "imagine the value's"),
    ],
)
def test_texts_about_vectors(text, expected):
    assert in_words_of((1, 1, 5), text) == expected
    assert in_words_of((1, 8, 8), text) == in_words_of((1, 1, 1), text) == text
