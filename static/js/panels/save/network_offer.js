// @ts-check
// Where a file of weights is of another network: the offer to build that one and to load the file into it.

/** @typedef {import('../../core/store.js').Store} Store */
/** @typedef {import('./weights_upload.js').Fault} Fault */

/** @param {Store} store @param {(command: import('../../core/command_queue.js').Command) => boolean} send  returns whether it was sent @param {(file: File) => void} load */
export function createNetworkOffer(store, send, load) {
  let forget = () => {};

  /** Loads the file once the network is there; not where it is refused, or where the person changes something else. @param {Record<string, any>} change  of the Spec @param {File} file */
  function build(change, file) {
    forget();
    const now = () => JSON.stringify(store.get('spec'));
    const before = now();
    if (!send({ type: 'configure', spec: change })) return;
    const expected = [before, now()]; // the server's until it answers, and with the change
    const stops = [
      store.watch(['state'], () => {
        const spec = store.get('state')?.spec;
        if (!spec || !isBuilt(spec, change)) return;
        forget();
        load(file);
      }),
      store.watch(['spec'], () => expected.includes(now()) || forget()),
      store.watch(['message'], () => store.get('message')?.kind === 'error' && forget()),
    ];
    forget = () => stops.forEach((stop) => stop());
  }

  return {
    /** @param {Fault} fault @param {File} file */
    of({ values }, file) {
      return values.build ? { key: 'save.build', run: () => build(JSON.parse(values.build), file) } : undefined;
    },
    forget: () => forget(),
  };
}

/** Whether an experiment has these layers. @param {import('../../wire/messages.js').Spec} spec @param {Record<string, any>} change */
const isBuilt = (spec, { hidden, biases }) => spec.biases === biases && shapeOf(spec.hidden) === shapeOf(hidden);

/** @param {{width: number, batch_norm: boolean}[]} hidden */
const shapeOf = (hidden) => hidden.map(({ width, batch_norm: norm }) => `${width} ${norm}`).join();
