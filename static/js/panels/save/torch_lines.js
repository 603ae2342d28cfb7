// @ts-check
// Three lines of Python that open a saved file of weights in plain torch. Pure.

/** @typedef {[name: string, shape: number[]]} Tensor */

/** @param {Tensor[]} tensors  of the network, named as in the file @param {string} file */
export function torchLines(tensors, file) {
  const lists = ['layers', 'norms'].flatMap((list) => {
    const modules = modulesOf(list, new Map(tensors));
    return modules.length ? [`"${list}": torch.nn.ModuleList([${modules.join(', ')}])`] : [];
  });
  return [
    'import torch',
    `net = torch.nn.ModuleDict({${lists.join(', ')}})`,
    `net.load_state_dict(torch.load("${file}", weights_only=True))`,
  ].join('\n');
}

/** @param {string} list  of the modules @param {Map<string, number[]>} shapes  of the tensors by name */
function modulesOf(list, shapes) {
  const numbers = [...shapes.keys()].filter((name) => name.startsWith(`${list}.`)).map((name) => Number(name.split('.')[1]));
  return Array.from({ length: Math.max(-1, ...numbers) + 1 }, (_, number) => {
    const [outputs, inputs] = shapes.get(`${list}.${number}.weight`) ?? [];
    if (outputs === undefined) return 'torch.nn.Identity()'; // a layer without a norm, between two that have one
    if (inputs === undefined) return `torch.nn.BatchNorm1d(${outputs})`;
    return `torch.nn.Linear(${inputs}, ${outputs}${shapes.has(`${list}.${number}.bias`) ? '' : ', bias=False'})`;
  });
}
