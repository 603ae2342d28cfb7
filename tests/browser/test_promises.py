"""What a text tells a person to press is there to be pressed."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from engine.spec.presets import PRESETS
from tests.browser.conftest import Opened
from tests.table import sampled

ROOT = Path(__file__).resolve().parent.parent.parent
TEXTS: dict[str, dict[str, str]] = {
    language: json.loads((ROOT / "static" / "i18n" / f"{language}.json").read_text("utf-8"))
    for language in ("en", "zh")
}
LINK = re.compile(r"\[([^\]]+)\]\(([\w-]+)\)")
SEEN = {preset.name: f"preset.{preset.name}.see" for preset in PRESETS}
PROMISING = [name for name, key in SEEN.items() if LINK.search(TEXTS["en"][key])]

DEEDS = re.compile(
    r"\b(press|play|save|load|upload|draw|plant|share|click|choose)\b|\b(Step|Reset|Open|Point at|Type)\b"
)
"""English words for what a person is to do."""


def test_whatever_a_preset_tells_a_person_to_do_is_named_by_a_link() -> None:
    bare = {key: re.sub(r"(Press )?\[.*?\]\(.*?\)", "", TEXTS["en"][key]) for key in SEEN.values()}
    assert {key: found.group() for key, text in bare.items() if (found := DEEDS.search(text))} == {}


def test_both_languages_name_the_same_controls() -> None:
    named = {
        language: {key: [testid for _, testid in LINK.findall(text)] for key, text in texts.items()}
        for language, texts in TEXTS.items()
    }
    assert named["en"] == named["zh"]


def test_help_and_messages_name_buttons_by_their_words() -> None:
    words = set(TEXTS["en"].values())
    for key, text in TEXTS["en"].items():
        for said in re.findall(r"\b[Pp]ress ([A-Z]\w+)", text):
            assert said in words | {"Enter"}, key


@pytest.mark.parametrize("name", sampled(PROMISING, PROMISING[::4]))
def test_each_thing_a_preset_names_can_be_clicked(opened: Opened, name: str) -> None:
    opened["presets"].click()
    opened[f"preset-{name}"].click()
    links = opened["caption"].locator(".link")
    expect(links.first).to_be_visible()
    for link in links.all():
        testid = link.get_attribute("data-names") or ""
        control = opened[testid].first
        if control.get_attribute("type") == "file":
            with opened.page.expect_file_chooser():
                link.click()
            continue
        control.click(trial=True)
        count_clicks(control)
        link.click()
        opened.until(lambda control=control: control.get_attribute("data-clicks") == "1")  # type: ignore[misc]
        opened.loaded()
        opened.page.keyboard.press("Escape")


def count_clicks(control: Locator) -> None:
    control.evaluate("element => element.addEventListener('click', () => { element.dataset.clicks = '1'; })")
