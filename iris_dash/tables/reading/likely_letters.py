"""How likely bytes are what they read as in an encoding, by the letters of its languages."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from math import exp, log

WESTERN = (
    *("üäöß", "éèàêçîôâùûïëœ", "óíáéñúü", "ãçáéóíêõâúôà", "àèùòéì", "äöåéšž", "øåæé"),
    *("ðáíþóæöéúý", "éëïóüè", "·àéóèíçòúïü"),
)
"""The letters beyond ASCII of German, French, Spanish, Portuguese, Italian, Swedish, Danish and
Norwegian, Icelandic, Dutch and Catalan; the commonest of each first."""

CENTRAL = (
    *("łąęóżśćńź", "íáéěýčžřšůúťňóď", "áíčéžýšúľťňôďäóŕĺ", "áéöőóíüúű", "čšžćđ"),
    *("ăşţîâ", "ëç"),
)
TURKISH = ("ıüşçğöi̇âî",)
CYRILLIC = ("оаеинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", "оаиніврелктсмуядпьзйбгючшжєхцїщфґ")
GREEK = ("αοιετνσηυρπκμλςωδγχθίόάέφήβύώξζψϊϋ",)

ALPHABETS: Mapping[str, Sequence[str]] = {
    "cp1252": WESTERN,
    "cp1250": CENTRAL,
    "cp1254": TURKISH,
    "cp1251": CYRILLIC,
    "koi8_r": CYRILLIC,
    "cp1253": GREEK,
    "mac_roman": WESTERN,
}
COMMON = {
    "cp932": (0x88, 0x97),
    "euc_jp": (0xB0, 0xCF),
    "gb18030": (0xB0, 0xD7),
    "big5": (0xA4, 0xC6),
    "euc_kr": (0xB0, 0xC8),
}
"""The first bytes of an East Asian encoding's common characters."""

SIGNS = frozenset("€£¥°²³¹½¼¾¿¡«»“”„‘’–—…·•§©®™µ×±ªº\N{NO-BREAK SPACE}")
JOINING = frozenset("’·‘–—…\N{NO-BREAK SPACE}")
"""Signs that stand between the letters of one word, or of two."""

MARKS = frozenset("、。，．・：；？！（）「」『』【】《》　ー～")
FREQUENT = frozenset(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后"
    "小多天能好都日发成事文无十用主行方前所本公同三长男女否姓名市区省县國個來時會對後東京月山田"
    "이다는에의가고을기지사하로를어리자한도시나인대서아정전스수김남여부산"
)
"""Some of the commonest Chinese, Japanese and Korean characters."""

JAPANESE = ("cp932", "euc_jp")
ROW = 94
"""Characters per first byte, about."""

WORDS = 2_000
"""Of so many words all readings are compared; of the others only that they can be read."""

RARE = 1e-6
SIGN = 0.02
MARK, KANA, OFTEN, ASCII = 1 / 50, 1 / 80, 1 / 400, 1 / 30
FALL = 3.0
"""A language's rarest letter is rarer than its commonest by this power of e."""

PRIOR = {"cp1252": 10.0, "mac_roman": 0.2}
"""How much likelier than others an encoding is before a letter is seen."""

CAPITAL, IN_CAPITALS, ODD_CAPITAL = 0.2, 0.7, 0.01
"""How likely a capital letter is: alone, after another one, after a small one."""

IN_A_ROW, ODD_PLACE = 0.1, 0.01
"""How likely two letters beyond ASCII are in a row of Latin ones, and a place that is no letter's:
letters of two scripts in a word, a sign within one, an Icelandic one where none stands."""

NOT_ICELANDIC = re.compile(r"þ(?![aeiouyáéíóúýæöjrv])", re.IGNORECASE)
BESIDE_ASCII = re.compile(r"(?<=[A-Za-z])[^\W\x00-\x7f]|[^\W\x00-\x7f](?=[A-Za-z])")
WORD_ENDS = re.compile(rb"[\x00-\x2f\x3a-\x3f]+")
"""Bytes that are no part of a letter in any of the encodings."""


