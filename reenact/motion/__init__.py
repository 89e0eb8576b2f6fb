"""Motion of a face as keypoints with Jacobians, whoever found them.

Siarohin et al., "First Order Motion Model for Image Animation", NeurIPS 2019: near each of K
keypoints the motion is affine; soft masks combine the affine motions into a dense one. Here the
keypoints come from the tracked face (`geometric`) or from a network that was never told where to
look (`learned`). `interface` holds what both give.
"""
