"""Uploaded images: a zip, image files, NumPy arrays or a table. First a preview, then a data set like any
other.

A preview reads headers, and pixels where it must; all are decoded once size and colour are chosen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from explorer.data.array_upload import read_arrays_upload
from explorer.data.dataset import Progress, classes_from_folders, no_progress
from explorer.data.formats import (
    ARRAY_SUFFIX,
    CODE_SUFFIXES,
    IMAGE_SUFFIXES,
    TABLE_SUFFIXES,
    is_image,
    suffix_of,
)
from explorer.data.image_files import ImageFiles
from explorer.data.labels_file import read_labels
from explorer.data.layout import assign_splits, infer_layout
from explorer.data.preview import Upload, build_upload, skip_message, too_few_images_error
from explorer.errors import UserError
from explorer.names import sanitize
from explorer.untrusted.archive import Archive, Entry
from explorer.untrusted.foreign import CODE as CAN_RUN_CODE

MAX_FILES = 50_000  # of one upload: decoded in a few minutes, 600 MB at 64 px in colour
MAX_UNPACKED_BYTES = 2_000_000_000  # of unpacked files, one by one: ten seconds of unpacking
MAX_FILE_BYTES = 100_000_000  # of one image: a photograph of 89 megapixels, hardly compressed
MAX_COMPRESSION_RATIO = 200  # of the size to that in the zip: images hardly compress
MAX_TOTAL_PIXELS = 10_000_000_000  # of all images before they are resized: two minutes of decoding
MAX_CLASSES = 1000  # with more, there is probably a folder for each image
DECODER_THREADS = 2  # a few, because the machine is shared
SYSTEM_FILES = {"__macosx", "thumbs.db", "desktop.ini"}
ZIP_MAGIC, TOO_LARGE_MESSAGE = b"PK", "it is larger than 100 MB"
UPLOAD_SOURCE = "This upload"


@dataclass(frozen=True)
class UploadSource:
    """label: what holds the images, as a sentence begins; is_limited: whether a visitor brings them, who may
    not fill the machine.
    """

    label: str = UPLOAD_SOURCE
    is_limited: bool = True

    @property
    def threads(self) -> int | None:
        return DECODER_THREADS if self.is_limited else None

    @property
    def max_classes(self) -> int | None:
        return MAX_CLASSES if self.is_limited else None


def read_upload(
    files: Sequence[tuple[str, bytes]],
    on_progress: Progress = no_progress,
    encoding: str | None = None,
    source: str = UPLOAD_SOURCE,
) -> Upload:
    """Read uploaded files, each a name and its content: one zip or .npz, or any number of files with any
    names. encoding: that of non-UTF-8 names in a zip.

    Raises UserError, in one sentence, if there are fewer than two images, or more than the limit.
    """
    if len(files) == 1 and suffix_of(files[0][0]) in CODE_SUFFIXES:
        raise UserError(
            f"{sanitize(files[0][0])} {CAN_RUN_CODE}: save its arrays with numpy.savez, and upload the .npz"
            " file."
        )
    if len(files) == 1 and files[0][1].startswith(ZIP_MAGIC):
        archive = Archive(files[0][1], MAX_FILES, MAX_UNPACKED_BYTES, encoding)
        upload = read_entries(archive.entries, archive.read, on_progress, UploadSource(source))
        note = (
            (f"The names in the zip file are read in the encoding {archive.encodings[0]}.",)
            if archive.encodings
            else ()
        )
        return replace(upload, encodings=archive.encodings, notes=upload.notes + note)
    if len(files) > MAX_FILES or sum(len(content) for _, content in files) > MAX_UNPACKED_BYTES:
        raise UserError(
            f"These files exceed the limit of {MAX_FILES:,} files or {MAX_UNPACKED_BYTES / 1e6:,.0f} MB."
            " Upload fewer files."
        )
    entries = [
        Entry(
            name.replace("\\", "/"),
            len(content),
            len(content),
            "it is a zip file: upload it alone" if content.startswith(ZIP_MAGIC) else "",
            content,
        )
        for name, content in files
    ]
    return read_entries(entries, lambda entry: entry.source, on_progress, UploadSource(source))


def read_entries(
    entries: Sequence[Entry],
    read: Callable[[Entry], bytes | Path],
    on_progress: Progress = no_progress,
    source: UploadSource = UploadSource(),
) -> Upload:
    """Read the files. read: a function that returns the content of an entry, or its path, or raises
    ValueError with a short reason. Raises UserError as read_upload() does.

    If there are image files, only these are used; else arrays; else tables of pixels.
    """
    entries = sorted(
        (entry for entry in entries if not _is_hidden(entry.name)), key=lambda entry: entry.name.split("/")
    )
    arrays = [entry for entry in entries if suffix_of(entry.name) == ARRAY_SUFFIX]
    tables = [entry for entry in entries if suffix_of(entry.name) in TABLE_SUFFIXES]
    if sum(is_image(entry.name) for entry in entries) < 2 and (arrays or tables):
        return read_arrays_upload(
            entries, arrays or tables, read, source.max_classes, source.threads, source.label
        )
    return _read_images(entries, tables, read, on_progress, source)


def _read_images(
    entries: Sequence[Entry],
    tables: Sequence[Entry],
    read: Callable,
    on_progress: Progress,
    source: UploadSource,
) -> Upload:
    image_entries, skipped = [], []
    for entry in entries:
        if fault := _skip_reason(entry, source):
            skipped.append((entry.name, fault))
        else:
            image_entries.append(entry)
    files = ImageFiles(read, source.threads, MAX_FILES if source.is_limited else None)
    files.scan(image_entries, on_progress)
    if source.is_limited:
        _check_work(sum(image.decoding_cost for image in files.images))
    files.choose_rendering()
    if len(files.images) < 2:
        raise too_few_images_error(
            source.label, len(files.images), [skip_message(*item) for item in skipped + files.faults]
        )
    paths, notes = [image.entry.name for image in files.images], files.notes
    layout = infer_layout(paths)
    folders, is_test = layout.folders, layout.is_test
    notes += [layout.note] * bool(layout.note)
    for table in tables:
        if labels := _labels(table, read, paths):
            folders, skipped = labels.classes, [item for item in skipped if item[0] != table.name]
            notes.append(f"The classes are read from {sanitize(PurePosixPath(table.name).name)}.")
            if labels.splits:
                is_test, note = assign_splits(labels.splits)
                notes += [note] * bool(note)
            break
    y, class_names = classes_from_folders(folders)
    return build_upload(
        y,
        class_names,
        [image.name for image in files.images],
        [image.size for image in files.images],
        [image.mode for image in files.images],
        source.max_classes,
        skipped=tuple(skip_message(*item) for item in skipped + files.faults),
        is_test=is_test,
        notes=tuple(notes),
        groups=files.groups(),
        decode=files.decode,
        threads=source.threads,
        source_label=source.label,
    )


def _labels(table: Entry, read: Callable, paths: Sequence[str]):
    try:
        content = read(table)
        return read_labels(content.read_bytes() if isinstance(content, Path) else content, paths)
    except (ValueError, OSError):
        return None


def _check_work(pixels: int) -> None:
    if pixels > MAX_TOTAL_PIXELS:
        raise UserError(
            f"These images have {pixels / 1e9:,.0f} billion pixels, and the limit is"
            f" {MAX_TOTAL_PIXELS / 1e9:.0f} billion. Upload fewer or smaller images."
        )


def _is_hidden(name: str) -> bool:
    return any(
        part.startswith(".") and part not in (".", "..") or part.lower() in SYSTEM_FILES
        for part in name.split("/")
    )


def _skip_reason(entry: Entry, source: UploadSource) -> str:
    """Return why a file is skipped, or "" if it is not."""
    suffix = suffix_of(entry.name)
    if entry.fault:
        return entry.fault
    if suffix not in IMAGE_SUFFIXES:
        return {
            ".zip": "it is a zip file in a zip file",
            ARRAY_SUFFIX: "it is an array, and only the images are used",
        }.get(suffix, f"it {CAN_RUN_CODE}" if suffix in CODE_SUFFIXES else "its name is not that of an image")
    if source.is_limited and entry.size > MAX_FILE_BYTES:
        return TOO_LARGE_MESSAGE
    return (
        "its compression ratio is too high for an image"
        if entry.size > MAX_COMPRESSION_RATIO * max(entry.packed_size, 1)
        else ""
    )
