// @ts-check
// What the playground's page knows: the one list of the store's keys, with their types and what they start with.

/** @typedef {import('../wire/messages.js').Phase} Phase */

/**
 * How the page looks; both pages have these.
 * @typedef {object} Appearance
 * @property {'light' | 'dark'} theme
 * @property {string} language  one of i18n.js
 * @property {'desk' | 'projector'} profile
 */

/**
 * One sentence of the page; its words are those of `key`, or of `notes`, or `text` where there are none.
 * @typedef {object} Message
 * @property {'error' | 'notice'} kind
 * @property {string} key
 * @property {Record<string, any>} [values]
 * @property {string} [text]
 * @property {{key: string, values?: Record<string, any>}[]} [notes]
 * @property {boolean} [retry]  offers to connect again
 * @property {boolean} [undo]   offers to take back the change it tells of
 * @property {{key: string, run: () => void}} [offer]  a way out that a button takes; key: of its word
 * @property {boolean} [ofRun]  is over when the run starts again
 */

/**
 * What the server has said.
 * @typedef {object} FromServer
 * @property {import('../wire/messages.js').RunState | null} state
 * @property {import('../wire/messages.js').Spec | null} spec  with what the person has just changed
 * @property {import('../wire/messages.js').Points | null} points
 * @property {import('../wire/messages.js').Pictures | null} pictures
 * @property {import('../wire/messages.js').Samples | null} samples
 * @property {import('../wire/frames.js').Frame | null} frame
 * @property {import('../wire/messages.js').History | null} history
 * @property {import('../wire/messages.js').Timeline | null} timeline
 * @property {import('../wire/messages.js').Peeked | null} peeked
 * @property {import('../wire/messages.js').Health | null} health  while it is watched
 * @property {import('../wire/messages.js').Scores | null} scores  likewise
 * @property {import('../wire/messages.js').Checked | null} checked
 * @property {import('../wire/messages.js').Explanation | null} explanation  of `inspected`
 * @property {import('../wire/messages.js').OpenedStep | null} opened
 * @property {import('../wire/messages.js').StudyMessage | null} study
 * @property {import('../wire/messages.js').StudyCost | null} studyCost
 * @property {import('../wire/messages.js').RunPictureMessage | null} runPicture
 * @property {import('../wire/messages.js').LandscapeMessage | null} landscape
 * @property {import('../wire/messages.js').CurvatureMessage | null} curvature
 */

/**
 * What the server offers; loaded once.
 * @typedef {object} Offered
 * @property {import('../wire/messages.js').SpecSchema | null} schema
 * @property {Record<string, import('./schema.js').Field> | null} fields  of the schema
 * @property {import('../wire/messages.js').Choices | null} choices
 * @property {Record<string, import('../wire/messages.js').DataThumbnail> | null} datasets
 * @property {Record<string, import('../wire/messages.js').FeatureMap> | null} features
 * @property {import('../wire/messages.js').Preset[] | null} presets
 * @property {import('../wire/messages.js').Failure[] | null} breakages
 */

/**
 * @typedef {object} Reading  of a run beside this page's, now
 * @property {number} step
 * @property {number | null} train_loss
 * @property {number | null} test_accuracy
 * @property {number | null} samples  spent on learning
 * @property {number[]} steps  of its curve
 * @property {(number | null)[]} losses
 */
/**
 * @typedef {object} Ending
 * @property {string} session  its key; empty until it has one
 * @property {Difference} change  in which it differs from this page's run
 * @property {{code: string, message: string, values: Record<string, any>} | null} refused
 * @property {number | null} diverged  the step
 * @property {string | null} stopped  the stop rule
 */
/** @typedef {Reading & Ending} ComparisonRun */
/** @typedef {{spec: import('../wire/messages.js').Spec, bug: string | null, engine: string}} SetUp  what decides what a run does */
/** @typedef {{aspect: string, value: any}} Difference  aspect: a field of the Spec, or another one that experiment/set_up.js knows */

