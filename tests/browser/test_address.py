"""A whole setup in the address."""

import re

from playwright.sync_api import expect

from engine.spec.spec import Spec
from tests.browser.conftest import OpenPage


def test_the_address_carries_the_set_up_to_another_tab(open_page: OpenPage) -> None:
    first = open_page()
    first["dataset-spiral"].click()
    first["optimizer"].select_option("adam")
    first["noise"].fill("15")
    first["add-layer"].click()
    first.until(lambda: len(first.spec["hidden"]) == 3)
    first["speed"].fill("5")
    first.until(lambda: first.state["speed"] == 10)
    first["share"].click()
    first.until(lambda: "#" in first.page.url)
    after = "#" + first.page.url.split("#")[1]
    for part in ("dataset=spiral", "optimizer=adam", "noise=15", "hidden=4,2,", "steps_per_second=10"):
        assert part in after
    assert "learning_rate" not in after, "only what differs from the default"

    second = open_page(after)
    second.until(lambda: (second.spec, second.state["speed"]) == (first.spec, 10))
    assert second.state["session"] != first.state["session"]


def test_a_reload_keeps_what_was_changed_since_the_address_was_opened(open_page: OpenPage) -> None:
    opened = open_page("#hidden=8,8:relu:bn:d0.2:res&learning_rate=0.042&features=x1,x2,x1_x2&samples=200")
    opened.until(lambda: opened.spec["learning_rate"] == 0.042)
    plain = {"activation": None, "dropout": 0, "batch_norm": False, "residual": False}
    second = {"width": 8, "activation": "relu", "dropout": 0.2, "batch_norm": True, "residual": True}
    assert opened.spec["hidden"] == [{"width": 8, **plain}, second]
    assert opened.spec["features"] == ["x1", "x2", "x1_x2"]
    assert opened.spec["samples"] == 200
    opened["learning-rate"].select_option("0.1")
    opened.until(lambda: opened.spec["learning_rate"] == 0.1)
    opened.until(lambda: "#" not in opened.page.url)  # it would tell of another setup
    opened.reload()
    opened.answered()
    assert opened.spec["learning_rate"] == 0.1


def test_an_address_that_cannot_be_used_says_so_and_leaves_the_default(open_page: OpenPage) -> None:
    opened = open_page("#colour=red")
    for part in ("noise=much", "noise=80", "hidden=a,b", "dataset=moon"):
        expect(opened["message"]).to_be_visible()
        expect(opened["message"]).to_have_attribute("role", "alert")
        opened["message-close"].click()
        expect(opened["message"]).to_be_hidden()
        opened.page.evaluate("part => { location.hash = part; }", part)
    expect(opened["message"]).to_contain_text("moon")
    assert opened.spec == Spec().model_dump(mode="json")


def test_share_shows_the_address_its_code_and_what_is_hidden_by_it(open_page: OpenPage) -> None:
    first = open_page("#noise=10")
    first.until(lambda: first.spec["noise"] == 10)
    first["share"].click()
    expect(first["share-address"]).to_have_value(re.compile(r"/#noise=10"))
    expect(first["share-local"]).to_contain_text("on this computer only")
    first.until(lambda: bool(first["share-qr"].evaluate("code => code.naturalWidth")))
    first["share-shows-presets"].uncheck()
    first["share-shows-noise"].uncheck()
    expect(first["share-address"]).to_have_value(re.compile(r"/\?hide=presets,noise#noise=10"))
    expect(first["share-embed"]).to_have_value(re.compile(r'^<iframe src="http[^"]*hide=presets,noise#noise=10'))

    second = open_page(re.sub(r"^.*/(?=\?)", "", first["share-address"].input_value()))
    second.until(lambda: second.spec["noise"] == 10)
    for hidden in ("presets", "noise"):
        expect(second[hidden]).to_be_hidden()
    expect(second["train-fraction"]).to_be_visible()


def test_what_an_address_asks_for_in_vain_is_named_and_ignored(open_page: OpenPage) -> None:
    opened = open_page("?lang=elvish&hide=save,dragons,%7Bx%7D")
    expect(opened["message"]).to_contain_text("lang=elvish, hide=dragons,{x}")
    expect(opened["save"]).to_be_hidden()
    expect(opened["presets"]).to_be_visible()
