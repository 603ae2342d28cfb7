// @ts-check
// The pictures of the presets, loaded one after the other while the gallery is open: the server makes them on request.

const ASK_AGAIN = 3000; // milliseconds after a failure

/** @param {() => boolean} isOpen  whether pictures are still wanted @param {(name: string) => void} loaded */
export function createPresetPictures(isOpen, loaded) {
  /** @type {Map<string, any>} by name of the preset */
  const pictures = new Map();
  let loading = false;

  return {
    /** @param {string} name */
    get: (name) => pictures.get(name),

    /** @param {string[]} names */
    async load(names) {
      if (loading) return;
      loading = true;
      for (const name of names) {
        if (!isOpen()) break;
        if (pictures.has(name)) continue;
        const answer = await fetch(`api/presets/${name}/picture`).catch(() => null);
        if (answer?.ok) pictures.set(name, await answer.json());
        else await new Promise((again) => { setTimeout(again, ASK_AGAIN); });
        loaded(name);
      }
      loading = false;
    },
  };
}
