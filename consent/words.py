"""The code words of challenges.

Every word is in the English pronunciation dictionary that pocketsphinx carries, has at least four
sounds, and differs from every other word in at least four of them (edit distance over phones), so
that a recogniser confuses no two. Names and words that are unpleasant to say were left out.
"""

CODE_WORDS = (
    "almond", "anchor", "apricot", "autumn", "avocado", "balcony", "bamboo", "banana", "bicycle",
    "blanket", "blossom", "breakfast", "bridge", "butterfly", "candle", "carpet", "cathedral",
    "cherry", "chocolate", "cinnamon", "coconut", "crystal", "cucumber", "dolphin", "elephant",
    "envelope", "festival", "fountain", "forest", "galaxy", "giraffe", "glacier", "guitar",
    "helicopter", "horizon", "jungle", "kitchen", "lavender", "library", "lighthouse", "lobster",
    "magnet", "melody", "mushroom", "napkin", "octopus", "orchard", "parachute", "peacock",
    "penguin", "pillow", "pineapple", "pyramid", "rainbow", "raspberry", "sandwich", "saxophone",
    "spider", "squirrel", "strawberry", "sunflower", "telescope", "tomato", "tornado", "tractor",
    "trumpet", "umbrella", "universe", "velvet", "violin", "volcano", "waterfall", "winter",
    "zebra",
)  # fmt: skip

WORDS_PER_CHALLENGE = 4  # 74 words: about 28 million ordered choices without repetition
