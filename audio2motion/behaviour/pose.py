"""Head pose from angles: quaternions, and where a head goes that turns about the neck."""

import math

NECK_PIVOT_M = (0.0, -0.09, -0.06)

Quaternion = tuple[float, float, float, float]
Vector = tuple[float, float, float]


def quaternion(pitch: float, yaw: float, roll: float) -> Quaternion:
    """Xyzw of rotations about +Y (yaw), then +X (pitch), then +Z (roll) of the head; radians."""
    sx, cx = math.sin(pitch / 2), math.cos(pitch / 2)
    sy, cy = math.sin(yaw / 2), math.cos(yaw / 2)
    sz, cz = math.sin(roll / 2), math.cos(roll / 2)
    # q = q_yaw * q_pitch * q_roll
    return (
        cy * sx * cz + sy * cx * sz,
        sy * cx * cz - cy * sx * sz,
        cy * cx * sz - sy * sx * cz,
        cy * cx * cz + sy * sx * sz,
    )


def about_neck(turn: Quaternion) -> Vector:
    """Metres that the head's origin moves when it turns about the neck."""
    x, y, z, w = turn
    px, py, pz = NECK_PIVOT_M
    cx, cy, cz = _cross((x, y, z), NECK_PIVOT_M)
    ccx, ccy, ccz = _cross((x, y, z), (cx, cy, cz))
    turned = (px + 2 * (w * cx + ccx), py + 2 * (w * cy + ccy), pz + 2 * (w * cz + ccz))
    return (px - turned[0], py - turned[1], pz - turned[2])


def _cross(a: Vector, b: Vector) -> Vector:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
