"""British spellings as American ones, so that tumour matches tumor, and leukaemia matches leukemia.

The rules are only for comparing and apply to texts and questions alike. So a needless change does no harm, unless the
word becomes another word or no longer matches its relatives; the exceptions prevent that.
"""

import re

_RULES = (
    # tumour, behavioural, favourable; hour, four and flour are too short
    (r"(?<=[a-z]{3})our(?=s?$|ed$|ing$|abl|ite|al|ful|less|er|ist|igen)", "or"),
    (r"^odour", "odor"),
    # neutralise, randomisation, analysed
    (r"^practis(?=e|ing)", "practic"),
    (r"isation(?=s?$|al)", "ization"),
    (r"is(?=e[drs]?$|ers$|ing$)", "iz"),
    (r"(?<=[a-z]{4})isab", "izab"),
    (r"lys(?=e[drs]?$|ers$|ing$)", "lyz"),
    # haematology, anaemia, paediatric, anaesthesia
    (r"haem", "hem"),
    (r"aemi", "emi"),
    (r"paed", "ped"),
    (r"aesth", "esth"),
    (r"gynae", "gyne"),
    (r"palaeo", "paleo"),
    (r"^aetiol", "etiol"),
    (r"^([cf])aec", r"\1ec"),
    # oedema, but angioedema; oestrogen, but phytoestrogen; foetal, diarrhoea
    (r"(?<![ire])oedem", "edem"),
    (r"(^|o)oe(?=soph|str)", r"\1e"),
    (r"^foet", "fet"),
    (r"(rrh|pn)oea", r"\1ea"),
    (r"^coeliac", "celiac"),
    (r"amoeb", "ameb"),
    # centre, fibres, analogue, defence, and single words
    (r"(?<=[a-z]{2})([bt])re(?=s?$)", r"\1er"),
    (r"(?<=[a-z]{2})([bt])red$", r"\1ered"),
    (r"logu(?:e(?=s?$)|(?=ed$|ing$))", "log"),
    (r"(def|off|lic)ence(?=[sd]?$)", r"\1ense"),
    (r"^programme(?=s?$)", "program"),
    (r"^enrol(?=s?$|ment)", "enroll"),
    (r"^ageing$", "aging"),
    (r"^grey", "gray"),
    (r"^mould", "mold"),
    (r"^artefact", "artifact"),
    (r"^leuco", "leuko"),
    (r"sulph", "sulf"),
)
_ANY = re.compile("|".join(f"(?:{pattern})" for pattern, _ in _RULES))
"""Matches if any rule does. Few words match, so most need one search and not one per rule."""

_NO_IZE = re.compile(
    r"(?:[aou]|w|^ar|^r|surpr|enterpr|compr|pr[eo]m|prec|conc|inc|exc|circumc|exerc|dev|rev|adv|superv|telev|improv|"
    r"dem|desp|advert|expert|parad|merchand|franch|treat)is(?:e[drs]?|ers|ing)$"
)
"""Words that American spelling has with an s too: precise and precision, raise, rise, otherwise, exercise."""


def american(word: str) -> str:
    """A lower-case word in American spelling.

    >>> [american(word) for word in ("tumours", "neutralised", "haematological", "exercise")]
    ['tumors', 'neutralized', 'hematological', 'exercise']
    """
    if not _ANY.search(word) or _NO_IZE.search(word):
        return word
    for pattern, becomes in _RULES:
        word = re.sub(pattern, becomes, word)
    return word
