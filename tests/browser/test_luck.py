"""Luck and the learning-rate finder on the sheet of studies: what is said of many seeds, and a rate that is taken."""

from playwright.sync_api import expect

from engine import Spec, Trainer
from engine.studies.rate_finder import rate_search
from tests.browser.conftest import Opened


def test_two_optimizers_are_compared_over_seeds_a_run_opened_and_a_rate_taken(opened: Opened) -> None:
    opened["studies"].click()
    opened["study-tab-luck"].click()
    opened["luck-seeds"].fill("257")
    opened["luck-seeds"].dispatch_event("change")
    expect(opened["study-message"]).to_contain_text("256")
    for name, value in {"seeds": 9, "epochs": 3}.items():
        opened[f"luck-{name}"].fill(str(value))
    opened["luck-against"].select_option("adam")
    opened["luck-vary"].select_option("start")
    expect(opened["luck-cost"]).to_contain_text("18 runs")
    opened["luck-start"].click()
    expect(opened["luck-band"]).to_have_attribute("data-done", "18")
    expect(opened["luck-band"]).to_have_attribute("data-runs", "18")
    runs = []
    for seed in range(Spec().seed, Spec().seed + 9):
        trainer = Trainer(Spec(start_seed=seed), "by_hand")
        trainer.advance(3 * trainer.batches_per_epoch)
        runs.append((trainer.evaluate()["test_loss"], seed, trainer.step))
    median, _, steps = sorted(runs)[4]
    expect(opened["luck-band"]).to_have_attribute("data-median", str(median))
    expect(opened["luck-sentence"]).to_contain_text("of 9 starts")
    expect(opened["luck-sentence"]).to_contain_text("sign test: p")
    expect(opened["luck-sentence"]).to_contain_text("Only the initial weights differ")

    opened["study-tab-rate"].click()
    found = list(rate_search(Spec(), backend="by_hand"))[-1]
    assert found is not None
    opened["rate-finder"].click()
    expect(opened["rate-finder"]).to_have_attribute("data-value", str(found.steepest))
    opened["rate-take"].click()
    opened["study-tab-luck"].click()
    opened["luck-start"].click()
    opened["luck-open-worst"].click()
    expect(opened["studies-sheet"]).to_be_hidden()
    expect(opened["steps"]).to_have_attribute("data-value", str(steps))
    expect(opened["learning-rate"]).to_have_value(str(found.steepest))
