// @ts-check
// The ways from a node to the result, along which the chain rule multiplies slopes and between which it adds. Pure.

/** @typedef {import('./walk.js').Node} Node */
/** @typedef {{user: Node, slot: number}} Link  an edge into a node, by the node that uses it */

/**
 * The first paths from a node to the last one, each from the result down to the node.
 * @param {Node[]} nodes in topological order @param {string} name @param {number} most
 * @returns {{paths: Link[][], count: number}}  count: of all there are
 */
export function pathsTo(nodes, name, most) {
  const result = nodes[nodes.length - 1];
  const counts = countPaths(nodes, result.name);
  /** @type {Link[][]} */
  const paths = [];
  /** @param {string} at @param {Link[]} below */
  const climb = (at, below) => {
    if (paths.length === most) return;
    if (at === result.name) paths.push(below);
    else for (const link of usersOf(nodes, at)) if (counts.get(link.user.name)) climb(link.user.name, [link, ...below]);
  };
  climb(name, []);
  return { paths, count: counts.get(name) ?? 0 };
}

/** @param {Node[]} nodes @param {string} name @returns {Link[]} */
const usersOf = (nodes, name) => nodes.flatMap((user) => user.inputs.flatMap((input, slot) => (input === name ? [{ user, slot }] : [])));

/** Ways from each node to the result. @param {Node[]} nodes @param {string} result */
function countPaths(nodes, result) {
  const counts = new Map(nodes.map((node) => [node.name, Number(node.name === result)]));
  for (const node of [...nodes].reverse()) {
    for (const input of node.inputs) counts.set(input, (counts.get(input) ?? 0) + (counts.get(node.name) ?? 0));
  }
  return counts;
}
