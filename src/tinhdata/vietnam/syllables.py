"""Whether a word can be a Vietnamese syllable. The evidence by which legacy text is recognised.

Says nothing about meaning: `nghiếng` passes, `Nguyờn` and `Hµ` do not.
"""

import re
import unicodedata
from functools import lru_cache

from tinhdata.vietnam.text import TONES, nfc

_ONSETS = "b c ch d đ g gh h k kh l m n ng ngh nh p ph r s t th tr v x"

_RIMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om
on ong oong ooc op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ up ut uôc uôi uôm uôn uông uôt
uy uya uych uyên uyêt uyn uynh uyp uyt uyu
ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
y yêm yên yêng yêt yêu ych yt ynh
"""

_AFTER_QU = """
a ac ach ai an ang anh ao at au ay ăc ăm ăn ăng ăp ăt âc ân âng ât âu ây e en eo et ê ên ênh êch êt
i in it ô ôc ơ ơi ơn y ych yên yêt ynh yt
"""


def _alternatives(words: str) -> str:
    return "|".join(sorted(words.split(), key=len, reverse=True))


_AFTER_GI = _alternatives(" ".join(rime for rime in _RIMES.split() if rime[0] not in "iy"))
_SYLLABLE = re.compile(
    f"(?:(?:{_alternatives(_ONSETS)})?(?:{_alternatives(_RIMES)})"
    f"|qu(?:{_alternatives(_AFTER_QU)})"
    f"|gi(?:{_AFTER_GI})?"
    "|g(?:i|in|iêng|iêt))"
)
_STOPPED = re.compile("(?:c|ch|p|t)$")
_FALLING = {"\u0300", "\u0303", "\u0309"}


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Say whether `word` is built as a Vietnamese syllable: onset, rime and at most one tone.

    Rules of the written language (chữ quốc ngữ): a closed list of onsets and rimes, and after a
    final c, ch, p or t only the tones sắc and nặng. Case and Unicode form do not matter.
    """
    letters = unicodedata.normalize("NFD", nfc(word).lower())
    tones = [mark for mark in letters if mark in TONES]
    if len(tones) > 1:
        return False
    toneless = "".join(mark for mark in letters if mark not in TONES)
    toneless = unicodedata.normalize("NFC", toneless)
    if _SYLLABLE.fullmatch(toneless) is None:
        return False
    return not (tones and tones[0] in _FALLING and _STOPPED.search(toneless))
