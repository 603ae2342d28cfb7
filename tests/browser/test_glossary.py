"""Terms: one sentence, a formula and a way to the place, at the labels of the page and in the glossary."""

from playwright.sync_api import expect

from tests.browser.conftest import Opened


def test_a_term_is_explained_by_hover_by_key_and_in_the_glossary(opened: Opened) -> None:
    opened["help"].click()
    opened["glossary"].click()
    opened["term-gradient_norm"].get_by_role("button").click()
    expect(opened["glossary-dialog"]).to_be_hidden()
    expect(opened["inspector"]).to_be_visible()  # the place opens on a click
    opened.page.keyboard.press("Escape")

    card = opened["term-card"]
    opened.page.locator("label[for=learning-rate]").hover()
    expect(card).to_contain_text("how far each step goes")
    expect(card.locator("math")).to_be_visible()
    opened["epoch-step"].focus()
    opened.page.keyboard.press("Tab")
    expect(card).to_be_hidden()
    opened.page.locator("[data-term=step]").focus()
    opened.page.keyboard.press("Shift+Tab")
    expect(card).to_contain_text("One shuffled pass")
    opened.page.keyboard.press("Escape")
    expect(card).to_be_hidden()

    opened["fullscreen-output"].click()
    opened.page.locator("[data-term=f1]").hover()
    expect(card).to_be_visible()
    for filled in ("true", "false"):  # one level at a time
        opened.page.keyboard.press("Escape")
        expect(card).to_be_hidden()
        expect(opened["fullscreen-output"]).to_have_attribute("aria-pressed", filled)

    opened.page.locator("[data-term=f1]").evaluate("label => { label.dataset.term = 'unheard_of'; }")
    opened.page.locator("[data-term=unheard_of]").hover()
    expect(card).to_contain_text("no entry for this term")