/**
 * What the person has chosen to see, and what the panels tell each other.
 * @typedef {object} Shown
 * @property {'connecting' | 'open' | 'lost' | 'refused'} connection
 * @property {Message | null} message
 * @property {number} began  how often a whole setup has been chosen
 * @property {boolean} restarted  a change has just started the run again
 * @property {import('../wire/messages.js').Subject | null} inspected
 * @property {number} sample  of the batch, that is looked at
 * @property {(Phase & {id: string, index: number, step: number, batch: number[], sample: number}) | null} phase  of the step walked through
 * @property {{key: string, points: number[], chosen: number | null} | null} lit  training points that stand out in the plane
 * @property {boolean} numbers  are shown in the network
 * @property {'weight' | 'gradient' | 'update'} links  what the network's links show
 * @property {{layer: number, neuron: number} | null} hovered  layer −1: an input
 * @property {number} output  the one that is drawn, of several
 * @property {boolean} testPoints
 * @property {boolean} discretize
 * @property {boolean} markWrong  points that are taken for another class are crossed
 * @property {boolean} markPredicted   points have the colour and shape of the class they are taken for
 * @property {{key: string, activations: Record<number, number[]>, moving: number | null} | null} digitFlow  of a digit drawn by hand: the values of each layer that it has reached, −1: its pixels, and the layer along whose links it moves
 * @property {{set: 'train' | 'test', own: number, predicted: number} | null} cell  of a confusion matrix, whose points stand out
 * @property {'log' | 'linear'} lossScale
 * @property {string} quantity  of the layers' chart, one of quantities.js
 * @property {'loss' | 'layers'} chart  where there is room for one
 * @property {'layers' | 'results' | 'log' | 'curvature'} panel  beside the loss curve; results only where rows are few
 * @property {'loss' | 'accuracy'} curve  accuracy only where there are classes
 * @property {string | null} preset  whose caption is shown
 * @property {{name: string, repaired: boolean} | null} broken  the failure that was chosen
 * @property {string | null} comparison  which runs are compared: one of experiment/comparisons.js
 * @property {(SetUp & {name: string})[]} comparedKept  beside this page's run, where the comparison is of kept experiments
 * @property {ComparisonRun[] | null} comparisonRuns  beside this page's
 * @property {boolean} branchPictures  the pictures of all branches are shown
 * @property {number | null} listAt  the entry of the teacher's list begun last, −1: none; null: the list is not there yet
 * @property {boolean} wallControls  the knobs are open in the projector profile
 * @property {boolean} printed  a picture is being saved: canvases are as dense as paper, charts as new as the run
 * @property {boolean} blank    the screen, so that a class looks at its teacher
 * @property {boolean} drawing  points of one's own
 * @property {{points: import('../wire/messages.js').LabelledPoint[], values: boolean, units: [number, number][], names: string[], cursor: [number, number] | null, lack: string} | null} draft  lack: why they cannot be trained on; empty: they can
 */

/** @typedef {FromServer & Offered & Shown & Appearance} PageState */

/** @param {Appearance} appearance @returns {PageState} */
export const startState = (appearance) => ({
  ...appearance,
  state: null, spec: null, points: null, pictures: null, samples: null, frame: null, history: null, timeline: null, peeked: null,
  health: null, scores: null, checked: null, explanation: null, opened: null, study: null, studyCost: null, runPicture: null, landscape: null, curvature: null,
  schema: null, fields: null, choices: null, datasets: null, features: null, presets: null, breakages: null,
  connection: 'connecting', message: null, restarted: false,
  began: 0, inspected: null, sample: 0, phase: null, lit: null, numbers: false, links: 'weight', hovered: null, output: 0,
  testPoints: false, discretize: false, markWrong: false, markPredicted: false, cell: null, digitFlow: null, lossScale: 'log', quantity: 'norm', chart: 'loss', panel: 'layers', curve: 'loss',
  preset: null, broken: null, comparison: null, comparedKept: [], comparisonRuns: null, branchPictures: false, listAt: null, wallControls: false, printed: false, blank: false, drawing: false, draft: null,
});

/** @typedef {Pick<Shown, 'inspected' | 'sample' | 'numbers' | 'links' | 'output' | 'testPoints' | 'discretize' | 'markWrong' | 'markPredicted' | 'lossScale' | 'quantity' | 'chart' | 'panel' | 'curve' | 'preset' | 'broken' | 'comparison' | 'branchPictures'>} View  what a whole setup puts back when it is chosen, or shows */
/** @type {(keyof View)[]} */
const VIEW = ['inspected', 'sample', 'numbers', 'links', 'output', 'testPoints', 'discretize', 'markWrong', 'markPredicted', 'lossScale', 'quantity', 'chart', 'panel', 'curve', 'preset', 'broken', 'comparison', 'branchPictures'];

/** @param {PageState} state @returns {View} */
const viewOf = (state) => /** @type {View} */ (Object.fromEntries(VIEW.map((key) => [key, state[key]])));

/** As a page starts. */
export const FIRST_VIEW = viewOf(startState({ theme: 'light', language: 'en', profile: 'desk' }));
