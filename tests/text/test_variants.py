"""British and American spellings match, and nothing else does."""

import pytest

from qa.text.terms import terms
from qa.text.variants import american

PAIRS = """
tumour tumor, tumours tumors, tumoural tumoral, tumourigenesis tumorigenesis, behavioural behavioral, coloured colored,
favourable favorable, harbouring harboring, odour odor, neutralise neutralize, neutralised neutralized,
neutralising neutralizing, randomisation randomization, organisational organizational, generalisable generalizable,
practised practiced, analyse analyze, analysed analyzed, lysing lyzing, haematological hematological, anaemia anemia,
leukaemia leukemia, ischaemic ischemic, paediatric pediatric, orthopaedic orthopedic, anaesthesia anesthesia,
gynaecology gynecology, aetiology etiology, caecal cecal, faecal fecal, oedema edema, lymphoedema lymphedema,
oestrogen estrogen, oesophagus esophagus, gastrooesophageal gastroesophageal, foetal fetal, diarrhoea diarrhea,
dyspnoea dyspnea, coeliac celiac, amoeba ameba, centre center, centred centered, multicentre multicenter, fibres fibers,
titre titer, litre liter, analogues analogs, catalogued cataloged, defence defense, licence license, programme program,
enrolment enrollment, ageing aging, grey gray, mould mold, artefact artifact, leucocyte leukocyte, sulphate sulfate
"""

KEPT = """
hour four your flour tour sour raise raised noise promise compromised precise concise exercise exercises advise revised
supervised rise arise otherwise pairwise likewise disease diseases surprise comprised devised expertise treatise disable
angioedema gastroesophageal phytoestrogen disability increase cells genre aerobic does coefficient poem true intense
acre there were entire pure tumor center analogous analysis basis list hospital mouse vitamin
"""


@pytest.mark.parametrize("pair", PAIRS.replace("\n", " ").split(", "))
def test_both_spellings_are_one(pair: str) -> None:
    british, its_american = pair.split()
    assert american(british) == american(its_american) == its_american


@pytest.mark.parametrize("word", KEPT.split())
def test_a_word_that_both_spell_alike_stays(word: str) -> None:
    assert american(word) == word


def test_the_search_terms_of_both_spellings_are_the_same() -> None:
    british = "Neutralising TNF in haematological tumours: randomised, multicentre trials of oestrogen-like analogues"
    its_american = "Neutralizing TNF in hematological tumors: randomized, multicenter trials of estrogen-like analogs"
    assert terms(british) == terms(its_american)
    assert terms("precise") == terms("precisely") == terms("precision")