def likeliest(sample: bytes, is_cut: bool) -> str:
    """Return the encoding in which bytes are likeliest what they read as.

    A word counts once, however often it stands there. The bytes may be cut within a letter.
    """
    words = list(dict.fromkeys(w for w in WORD_ENDS.split(sample) if not w.isascii()))[:WORDS]
    readings: dict[str, str] = {}
    for encoding in (*ALPHABETS, *COMMON):
        try:
            _, reading = (
                codecs.getincrementaldecoder(encoding)().decode(one, final=not is_cut)
                for one in (sample, b"\n".join(words))
            )
        except UnicodeDecodeError:
            continue
        readings.setdefault(reading, encoding)
    return readings[max(readings, key=lambda text: _likelihood(text, readings[text]))]


def _likelihood(text: str, encoding: str) -> float:
    """Return the logarithm of how likely a text in an encoding is, up to a constant."""
    beyond = [one for one in text if not one.isascii()]
    found = log(PRIOR.get(encoding, 1.0)) + (len(text) - len(beyond)) * log(ASCII)
    if encoding in COMMON:
        found += len(BESIDE_ASCII.findall(text)) * log(ODD_PLACE)
        return found + sum(log(_east_asian(one, encoding)) for one in beyond)
    letters = Counter(one.lower()[-1] for one in beyond if _is_letter(one))
    languages = _languages(ALPHABETS[encoding])
    found += _places(text, is_latin=max(languages[-1]) < GREEK[0][0])
    return found + max(
        sum(times * log(language.get(one, RARE)) for one, times in letters.items())
        for language in languages
    )


@cache
def _languages(alphabets: Sequence[str]) -> list[dict[str, float]]:
    """Return how common letters are in each of some languages, and last in all together."""
    found = []
    for letters in alphabets:
        weights = {one: exp(-FALL * rank / len(letters)) for rank, one in enumerate(letters)}
        total = sum(weights.values())
        found.append({one: weight / total for one, weight in weights.items()})
    every = frozenset().union(*found)
    mixed = {one: sum(each.get(one, 0) for each in found) / len(found) for one in every}
    return [*found, mixed]


def _places(text: str, is_latin: bool) -> float:
    """Return how likely it is that signs, capitals and letters stand where they do."""
    found = len(NOT_ICELANDIC.findall(text)) * log(ODD_PLACE)
    for before, one, after in zip(f" {text}", text, f"{text[1:]} ", strict=False):
        if one.isascii():
            continue
        if not _is_letter(one):
            within = before.isalpha() and after.isalpha() and one not in JOINING
            found += log(SIGN if one in SIGNS else RARE) + within * log(ODD_PLACE)
            continue
        if one.isupper():
            alone = IN_CAPITALS if before.isupper() else CAPITAL
            found += log(ODD_CAPITAL if before.islower() else alone)
        if before.isdigit() or after.isdigit():
            found += log(ODD_PLACE)
        if is_latin and not before.isascii() and before.isalpha():
            found += log(IN_A_ROW)
        elif not is_latin and any(near.isascii() and near.isalpha() for near in (before, after)):
            found += log(ODD_PLACE)
    return found


def _is_letter(one: str) -> bool:
    return one.isalpha() and one not in "ªºµ"


def _east_asian(one: str, encoding: str) -> float:
    if one in MARKS:
        return MARK
    if "ぁ" <= one <= "ヺ":
        return KANA if encoding in JAPANESE else RARE
    if "ｦ" <= one <= "ﾟ":
        return KANA if encoding == "cp932" else RARE
    if one in FREQUENT:
        return OFTEN
    first, last = COMMON[encoding]
    is_common = first <= one.encode(encoding)[0] <= last
    return 1 / (ROW * (last - first + 1)) if is_common else RARE
