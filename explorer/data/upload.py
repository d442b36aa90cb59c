"""Uploaded images: a zip, image files, NumPy arrays or a table. First a preview, then a data set like any
other.

A preview reads headers, and pixels where it must; all are decoded once size and colour are chosen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from explorer.data.array_upload import from_arrays
from explorer.data.dataset import Progress, by_folder, untold
from explorer.data.formats import ARRAY, CODE, SUFFIXES, TABLES, is_image, suffix_of
from explorer.data.image_files import ImageFiles
from explorer.data.labels_file import labels_of
from explorer.data.layout import assigned, laid_out
from explorer.data.preview import Upload, skip, too_few, upload_of
from explorer.errors import UserError
from explorer.names import sanitize
from explorer.untrusted.archive import Archive, Entry
from explorer.untrusted.foreign import CODE as CAN_RUN_CODE

MOST_FILES = 50_000  # of one upload: what is decoded in some minutes, and 600 MB at 64 px in colour
MOST_BYTES = 2_000_000_000  # that they unpack to, one by one: ten seconds of unpacking
MOST_FILE_BYTES = 100_000_000  # of one image: a photograph of 89 megapixels, hardly compressed
MOST_RATIO = 200  # of an image's size to its size in the zip: images hardly pack
MOST_PIXELS = 10_000_000_000  # of all images before they are resized: two minutes of decoding
MOST_CLASSES = 1000  # more are no classes, but one folder an image
THREADS = 2  # that decode: others want the machine too
LEFT_BY_SYSTEMS = {"__macosx", "thumbs.db", "desktop.ini"}
ZIP, LARGE = b"PK", "it is larger than 100 MB"
UPLOAD = "This upload"


@dataclass(frozen=True)
class Door:
    """place: what holds the images, as a sentence begins; is_limited: whether a visitor brings them, who may
    not fill the machine.
    """

    place: str = UPLOAD
    is_limited: bool = True

    @property
    def threads(self) -> int | None:
        return THREADS if self.is_limited else None

    @property
    def most_classes(self) -> int | None:
        return MOST_CLASSES if self.is_limited else None


def uploaded(
    files: Sequence[tuple[str, bytes]],
    on_progress: Progress = untold,
    encoding: str | None = None,
    place: str = UPLOAD,
) -> Upload:
    """name, content of each: one zip or .npz, or any number of files, whatever they are called; the encoding
    of old names in a zip.

    Raises UserError, in one sentence, if fewer than two images are found, or more than can be borne.
    """
    if len(files) == 1 and suffix_of(files[0][0]) in CODE:
        raise UserError(
            f"{sanitize(files[0][0])} {CAN_RUN_CODE}: save its arrays with numpy.savez, and upload the .npz"
            " file."
        )
    if len(files) == 1 and files[0][1].startswith(ZIP):
        archive = Archive(files[0][1], MOST_FILES, MOST_BYTES, encoding)
        found = of_entries(archive.entries, archive.read, on_progress, Door(place))
        note = (
            (f"The names in the zip file are read in the encoding {archive.encodings[0]}.",)
            if archive.encodings
            else ()
        )
        return replace(found, encodings=archive.encodings, notes=found.notes + note)
    if len(files) > MOST_FILES or sum(len(content) for _, content in files) > MOST_BYTES:
        raise UserError(
            f"These files exceed the limit of {MOST_FILES:,} files or {MOST_BYTES / 1e6:,.0f} MB. Upload"
            " fewer files."
        )
    entries = [
        Entry(
            name.replace("\\", "/"),
            len(content),
            len(content),
            "it is a zip file: upload it alone" if content.startswith(ZIP) else "",
            content,
        )
        for name, content in files
    ]
    return of_entries(entries, lambda entry: entry.source, on_progress, Door(place))


def of_entries(
    entries: Sequence[Entry],
    read: Callable[[Entry], bytes | Path],
    on_progress: Progress = untold,
    door: Door = Door(),
) -> Upload:
    """Files, and what gives the content of one, or its path, or raises ValueError with a short reason. Raises
    UserError as uploaded() does.

    Images are taken where there are any; without them arrays, or else tables of pixels.
    """
    entries = sorted(
        (entry for entry in entries if not _is_hidden(entry.name)), key=lambda entry: entry.name.split("/")
    )
    arrays = [entry for entry in entries if suffix_of(entry.name) == ARRAY]
    tables = [entry for entry in entries if suffix_of(entry.name) in TABLES]
    if sum(is_image(entry.name) for entry in entries) < 2 and (arrays or tables):
        return from_arrays(entries, arrays or tables, read, door.most_classes, door.threads, door.place)
    return _of_images(entries, tables, read, on_progress, door)


def _of_images(
    entries: Sequence[Entry], tables: Sequence[Entry], read: Callable, on_progress: Progress, door: Door
) -> Upload:
    wanted, skipped = [], []
    for entry in entries:
        if fault := _fault(entry, door):
            skipped.append((entry.name, fault))
        else:
            wanted.append(entry)
    files = ImageFiles(read, door.threads, MOST_FILES if door.is_limited else None)
    files.look(wanted, on_progress)
    if door.is_limited:
        _check_work(sum(image.work for image in files.images))
    files.decide()
    if len(files.images) < 2:
        raise too_few(door.place, len(files.images), [skip(*one) for one in skipped + files.faults])
    paths, notes = [image.entry.name for image in files.images], files.notes
    layout = laid_out(paths)
    folders, is_test = layout.folders, layout.is_test
    notes += [layout.note] * bool(layout.note)
    for table in tables:
        if labels := _labels(table, read, paths):
            folders, skipped = labels.classes, [one for one in skipped if one[0] != table.name]
            notes.append(f"The classes are read from {sanitize(PurePosixPath(table.name).name)}.")
            if labels.splits:
                is_test, note = assigned(labels.splits)
                notes += [note] * bool(note)
            break
    y, class_names = by_folder(folders)
    return upload_of(
        y,
        class_names,
        [image.name for image in files.images],
        [image.size for image in files.images],
        [image.mode for image in files.images],
        door.most_classes,
        skipped=tuple(skip(*one) for one in skipped + files.faults),
        is_test=is_test,
        notes=tuple(notes),
        groups=files.groups(),
        decode=files.decoded,
        threads=door.threads,
        place=door.place,
    )


def _labels(table: Entry, read: Callable, paths: Sequence[str]):
    try:
        content = read(table)
        return labels_of(content.read_bytes() if isinstance(content, Path) else content, paths)
    except (ValueError, OSError):
        return None


def _check_work(pixels: int) -> None:
    if pixels > MOST_PIXELS:
        raise UserError(
            f"These images have {pixels / 1e9:,.0f} billion pixels, and the limit is {MOST_PIXELS / 1e9:.0f}"
            " billion. Upload fewer or smaller images."
        )


def _is_hidden(name: str) -> bool:
    return any(
        part.startswith(".") and part not in (".", "..") or part.lower() in LEFT_BY_SYSTEMS
        for part in name.split("/")
    )


def _fault(entry: Entry, door: Door) -> str:
    """Why a file is not looked into, "" if it is."""
    suffix = suffix_of(entry.name)
    if entry.fault:
        return entry.fault
    if suffix not in SUFFIXES:
        return {
            ".zip": "it is a zip file in a zip file",
            ARRAY: "it is an array, and only the images are used",
        }.get(suffix, f"it {CAN_RUN_CODE}" if suffix in CODE else "its name is not that of an image")
    if door.is_limited and entry.size > MOST_FILE_BYTES:
        return LARGE
    return (
        "its compression ratio is too high for an image"
        if entry.size > MOST_RATIO * max(entry.packed, 1)
        else ""
    )
