"""The small network that mends what warping cannot show, in a square that follows the head.

Warping references carries pores, lashes and hair as they were filmed, and fails where nothing was
filmed: inside a mouth, under half-closed lids, behind hair that moved, in light that changed with
the head's turn. An occlusion-aware generator after Siarohin et al., "First Order Motion Model for
Image Animation", NeurIPS 2019, sees the warped picture and bends it a little more, changes its
light, and paints only where its occlusion map says that the warp has nothing to show. Fine detail
never passes through it.
"""
