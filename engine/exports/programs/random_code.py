"""Code of the random numbers of a run: a script carries what it needs of `engine.nn.random`, and draws the same."""

from engine.exports.exported_run import ExportedRun
from engine.exports.programs.program import Line, lines
from engine.spec.seeds import has_own_seeds

STREAM = """
def stream(purpose):
    \"\"\"Random numbers for one purpose alone: those for another never shift them.\"\"\"
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(SEED, spawn_key=tuple(purpose.encode()))))
"""

STREAM_OF_SEEDS = STREAM.replace(
    "    return", '    seed = START_SEED if purpose.startswith("weights") else DATA_SEED\n    return'
).replace("(SEED,", "(seed,")

MIX = """
def splitmix64(state):
    \"\"\"64 bits that look random, made of those of a number (Steele, Lea and Flood 2014).\"\"\"
    state %= 2**64
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB % 2**64
    return state ^ (state >> 31)
"""

BATCH_ORDER = """
def batch_order(epoch):
    \"\"\"The order of the training samples in an epoch: the shuffle by Fisher and Yates.\"\"\"
    order = np.arange({samples})
    state = SEED * 0x9E3779B97F4A7C15 + epoch * 0xBF58476D1CE4E5B9 + 0x94D049BB133111EB
    for i in range({last}, 0, -1):
        state += 0x9E3779B97F4A7C15
        j = ((splitmix64(state) >> 32) * (i + 1)) >> 32
        order[i], order[j] = order[j], order[i]
    return order
"""

HASH = """
def hashed(x, step, purpose):
    \"\"\"32 bits that look random for each number of x, at a step of the run (lowbias32 by Wellons, 2018).\"\"\"
    state = (SEED + 1) * 0x9E3779B97F4A7C15 + step * 0xBF58476D1CE4E5B9 + purpose * 0x94D049BB133111EB
    x = x ^ np.uint32(splitmix64(state) >> 32)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))
"""

KEEP_MASK = """
def keep_mask(step, layer, rows, width, p):
    \"\"\"Which values of a layer dropout keeps at a step: True with probability 1 - p.\"\"\"
    row = np.arange(rows, dtype=np.uint32)[:, None] * np.uint32(0x9E3779B1)
    column = np.arange(width, dtype=np.uint32) * np.uint32(0x85EBCA77)
    return (hashed(row + column, step, layer) >> np.uint32(8)) >= np.uint32(p * 2**24)
"""

SIGNS = """
def signs(step, pair, count):
    \"\"\"A random direction of +1 and -1.\"\"\"
    bits = hashed(np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1), step, 1000 + pair) >> np.uint32(31)
    return 1 - 2 * bits.astype(np.float32)
"""


def random_functions(run: ExportedRun, needs_stream: bool) -> list[list[Line]]:
    """Those that the script of this run uses, as sections."""
    drops = any(layer.dropout for layer in run.spec.hidden)
    evolves = run.spec.optimizer == "evolution"
    parts = {
        STREAM_OF_SEEDS if has_own_seeds(run.spec) else STREAM: needs_stream,
        MIX: run.in_order or drops or evolves,
        HASH: drops or evolves,
        BATCH_ORDER.format(samples=run.samples, last=run.samples - 1): run.in_order,
        KEEP_MASK: drops,
        SIGNS: evolves,
    }
    return [lines(code) for code, needed in parts.items() if needed]
