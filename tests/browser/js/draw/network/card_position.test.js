// @ts-check
import { cardPosition } from '/static/js/draw/network/card_position.js';
import { equal, test } from '/js-tests/harness.js';

const CARD = { width: 100, height: 60 };
const VIEW = { left: 0, right: 400, height: 300 };
const boxAt = (/** @type {number} */ x, /** @type {number} */ y) => ({ left: x, right: x + 20, top: y, bottom: y + 20 });

test('a card stands right of its box, or left where the right has no room', () => {
  equal(cardPosition(boxAt(100, 100), CARD, VIEW), { x: 134, y: 80 });
  equal(cardPosition(boxAt(300, 100), CARD, VIEW), { x: 186, y: 80 });
});

test('where neither side has room it stands under the box, or above', () => {
  const narrow = { ...VIEW, left: 50, right: 190 };
  equal(cardPosition(boxAt(110, 100), CARD, narrow), { x: 70, y: 134 });
  equal(cardPosition(boxAt(110, 260), CARD, narrow), { x: 70, y: 186 });
  equal(cardPosition(boxAt(60, 100), CARD, { ...VIEW, left: 55, right: 170 }).x, 55, 'within the view');
});

test('a card does not leave the view above or below', () => {
  equal(cardPosition(boxAt(100, 0), CARD, VIEW).y, 0);
  equal(cardPosition(boxAt(100, 280), CARD, VIEW).y, 240);
});
