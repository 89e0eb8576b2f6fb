"""`export`: hand out a person's 3D head.

It leaves the registry's reach, so it has a purpose of its own.
"""

from pathlib import Path

from avatar.asset import AvatarAsset
from avatar.gltf import export_glb
from capture.staging import staged_output
from consent import Permit, Purpose, Registry


def export(
    subject_id: str,
    *,
    out: Path | str,
    permit: Permit,
    registry: Registry,
    overwrite: bool = False,
) -> Path:
    """Write a person's head as GLB with 52 morph targets.

    Args:
        subject_id: Whose head.
        out: The .glb file.
        permit: For this person and `Purpose.EXPORT`.
        registry: The registry that made the permit.
        overwrite: Replace `out` where it exists.

    Returns:
        The file.

    Raises:
        ConsentError: The permit does not hold.
        MediaError: The file cannot be written.
    """
    out = Path(out)
    registry.verify(permit, subject_id=subject_id, purpose=Purpose.EXPORT)
    asset = AvatarAsset.from_bytes(registry.unseal(permit))
    with staged_output(out, overwrite=overwrite) as part:
        export_glb(asset, part)
    return out
