"""Losses, deformations, the discriminator and the feature network."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from reenact.train.discriminator import Discriminator  # noqa: E402
from reenact.train.equivariance import Deformation, equivariance  # noqa: E402
from reenact.train.features import (  # noqa: E402
    FeatureNetwork,
    FeatureTask,
    degraded,
    perceptual_distance,
)
from reenact.train.losses import (  # noqa: E402
    feature_distance,
    fooled,
    pyramid,
    reconstruction,
    temporal,
    told_apart,
)
from reenact.train.task import seeded  # noqa: E402


def pictures(count: int = 2, side: int = 32, seed: int = 0) -> torch.Tensor:
    """Smooth pictures with some detail."""
    noise = torch.rand(count, 3, side // 4, side // 4, generator=seeded(seed))
    smooth = torch.nn.functional.interpolate(noise, size=(side, side), mode="bicubic")
    return (smooth + 0.1 * torch.rand(count, 3, side, side, generator=seeded(seed, 1))).clamp(0, 1)


def bend(count: int = 2, seed: int = 0) -> Deformation:
    return Deformation.draw(count, generator=seeded(seed), sigma_affine=0.1, sigma_tps=0.05)


def test_a_deformation_shows_at_each_place_what_it_points_at() -> None:
    # a picture whose colour is its place
    line = torch.linspace(-1, 1, 33)
    place = torch.stack(torch.meshgrid(line, line, indexing="xy"))[None]
    deformation = Deformation.draw(1, generator=seeded(3))
    shown = deformation.apply(place)
    inside = torch.tensor([[[0.25, -0.5], [0.0, 0.0]]])
    row, column = ((inside[0, :, 1] + 1) * 16).long(), ((inside[0, :, 0] + 1) * 16).long()
    found = shown[0, :, row, column].T
    torch.testing.assert_close(found, deformation.at(inside)[0], atol=1e-5, rtol=0)
    assert (found - inside[0]).abs().max() > 0.01


def test_the_jacobian_of_a_deformation_is_its_derivative() -> None:
    deformation = bend()
    places = 1.6 * torch.rand(2, 5, 2, generator=seeded(1)) - 0.8
    step, columns = 1e-3, []
    for axis in torch.eye(2):
        ahead, behind = (deformation.at(places + sign * step * axis) for sign in (1, -1))
        columns.append((ahead - behind) / (2 * step))
    expected = torch.stack(columns, dim=-1)
    torch.testing.assert_close(deformation.jacobian(places), expected, atol=2e-3, rtol=0)


def test_keypoints_that_follow_the_deformation_cost_nothing_and_others_do() -> None:
    deformation = bend()
    bent = 1.2 * torch.rand(2, 4, 2, generator=seeded(2)) - 0.6
    jacobians = torch.eye(2) + 0.2 * torch.randn(2, 4, 2, 2, generator=seeded(3))
    places, right = deformation.at(bent), deformation.jacobian(bent) @ jacobians
    value, jacobian = equivariance(places, right, bent, jacobians, deformation)
    assert float(value) < 1e-6 and float(jacobian) < 1e-5
    value, jacobian = equivariance(bent, jacobians, bent, jacobians, deformation)
    assert float(value) > 0.02 and float(jacobian) > 0.02


def test_the_pyramid_averages_and_sees_coarse_faults() -> None:
    picture = pictures(side=16)
    levels = pyramid(picture)
    assert [level.shape[-1] for level in levels] == [16, 8, 4, 2]
    for level in levels:
        torch.testing.assert_close(level.mean(), picture.mean())
    checks = 0.1 * (-1.0) ** torch.arange(16)
    fine, coarse = picture + checks, picture + 0.1
    assert reconstruction(fine, picture) < 0.5 * reconstruction(coarse, picture)
    assert float(reconstruction(coarse, picture)) == pytest.approx(0.1, abs=1e-6)


def test_what_is_weighed_more_costs_more() -> None:
    truth, weight = torch.zeros(1, 3, 16, 16), torch.ones(1, 1, 16, 16)
    weight[..., :8] = 9.0
    wrong = [truth.clone(), truth.clone()]
    wrong[0][..., :8], wrong[1][..., 8:] = 0.5, 0.5
    costs = [float(reconstruction(each, truth, weight=weight)) for each in wrong]
    assert costs[0] == pytest.approx(9 * costs[1], rel=1e-5)


def test_a_constant_fault_does_not_flicker_and_a_changing_one_does() -> None:
    truth, neighbour = pictures(seed=1), pictures(seed=2)
    assert float(temporal(truth + 0.2, neighbour + 0.2, truth, neighbour)) < 1e-6
    assert float(temporal(truth + 0.2, neighbour, truth, neighbour)) == pytest.approx(0.2, abs=1e-5)


def test_least_squares_pull_judge_and_drawer_apart() -> None:
    real, drawn = [torch.full((2, 1, 3, 3), 0.9)], [torch.full((2, 1, 3, 3), 0.2)]
    assert float(told_apart(real, drawn)) == pytest.approx(0.01 + 0.04)
    assert float(fooled(drawn)) == pytest.approx(0.64)
    assert told_apart(drawn, real) > told_apart(real, drawn)


def test_the_discriminator_is_held_to_a_spectral_norm_of_one_at_every_size() -> None:
    torch.manual_seed(0)
    judge = Discriminator(width=8, blocks=3)
    for _ in range(20):
        judgement = judge(pictures(side=64))
    assert len(judgement.scores) == 2
    assert judgement.scores[0].shape[2] > judgement.scores[1].shape[2]
    assert len(judgement.features) == 6
    for patch in judge.judges:
        for layer in [*patch.levels, patch.score]:
            largest = torch.linalg.matrix_norm(layer.weight.flatten(1), ord=2)
            assert float(largest.detach()) == pytest.approx(1, abs=0.15)
    with pytest.raises(ValueError, match=r"shorter|longer"):
        feature_distance(judgement.features, judgement.features[:2])


def blurred(sharp: torch.Tensor, side: int = 3) -> torch.Tensor:
    return torch.nn.functional.avg_pool2d(sharp, side, stride=1, padding=side // 2)


def test_the_discriminator_learns_to_tell_blurred_from_sharp() -> None:
    torch.manual_seed(0)
    judge = Discriminator(width=8, blocks=2)
    optimizer = torch.optim.Adam(judge.parameters(), lr=1e-2, betas=(0.5, 0.999))
    for step in range(20):
        real = pictures(8, 16, seed=step)
        loss = told_apart(judge(real).scores, judge(blurred(real)).scores)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    unseen = pictures(16, 16, seed=999)
    for real, drawn in zip(judge(unseen).scores, judge(blurred(unseen)).scores, strict=True):
        assert (real.mean(dim=(1, 2, 3)) > drawn.mean(dim=(1, 2, 3))).float().mean() > 0.9


def test_perceptual_distance_is_nought_for_equal_pictures_and_grows_with_blur() -> None:
    torch.manual_seed(0)
    network = FeatureNetwork((8, 16)).requires_grad_(False)
    truth = pictures()
    output = truth.clone().requires_grad_(True)
    assert float(perceptual_distance(network, output, truth).detach()) < 1e-6
    distances = [float(perceptual_distance(network, blurred(truth, k), truth)) for k in (3, 7)]
    assert 1e-3 < distances[0] < distances[1]
    perceptual_distance(network, output + 0.1 * pictures(seed=5), truth).backward()
    assert float(output.grad.abs().max()) > 0


def test_spoilt_pictures_are_blurred_or_seen_double() -> None:
    sharp = pictures(16)
    spoilt = degraded(sharp, seeded(0))
    gaps = (sharp - spoilt).abs().mean(dim=(1, 2, 3))
    assert float(gaps.min()) > 0.01
    rough = [float((p[..., 1:] - p[..., :-1]).abs().mean()) for p in (sharp, spoilt)]
    assert rough[1] < 0.9 * rough[0]


def test_the_feature_network_learns_to_know_places_again() -> None:
    torch.manual_seed(0)
    task = FeatureTask(widths=(8, 16), places=8)
    optimizer = torch.optim.Adam(task.parameters(), lr=2e-3)
    unseen = pictures(4, seed=100)
    before = task.figures(unseen)
    for step in range(25):
        batch = {"source": pictures(3, seed=step), "driving": pictures(3, seed=step + 50)}
        loss = sum(task(batch, draw=seeded(step)).terms.values())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    after = task.figures(unseen)
    assert after == task.figures(unseen)
    assert after["score"] < before["score"] - 0.1
