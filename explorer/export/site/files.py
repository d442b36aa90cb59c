"""The files of a site: its pages, and what they share, under the hash of its content."""

import base64
import gzip
from pathlib import Path

from explorer.live.block import Block, LazyBlock, content_id


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

    def share_block(self, block: Block | LazyBlock) -> str:
        """Write the script of a block, unless it is there, and return its path. It registers the gzip of the
        content (hosts/site/site.js).
        """
        content = block.content
        name = content_id(content)
        path = f"blocks/{name}.js"
        if not (self.folder / path).exists():
            text = base64.b64encode(gzip.compress(content, mtime=0)).decode()
            self.write(path, f'registerBlock("{name}", "{text}");\n')
        return path
