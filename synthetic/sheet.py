"""Contact sheets of footage, for looking at."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.video import read_frames


def contact_sheet(folder: Path, out: Path, *, columns: int = 6, rows: int = 2) -> None:
    """Tile frames of `folder`/person.mp4, evenly spread, above the folder's stills, as a JPEG.

    Args:
        folder: As `sample.make_sample` leaves it.
        out: Written with quality 88.
        columns: Frames in a row.
        rows: Rows of frames.
    """
    import cv2

    frames = list(_spread(folder / "person.mp4", columns * rows))
    tile = 256
    bands = [
        np.hstack([cv2.resize(f, (tile, tile), interpolation=cv2.INTER_AREA) for f in row])
        for row in (frames[i : i + columns] for i in range(0, len(frames), columns))
    ]
    stills = [cv2.imread(str(path))[..., ::-1] for path in sorted(folder.glob("still_*.jpg"))]
    if stills:
        side = columns * tile // len(stills)
        bands.append(
            np.hstack([cv2.resize(s, (side, side), interpolation=cv2.INTER_AREA) for s in stills])
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(out), np.vstack(bands)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])


def _spread(video: Path, count: int) -> list[NDArray[np.uint8]]:
    total = sum(1 for _ in read_frames(video))
    wanted = set(np.linspace(0, total - 1, count).astype(int).tolist())
    return [frame for index, frame in enumerate(read_frames(video)) if index in wanted]
