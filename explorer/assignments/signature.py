"""The signature of codes by a server: HMAC-SHA256 with a key in the folder of runs, which all processes of
the server share. It shows that this server made a code and that nobody has changed it since, and no more.
"""

import hashlib
import hmac
import os
import secrets
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from explorer.assignments.code import (
    KEY_ID_BYTES,
    START,
    TAG_BYTES,
    Code,
    Submission,
    encode_code,
    encode_content,
)
from explorer.errors import UserError
from explorer.store.atomic import PARTIAL_SUFFIX
from explorer.store.catalogue import runs_folder

KEY_FILE = ".assignment-key"
KEY_BYTES = 32
SIGNED, NOT_SIGNED = "signed", "not signed"
OTHER_KEY, CHANGED = "signed by another server", "changed after it was signed"
READ_TRIES, WAIT_SECONDS = 20, 0.05  # of a file that another process is writing


def sign_submission(submission: Submission) -> str:
    """Return the signed code of a submission. Makes the server's key if there is none. Raises UserError if
    the folder of runs can't keep it.
    """
    key, content = ensure_key(), encode_content(submission)
    return encode_code(content, key_id(key), _tag(key, content))


def check_signature(code: Code, key: bytes | None) -> str:
    """Return what the signature of a code shows: SIGNED, NOT_SIGNED, OTHER_KEY or CHANGED. key: of this
    server, None if it has signed nothing.
    """
    if not code.tag:
        return NOT_SIGNED
    if key is None or code.key_id != key_id(key):
        return OTHER_KEY
    return SIGNED if hmac.compare_digest(code.tag, _tag(key, code.content)) else CHANGED


def key_id(key: bytes) -> bytes:
    return hashlib.sha256(key).digest()[:KEY_ID_BYTES]


def today() -> date:
    return datetime.now(UTC).date()


def find_key() -> bytes | None:
    """Return the key of this server, or None if it has none yet. Raises UserError if it can't be read."""
    path = runs_folder() / KEY_FILE
    return _read_key(path) if path.exists() else None


def ensure_key() -> bytes:
    """Return the key of this server, and make it if there is none. Of processes that do so at once, one makes
    it. Raises UserError if the disk refuses.
    """
    path = runs_folder() / KEY_FILE
    if not path.exists():
        _create_key(path)
    return _read_key(path)


def _create_key(path: Path) -> None:
    """Write a new key, unless there is one by then; only this user may read it."""
    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=f"{KEY_FILE}.", suffix=PARTIAL_SUFFIX)
        with open(descriptor, "w", encoding="ascii") as file:  # mode 600
            file.write(secrets.token_hex(KEY_BYTES))
        _move_unless_there(Path(part), path)
    except OSError as error:
        raise UserError(
            f"The code can't be signed, because {path} could not be written: {error.strerror}. Ask the person"
            " who runs the app to allow writing there."
        ) from error
    finally:
        if part:
            Path(part).unlink(missing_ok=True)


def _move_unless_there(part: Path, path: Path) -> None:
    """Give a complete file its name, unless another process was faster."""
    try:
        os.link(part, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        try:
            with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(part.read_bytes())
        except FileExistsError:
            return


def _read_key(path: Path) -> bytes:
    for _ in range(READ_TRIES):
        try:
            text = path.read_text(encoding="ascii", errors="replace").strip()
        except OSError as error:
            raise UserError(f"{path} could not be read: {error.strerror}. Allow reading it.") from error
        if len(text) == 2 * KEY_BYTES:
            break
        time.sleep(WAIT_SECONDS)
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise UserError(f"{path} is damaged. Delete it: codes that were signed before can't be checked then.")
    return key


def _tag(key: bytes, content: bytes) -> bytes:
    return hmac.digest(key, START.encode() + content, "sha256")[:TAG_BYTES]
