"""The files of a site: its pages, and what they share, under the hash of its content."""

import codecs
import gzip
from pathlib import Path

import numpy as np

from explorer.live.block import Block, LazyBlock, content_id

FIRST_CHARACTER, CHARACTER_BITS = 0x3400, 15  # 32,768 characters in a row of which all are valid alone


class SiteFiles:
    """Files below a folder. Paths have "/" and are relative to it."""

    def __init__(self, folder: Path):
        self.folder = folder

    def write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())

    def share(self, name: str, suffix: str, text: str) -> str:
        """Write a file that pages share, unless it is there, and return its path."""
        path = f"shared/{name}-{content_id(text.encode())[:12]}.{suffix}"
        if not (self.folder / path).exists():
            self.write(path, text)
        return path

    def share_script(self, name: str, text: str) -> str:
        """Write a script that pages share, packed, unless it is there, and return its path
        (hosts/site/start.js).
        """
        content = text.encode()
        path = f"shared/{name}-{content_id(content)[:12]}.js"
        self._write_packed(path, content, "startScript(")
        return path

    def share_block(self, block: Block | LazyBlock) -> str:
        """Write the script of a block, unless it is there, and return its path (hosts/site/site.js)."""
        content = block.content
        name = content_id(content)
        path = f"blocks/{name}.js"
        self._write_packed(path, content, f'registerBlock("{name}", ')
        return path

    def _write_packed(self, path: str, content: bytes, call: str) -> None:
        """Write a script that calls a function with the gzip of the content, unless it is there. call: the
        beginning of this call, up to its arguments size and text. The script is in UTF-16, whose mark counts
        for browsers whatever a host says.
        """
        file = self.folder / path
        if file.exists():
            return
        packed = gzip.compress(content, mtime=0)
        script = f'{call}{len(packed)}, "{encode_base32768(packed)}");\n'
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(codecs.BOM_UTF16_LE + script.encode("utf-16-le"))


def encode_base32768(content: bytes) -> str:
    """Return bytes as a text of 15 bits a character, for core/base32768.js."""
    bits = np.unpackbits(np.frombuffer(content, np.uint8))
    bits = np.append(bits, np.zeros(-len(bits) % CHARACTER_BITS, np.uint8)).reshape(-1, CHARACTER_BITS)
    codes = FIRST_CHARACTER + bits @ (1 << np.arange(CHARACTER_BITS)[::-1])
    return codes.astype("<u2").tobytes().decode("utf-16-le")
