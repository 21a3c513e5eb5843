"""The architecture holds: allowed imports, size limits, and the table in CONTRIBUTING."""

from eval import house
from tests.support.places import ROOT

MODULES = sorted((ROOT / "qa").rglob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in MODULES]


def test_every_module_is_in_a_room_and_every_room_has_modules() -> None:
    rooms = {module: house.room_of(module) for module in house.modules()}
    assert not [module for module, room in rooms.items() if room is None]
    assert set(rooms.values()) == set(house.ROOMS)


def test_a_module_imports_only_from_lower_floors_and_its_own_room() -> None:
    assert house.upward() == []


def test_no_modules_import_one_another_in_a_circle() -> None:
    assert house.cycle() == []


def test_contributing_has_the_table_of_rooms_as_it_is() -> None:
    page = house.PAGE.read_text("utf-8")
    assert house.written(page) == page


def test_imports_are_found_wherever_they_stand() -> None:
    found = house.imports()["library.library"]
    assert {"records", "late", "indexing.ingest"} <= found  # one is imported only for type checking


def test_no_module_is_longer_than_300_lines_no_function_than_40_and_no_class_has_more_than_20_methods() -> None:
    assert (house.LONG_MODULE, house.LONG_FUNCTION, house.LARGE_CLASS) == (300, 40, 20)
    assert list(house.long()) == []


def test_no_module_of_the_evaluation_is_longer_than_300_lines() -> None:
    sizes = {path: len(path.read_text("utf-8").splitlines()) for path in (ROOT / "eval").rglob("*.py")}
    assert [path for path, lines in sizes.items() if lines > house.LONG_MODULE] == []


def test_only_encoders_knows_sentence_transformers() -> None:
    knowing = [name for path, name in zip(MODULES, NAMES, strict=True) if "sentence_transformers" in path.read_text()]
    assert knowing == ["qa/models/encoders.py"]


def test_only_one_module_knows_onnxruntime() -> None:
    knowing = [name for path, name in zip(MODULES, NAMES, strict=True) if "import onnxruntime" in path.read_text()]
    knowing += [name for path, name in zip(MODULES, NAMES, strict=True) if "from onnxruntime" in path.read_text()]
    assert knowing == ["qa/models/runtime.py"]
