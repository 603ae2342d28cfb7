"""What enters the store: static/js/core/session.js and schema.js, run in the page's own browser."""

from typing import Any

import pytest
from playwright.sync_api import Page

from engine.spec.spec import Spec
from tests.browser.conftest import OpenPage

MAKE = """
const { createStore } = await import('/static/js/core/store.js');
const { createSession } = await import('/static/js/core/session.js');
const store = createStore({ frame: null, history: null, state: null, spec: null });
const asked = [];
const session = createSession(store, (command) => asked.push(command.type));
const state = (revision, spec) => ({ type: 'state', session: 's', revision, spec, playing: false });
const frame = (revision, number, step) => (
  { revision, frame: number, step, train_loss: 1, test_loss: 2, gradient_norms: [3, 4] });
"""


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page().page


def run(page: Page, body: str) -> Any:
    return page.evaluate(f"async () => {{ {MAKE} {body} }}")


def test_frames_of_another_revision_and_older_frames_are_dropped(page: Page) -> None:
    taken = run(
        page,
        """session.receiveState(state(5, {}));
        return [frame(5, 7, 1), frame(4, 8, 2), frame(6, 9, 2), frame(5, 7, 2), frame(5, 6, 2), frame(5, 8, 2)]
          .map((each) => session.receiveFrame(each));""",
    )
    assert taken == [True, False, False, False, False, True]


def test_a_restart_takes_the_picture_away_and_a_live_change_does_not(page: Page) -> None:
    shown = run(
        page,
        """session.receiveState(state(1, {})); session.receiveFrame(frame(1, 1, 1));
        session.receiveState(state(2, {}));
        const live = store.get('frame') !== null;
        session.receiveState({ ...state(3, {}), points: { train: [], test: [] } });
        return [live, store.get('frame')];""",
    )
    assert shown == [True, None]


def test_frames_are_added_to_the_history_each_layer_to_its_own(page: Page) -> None:
    history = run(
        page,
        """session.receiveState(state(1, {}));
        session.receiveHistory(
          { type: 'history', steps: [0], train_loss: [9], test_loss: [9], gradient_norms: [[1], [2]],
            log: { epochs: [], steps: [], train_loss: [], test_loss: [], train_accuracy: [], test_accuracy: [],
              errors: [] } });
        session.receiveFrame(frame(1, 1, 5)); session.receiveFrame(frame(1, 2, 5));
        return store.get('history');""",
    )
    assert history == {
        "steps": [0, 5],
        "train_loss": [9, 1],
        "test_loss": [9, 2],
        "gradient_norms": [[1, 3], [2, 4]],
        "log": [],
    }


def test_a_wish_shows_until_it_is_answered_or_refused(page: Page) -> None:
    shown = run(
        page,
        """const noise = () => store.get('spec').noise;
        session.receiveState(state(1, { noise: 0 }));
        const seen = [];
        session.anticipate({ type: 'configure', spec: { noise: 5 } }); seen.push(noise());
        session.anticipate({ type: 'configure', spec: { noise: 9 } });
        session.receiveState(state(2, { noise: 5 })); seen.push(noise());
        session.receiveState(state(3, { noise: 9 })); session.receiveState(state(4, { noise: 1 })); seen.push(noise());
        session.anticipate({ type: 'configure', spec: { noise: 99 } }); session.receiveRefusal(); seen.push(noise());
        return seen;""",
    )
    assert shown == [5, 9, 1, 1]


def test_bounds_are_the_specs(page: Page) -> None:
    """Each bound admits what it is and nothing just past it."""
    admits = run(
        page,
        """const { fieldsOf } = await import('/static/js/core/schema.js');
        const fields = fieldsOf(await (await fetch('/api/spec/schema')).json());
        const tell = (name, ...values) => values.map((value) => fields[name].admits(value));
        return { learning_rate: tell('learning_rate', 0, 1e-9, 10, 10.1), samples: tell('samples', 0, 1, 1.5, 70001),
          noise: tell('noise', -1, 0, 50, NaN), live: Object.keys(fields).filter((name) => fields[name].live) };""",
    )
    assert admits["learning_rate"] == [False, True, True, False]
    assert admits["samples"] == [False, True, False, False]
    assert admits["noise"] == [False, True, True, False]
    properties = Spec.model_json_schema()["properties"]
    assert admits["live"] == [name for name, field in properties.items() if field.get("live")]


def test_every_set_up_survives_the_way_through_an_address(page: Page) -> None:
    spec = Spec.model_validate(
        {
            **{"dataset": "spiral", "samples": 123, "noise": 12.5, "features": ["x2", "sin_x1"], "activation": "relu"},
            **{"hidden": [3, {"width": 8, "activation": "sigmoid"}], "loss": "bce", "l1": 0.003, "learning_rate": 1e-5},
        }
    ).model_dump(mode="json")
    through = page.evaluate(
        """async (spec) => {
          const { toAddress, fromAddress } = await import('/static/js/experiment/address.js');
          const { fieldsOf } = await import('/static/js/core/schema.js');
          const fields = fieldsOf(await (await fetch('/api/spec/schema')).json());
          const defaults = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.default]));
          return [fromAddress(toAddress(spec, fields), fields), toAddress(defaults, fields),
            fromAddress('#' + toAddress({ ...spec, hidden: [] }, fields), fields).hidden];
        }""",
        spec,
    )
    assert through == [spec, "", []]
