"""The built-in corpus is complete, unedited, and described."""

import hashlib
import tomllib

from tests.support.places import CORPUS

GIVEN = {
    "000_fe304fc8ed56550a.txt": "53ebeaf752f331e27c3b638f6178d6c2961ba68ff78580370771db2483d883d0",
    "003_21a118f5011cff46.txt": "7ce422a7950b34b4704034bb45738a3927e28db8ea1aab89a21356076ed88f87",
    "004_eb4dd2e47999bcaa.txt": "0459011cbfe7058386659298d54953717db08b91b118185322e1783c2659e9d3",
}


def test_the_texts_are_byte_for_byte_the_ones_that_were_given() -> None:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in CORPUS.glob("*.txt")}
    assert found == GIVEN


def test_every_text_has_an_entry_in_sources_toml() -> None:
    entries = tomllib.loads((CORPUS / "sources.toml").read_text("utf-8"))["source"]
    assert [entry["file"] for entry in entries] == sorted(GIVEN)
