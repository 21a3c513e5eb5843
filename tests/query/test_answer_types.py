"""The type of answer that a question asks for, and the types that a text gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.query.answer_types import answer_types, asked_types, gives

ASKED = [
    ("When was IL-2 first given?", ["date"]),
    ("In which year was IL-2 approved?", ["date", "approval"]),
    ("Which antibody has been approved?", ["approval"]),
    ("What are the particles made of?", ["composition"]),
    ("What made the difference?", []),
    ("Which EGFR mutations confer resistance?", ["mutation"]),
    ("Is EGFR often mutated?", []),
    ("Does it work as well in women as in men?", ["population"]),
    ("Is it given by mouth or injected?", ["route"]),
    ("Which statistical software was used?", ["software"]),
    ("In which clinical stage does it help?", ["stage"]),
    ("What happens when cytokines are blocked?", []),
    ("How many patients responded?", ["number"]),
    ("At what daily dose is IL-2 given?", ["number", "dose"]),
    ("What is the half-life of interferon gamma?", ["number", "duration"]),
    ("what is the half life of IL-2", ["number", "duration"]),
    ("How does IL-2 work?", []),
    ("Who wrote the review?", ["person", "author"]),
    ("Who edited the book and who was its peer-reviewer?", ["person", "editor"]),
    ("Which cancers has high-dose IL-2 worked in?", []),
    ("When does the fever go?", []),
    ("What proportion of patients responded, and for how long?", ["number", "duration", "percentage"]),
    ("At what age and temperature?", ["number", "age", "temperature"]),
    ("How much does a course cost?", ["number", "cost"]),
    ("Is IL-12 better tolerated than IL-2?", ["comparison"]),
    ("Which grant is it paid for from?", ["funding"]),
    ("Has the guide been updated?", ["version"]),
    ("Is it safe while breastfeeding?", ["pregnancy"]),
    ("Which drugs does the WHO list?", []),
    ("The cytokine whose receptor is blocked", []),
    ("Which company makes it?", ["company"]),
    ("Who funded the work?", ["person", "funding"]),
    ("Which phase III trial showed this?", ["trial"]),
    ("What does Table 2 show?", ["figure"]),
    ("What is a cytokine?", []),
]


@pytest.mark.parametrize(("question", "asked"), ASKED)
def test_the_kinds_of_detail_a_question_asks_for(question: str, asked: list[str]) -> None:
    assert asked_types(question) == asked


GIVEN = [
    ("date", "It was approved in 1992."),
    ("date", "Accepted on 4 March."),
    ("number", "About 15% of patients respond."),
    ("number", "Two of the patients died."),
    ("number", "Patients received 600,000 IU per kg."),
    ("number", "It lasted 85 min."),
    ("person", "Authors: Xiaodong Wang, Junjie Wang"),
    ("person", "Rosenberg et al. showed this."),
    ("company", "It is made by Roche Ltd."),
    ("funding", "This work was supported by a grant."),
    ("author", "The authors declare no conflict of interest."),
    ("editor", "Edited by: Anne Smith"),
    ("dose", "They received 600,000 IU per kg."),
    ("duration", "It lasted for three weeks."),
    ("duration", "Cells were kept for 48h."),
    ("duration", "The gene is 320 kb long."),
    ("percentage", "One in ten, 10%, relapsed."),
    ("age", "Adults fall ill more often."),
    ("temperature", "It was kept at -5 °C."),
    ("cost", "A course is worth $300."),
    ("comparison", "It is safer than IL-2."),
    ("version", "Revised in May."),
    ("pregnancy", "It harms the unborn child."),
    ("trial", "The CHECKMATE-067 trial, NCT01844505"),
    ("trial", "In a phase III trial it failed."),
    ("figure", "As Figure 2 shows"),
    ("approval", "The FDA accepted it."),
    ("approval", "It was licensed for melanoma."),
    ("composition", "They consist of lipids."),
    ("composition", "Particles prepared from gelatin"),
    ("mutation", "The V600E substitution"),
    ("mutation", "Loss-of-function mutations of JAK1"),
    ("population", "Half of the patients were female."),
    ("population", "aged 18 to 65"),
    ("route", "An intravenous bolus"),
    ("route", "Local administration spares the rest of the body."),
    ("software", "Analyses were done in R, version 4.2."),
    ("stage", "in early disease"),
]


@pytest.mark.parametrize(("detail", "text"), GIVEN)
def test_a_text_that_gives_a_detail(detail: str, text: str) -> None:
    assert gives(detail, text)


@pytest.mark.parametrize(
    ("detail", "text"),
    [
        ("date", "It was approved long ago."),
        ("number", "IL-2 acts on CD8 T cells and PD-1 [3, 4]."),
        ("number", "Interferon-gamma was discussed (12, 13)."),
        ("person", "Patients were treated with cytokines."),
        ("company", "Engineered variants are developed."),
        ("company", "Aging and manufacture of cells, a university's work"),
        ("funding", "A university hospital took part."),
        ("author", "Nothing is known about them."),
        ("editor", "The gene was altered."),
        ("dose", "High doses are toxic in 15% of 20 patients."),
        ("duration", "It has been used in 15 of 20 patients."),
        ("percentage", "It helped 12 patients."),
        ("age", "Patients fall ill more often."),
        ("temperature", "It was kept on ice."),
        ("cost", "It is hardly available."),
        ("comparison", "IL-2 is toxic, and IL-12 is better understood."),
        ("version", "It was published in May."),
        ("pregnancy", "It harms women."),
        ("trial", "Clinical trials are under way."),
        ("figure", "A figure of speech"),
        ("approval", "It is under study."),
        ("composition", "Nanoparticles deliver cytokines."),
        ("mutation", "Resistance is common."),
        ("population", "Patients responded."),
        ("route", "It was given weekly."),
        ("software", "Data were analysed."),
        ("stage", "It helps some patients."),
        ("stage", "It depends on the stage of the disease."),
    ],
)
def test_a_text_that_gives_none(detail: str, text: str) -> None:
    assert not gives(detail, text)


@given(st.text())
def test_any_text_can_be_asked_about(text: str) -> None:
    assert set(asked_types(text)) <= set(answer_types())


def test_every_kind_is_asked_for_and_given_by_some_example_here() -> None:
    assert {kind for _, kinds in ASKED for kind in kinds} == set(answer_types())
    assert {kind for kind, _ in GIVEN} == set(answer_types())
