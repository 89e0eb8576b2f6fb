"""Draw the picture of docs/engines.md: the motion of both sources between two frames of a video.

Run it as a module: `python -m docs.motion_figure VIDEO CHECKPOINT OUT.jpg`. The checkpoint is one
of `python -m reenact.train.fomm` or a published one.
"""

from pathlib import Path

import click
import cv2
import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Crop
from avatar.background import choose_crop, cut
from capture.tracking import follow_face
from capture.video import read_frames
from reenact.fomm.checkpoint import load_checkpoint
from reenact.fomm.runtime import Runtime
from reenact.motion.geometric import GeometricMotion
from reenact.motion.interface import Keypoints, MotionSource, SparseMotion
from reenact.motion.learned import LearnedMotion

SIDE = 256
ARM_PX = 9.0
"""Half the length of the crosses that show Jacobians."""
EVERY = 3
"""Of the keypoints on the face's oval, every so many-th is drawn."""
COLUMNS = ("source", "driving", "source, moved", "occlusion map")


def shown_faces(
    video: Path, frames: tuple[int, int]
) -> tuple[list[NDArray[np.uint8]], list[NDArray[np.float32]]]:
    """Cut two frames to a common square; returns pictures (256, 256, 3) and landmarks in px."""
    stream = enumerate(follow_face(read_frames(video, stop=max(frames) + 1)))
    seen = {index: pair for index, pair in stream if index in frames}
    boxes = np.stack([seen[index][1].box for index in frames])
    crop: Crop = choose_crop(boxes, boxes[0])
    pictures = [cut(seen[index][0], crop, SIDE) for index in frames]
    scale = np.float32(SIDE / crop.side)
    placed = []
    for index in frames:
        landmarks = seen[index][1].landmarks * scale
        landmarks[:, :2] -= np.array([crop.x, crop.y]) * scale
        placed.append(landmarks)
    return pictures, placed


def row(
    pictures: list[NDArray[np.uint8]], sparse: SparseMotion, source: MotionSource, driving: object
) -> NDArray[np.uint8]:
    """Draw one source of motion; its coordinates are px of the pictures' side or a share of it."""
    dense = source.dense(driving)
    share = SIDE / _side(source)
    flow = cv2.resize(dense.flow * np.float32(share), (SIDE, SIDE))
    moved = cv2.remap(pictures[0], flow, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    occlusion = cv2.resize(dense.occlusion, (SIDE, SIDE))
    grey = np.repeat((255 * occlusion).astype(np.uint8)[..., None], 3, axis=2)
    cv2.rectangle(grey, (0, 0), (SIDE - 1, SIDE - 1), (160, 160, 160), 1)
    with_source, with_driving = pictures[0].copy(), pictures[1].copy()
    step = EVERY if len(sparse.driving.points) > 20 else 1
    arms = np.array([[[-1, 0], [1, 0]], [[0, -1], [0, 1]]], np.float32) * ARM_PX / np.float32(share)
    for k in range(0, len(sparse.driving.points), step):
        upright = sparse.driving.points[k] + arms  # (2, 2, 2)
        colour = _colour(k / len(sparse.driving.points))
        for picture, cross in ((with_driving, upright), (with_source, sparse.at(upright)[k])):
            for start, stop in cross * share:
                _line(picture, start, stop, colour)
    return np.concatenate([with_source, with_driving, moved, grey], axis=1)


def _side(source: MotionSource) -> int:
    return source.side if isinstance(source, LearnedMotion) else SIDE


def _colour(share: float) -> tuple[int, int, int]:
    hue = np.uint8([[[round(180 * share) % 180, 220, 255]]])
    return tuple(int(value) for value in cv2.cvtColor(hue, cv2.COLOR_HSV2RGB)[0, 0])


def _line(
    picture: NDArray[np.uint8],
    start: NDArray[np.float32],
    stop: NDArray[np.float32],
    colour: tuple[int, int, int],
) -> None:
    ends = [tuple(int(v) for v in np.round(point * 16)) for point in (start, stop)]
    cv2.line(picture, *ends, (0, 0, 0), 4, cv2.LINE_AA, shift=4)
    cv2.line(picture, *ends, colour, 2, cv2.LINE_AA, shift=4)


def captioned(rows: dict[str, NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Put names above the columns and beside the rows."""
    width = SIDE * len(COLUMNS)
    head = np.full((28, width, 3), 255, np.uint8)
    for index, name in enumerate(COLUMNS):
        _write(head, name, (SIDE * index + 8, 20))
    parts = [head]
    for name, picture in rows.items():
        strip = np.full((24, width, 3), 255, np.uint8)
        _write(strip, name, (8, 17))
        parts += [picture, strip]
    return np.concatenate(parts)


def _write(picture: NDArray[np.uint8], text: str, place: tuple[int, int]) -> None:
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (40, 40, 40), 1, cv2.LINE_AA)


@click.command()
@click.argument("video", type=click.Path(exists=True, path_type=Path))
@click.argument("checkpoint", type=click.Path(exists=True, path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--source", default=0, show_default=True, help="Frame that is moved.")
@click.option("--driving", default=60, show_default=True, help="Frame that it is moved to.")
def main(video: Path, checkpoint: Path, out: Path, source: int, driving: int) -> None:
    """Draw keypoints, dense motion and occlusion of both sources of motion."""
    pictures, placed = shown_faces(video, (source, driving))
    geometric = GeometricMotion(placed[0], size=SIDE, step=8)
    networks = load_checkpoint(checkpoint)
    side = networks.configuration.image_side
    small = [cv2.resize(each, (side, side), interpolation=cv2.INTER_AREA) for each in pictures]
    learned = LearnedMotion(networks, small[0], runtime=Runtime.choose("cpu"))
    found: Keypoints = learned.find(small[1])
    rows = {
        "geometric: tracked landmarks": row(
            pictures, geometric.sparse(placed[1]), geometric, placed[1]
        ),
        f"learned: a detector at {side} px": row(pictures, learned.sparse(found), learned, found),
    }
    cv2.imwrite(str(out), captioned(rows)[..., ::-1])


if __name__ == "__main__":
    main()
