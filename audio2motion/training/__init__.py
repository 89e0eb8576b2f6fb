"""How the mouth's network is trained: speech made here, its labels, its targets.

Never needed to run the product. It wants what only developers install: the programs `flite`,
`festival` and `espeak-ng`, the packages of two neural voices, and PyTorch for fitting.
"""
