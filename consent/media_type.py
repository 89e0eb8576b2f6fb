"""Which files a C2PA manifest can be embedded in, told by their content, not only their name."""

import struct
from pathlib import Path

_BY_SUFFIX = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
_ISO_MEDIA = frozenset({"video/mp4", "video/quicktime", "audio/mp4"})


def embeddable(path: Path) -> str | None:
    """Return the media type to embed a manifest under, judged by the suffix; None if none fits."""
    return _BY_SUFFIX.get(path.suffix.lower())


def sniffed(path: Path) -> str | None:
    """Return the media type to look for a manifest under, judged by the content.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(16)
    named = embeddable(path)
    if start[4:8] == b"ftyp":
        return named if named in _ISO_MEDIA else "video/mp4"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if start.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if start.startswith(b"RIFF") and start[8:12] == b"WAVE":
        return "audio/wav"
    if start.startswith(b"ID3") or start[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mpeg"
    return None


def fits(source: Path, out: Path) -> bool:
    """Whether what `source` holds is what the suffix of `out`, if it has a manifest, promises.

    Raises:
        OSError: The source cannot be read.
    """
    promised, found = embeddable(out), sniffed(source)
    return promised is None or promised == found or {promised, found} <= _ISO_MEDIA


def runs_of_media_data(path: Path) -> int:
    """Count the `mdat` boxes at the top of an ISO media file (ISO/IEC 14496-12, section 4.2).

    A damaged box ends the count; a file of another kind has none.

    Raises:
        OSError: The file cannot be read.
    """
    end, at, runs = path.stat().st_size, 0, 0
    with path.open("rb") as file:
        while at + 8 <= end:
            file.seek(at)
            start = file.read(16)
            size, kind = struct.unpack(">I4s", start[:8])
            header = 8
            if size == 1 and len(start) == 16:
                (size,), header = struct.unpack(">Q", start[8:]), 16
            elif size == 0:
                size = end - at
            if size < header:
                break
            runs += kind == b"mdat"
            at += size
    return runs
