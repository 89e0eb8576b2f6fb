"""Text to speech with exact phone times, and to what the text asks of the face.

`script.read_script` reads the text and its directions, `voices.choose_voice` finds who says it,
`saying.say` writes the sound and tells when each phone begins, `lips.TextLips` gives a stream the
lips of it, and `directing.directed` the gestures and moods.
"""
