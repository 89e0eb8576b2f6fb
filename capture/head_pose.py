"""Head pose from landmarks, and back, without loss.

A tracked face is a similarity transform of a canonical face: p = s R c + t under scaled
orthography, which is how MediaPipe's landmarks are made (google-ai-edge/mediapipe, face geometry
module). The alignment is the weighted Procrustes problem (Umeyama, "Least-squares estimation of
transformation parameters between two point patterns", PAMI 1991) over the points that move least
with expression. The scale becomes a depth in a virtual pinhole camera of fixed field of view, so
that a pose in pixels and one in metres carry the same information.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.motion import VERTICAL_FIELD_OF_VIEW_DEGREES


@dataclass(frozen=True, slots=True)
class Camera:
    """The virtual pinhole camera of a frame: square pixels, principal point in the middle."""

    width: int
    height: int

    @property
    def focal_px(self) -> float:
        """Focal length in px; fixed, because landmarks cannot tell it."""
        return self.height / 2 / math.tan(math.radians(VERTICAL_FIELD_OF_VIEW_DEGREES) / 2)


@dataclass(frozen=True, slots=True, eq=False)
class HeadPoses:
    """Similarity transforms from canonical head space to image space, for t frames."""

    scale: NDArray[np.float32]
    """(t,) px a metre."""
    rotation: NDArray[np.float32]
    """(t, 3, 3) head to camera axes (glTF: x right, y up, z towards the camera)."""
    offset: NDArray[np.float32]
    """(t, 3) px of the head's origin: x right, y up (= -row), z towards the camera."""

    def to_image(self, canonical: NDArray[np.float32]) -> NDArray[np.float32]:
        """(t, n, 3) canonical metres to (t, n, 3) landmarks in px (x right, y down, z away)."""
        placed = np.einsum("tij,tnj->tni", self.rotation, canonical)
        placed = placed * self.scale[:, None, None] + self.offset[:, None, :]
        landmarks: NDArray[np.float32] = (placed * _FLIP).astype(np.float32)
        return landmarks

    def to_canonical(self, landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
        """The inverse of `to_image`."""
        centred = landmarks * _FLIP - self.offset[:, None, :]
        turned_back = np.einsum("tji,tnj->tni", self.rotation, centred)
        canonical: NDArray[np.float32] = turned_back / self.scale[:, None, None]
        return canonical.astype(np.float32)

    def translation(self, camera: Camera) -> NDArray[np.float32]:
        """(t, 3) metres, the head's origin in the camera's frame."""
        depth = camera.focal_px / self.scale
        x = (self.offset[:, 0] - camera.width / 2) / self.scale
        y = (self.offset[:, 1] + camera.height / 2) / self.scale
        return np.stack([x, y, -depth], axis=1).astype(np.float32)


_FLIP = np.array([1, -1, -1], np.float32)


def place_heads(
    rotation: NDArray[np.float32], translation: NDArray[np.float32], camera: Camera
) -> HeadPoses:
    """The inverse of `HeadPoses.translation`: poses in px from poses in metres.

    Args:
        rotation: (t, 3, 3).
        translation: (t, 3) metres, z negative (in front of the camera).
        camera: Of the frame to draw in.
    """
    scale = camera.focal_px / np.maximum(-translation[:, 2], 1e-3)
    offset = np.stack(
        [
            translation[:, 0] * scale + camera.width / 2,
            translation[:, 1] * scale - camera.height / 2,
            np.zeros_like(scale),
        ],
        axis=1,
    )
    return HeadPoses(
        scale=scale.astype(np.float32),
        rotation=rotation.astype(np.float32),
        offset=offset.astype(np.float32),
    )


def align_heads(
    landmarks: NDArray[np.float32],
    canonical: NDArray[np.float32],
    index: NDArray[np.int32],
    weight: NDArray[np.float32],
) -> HeadPoses:
    """Fit the similarity transform of each frame.

    Args:
        landmarks: (t, n, 3) px, x right, y down, z away.
        canonical: (n, 3) metres, the face the pose is relative to.
        index: (m,) the points to align by.
        weight: (m,) their weights.

    Returns:
        The poses. The z offset is what centres the canonical face; it has no meaning in the
        image (orthography), and `place_heads` gives 0 back.
    """
    weight = weight / weight.sum()
    target = (landmarks[:, index] * _FLIP).astype(np.float64)  # (t, m, 3)
    model = canonical[index].astype(np.float64)  # (m, 3)
    model_mean = weight @ model
    target_mean = np.einsum("m,tmi->ti", weight, target)
    model_centred = model - model_mean
    target_centred = target - target_mean[:, None]
    covariance = np.einsum("m,tmi,mj->tij", weight, target_centred, model_centred)
    u, singular, vt = np.linalg.svd(covariance)
    sign = np.ones_like(singular)
    sign[:, 2] = np.sign(np.linalg.det(u @ vt))
    rotation = u * sign[:, None, :] @ vt
    variance = float(weight @ (model_centred**2).sum(axis=1))
    scale = (singular * sign).sum(axis=1) / variance
    offset = target_mean - scale[:, None] * (rotation @ model_mean)
    return HeadPoses(
        scale=scale.astype(np.float32),
        rotation=rotation.astype(np.float32),
        offset=offset.astype(np.float32),
    )


def angles(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    """Degrees between each of (m, 3, 3) and each of (n, 3, 3) rotations, (m, n)."""
    trace = np.einsum("mij,nij->mn", first, second)
    turned: NDArray[np.float32] = np.degrees(np.arccos(np.clip((trace - 1) / 2, -1, 1)))
    return turned


def to_quaternions(rotation: NDArray[np.float32]) -> NDArray[np.float32]:
    """(t, 3, 3) rotation matrices to (t, 4) unit quaternions xyzw, continuous in sign over t.

    Shepperd's method ("Quaternion from rotation matrix", J. Guidance and Control 1978).
    """
    r = rotation.astype(np.float64)
    trace = np.trace(r, axis1=1, axis2=2)
    diagonal = np.stack([r[:, 0, 0], r[:, 1, 1], r[:, 2, 2], trace], axis=1)
    out = np.zeros((len(r), 4))
    for frame, largest in enumerate(diagonal.argmax(axis=1)):
        m = r[frame]
        if largest == 3:
            xyz = [m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]]
            out[frame] = [*xyz, 1 + trace[frame]]
        else:
            i, j, k = largest, (largest + 1) % 3, (largest + 2) % 3
            out[frame, i] = 1 - trace[frame] + 2 * m[i, i]
            out[frame, j] = m[j, i] + m[i, j]
            out[frame, k] = m[k, i] + m[i, k]
            out[frame, 3] = m[k, j] - m[j, k]
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    flips = np.cumprod(np.where((out[1:] * out[:-1]).sum(axis=1) < 0, -1.0, 1.0))
    out[1:] *= flips[:, None]
    return out.astype(np.float32)


def to_matrices(quaternions: NDArray[np.float32]) -> NDArray[np.float32]:
    """(t, 4) unit quaternions xyzw to (t, 3, 3) rotation matrices."""
    x, y, z, w = quaternions.astype(np.float64).T
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return np.array(rows).transpose(2, 0, 1).astype(np.float32)
