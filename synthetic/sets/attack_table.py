"""All attacks by name, and how each can be told."""

from collections.abc import Callable
from dataclasses import dataclass

from synthetic.sets import attack_heard as heard
from synthetic.sets import attack_seen as seen
from synthetic.sets.attack_crew import Crew, Staged


@dataclass(frozen=True, slots=True)
class Attack:
    """A way to deceive, and which checks should notice."""

    stage: Callable[[Crew], Staged]
    fails: tuple[str, ...] = ()
    """Names from `consent.decision.WORTH_CHECKING`; any one suffices."""

    @property
    def about(self) -> str:
        """One sentence."""
        return (self.stage.__doc__ or "").strip()


ATTACKS: dict[str, Attack] = {
    "genuine": Attack(heard.genuine),
    "photo_still": Attack(seen.photo_still, ("liveness", "mouth_follows_speech")),
    "photo_moved": Attack(seen.photo_moved, ("liveness", "mouth_follows_speech")),
    "screen_replay": Attack(seen.screen_replay, ("screen_replay",)),
    "screen_close": Attack(seen.screen_close, ("screen_replay",)),
    "old_challenge": Attack(heard.old_challenge, ("code_words_in_order",)),
    "wrong_word": Attack(heard.wrong_word, ("code_words_in_order",)),
    "word_order": Attack(heard.word_order, ("code_words_in_order",)),
    "wrong_name": Attack(heard.wrong_name, ("name_is_spoken",)),
    "face_spliced": Attack(seen.face_spliced, ("one_face_throughout",)),
    "two_people": Attack(seen.two_people, ("one_face_throughout",)),
    "face_morph": Attack(seen.face_morph, ("one_face_throughout",)),
    "face_swap": Attack(seen.face_swap, ("liveness",)),
    "mouth_only": Attack(seen.mouth_only, ("liveness",)),
    "other_voice": Attack(heard.other_voice_dubbed, ("mouth_follows_speech",)),
    "lips_out_of_sync": Attack(heard.lips_out_of_sync, ("mouth_follows_speech",)),
    "sound_spliced": Attack(heard.sound_spliced, ("mouth_follows_speech", "voice_is_one_speaker")),
    "loop": Attack(seen.loop, ("liveness", "mouth_follows_speech")),
    "no_speech": Attack(heard.no_speech, ("code_words_in_order", "statement_beyond_code_words")),
    "off_camera_voice": Attack(heard.off_camera_voice, ("mouth_follows_speech",)),
}
