// @ts-check
// One WebSocket that comes back by itself. Of what is said over it, it knows only why the server closes it.

const FIRST_WAIT = 250; // milliseconds, doubled after each failure
const LONGEST_WAIT = 8000;
const KEPT = 32; // commands kept while there is no connection; more would surprise when it returns
const PRIVATE = 4000; // close codes from here on are the server's own, with a reason a person can read
const COME_BACK = [4006, 4007, 4014]; // a viewer that was asleep, a server that restarts, a store that is away: worth trying again

/**
 * @typedef {object} Handlers
 * @property {() => void} opened
 * @property {(message: any) => void} message
 * @property {(bytes: ArrayBuffer) => void} bytes
 * @property {(failures: number) => void} lost  in a row, since the last opening
 * @property {(code: number, reason: string, values: Record<string, any>) => void} refused  closed for a reason, in English; waits for retry()
 */

/**
 * @param {() => string} address  asked before every attempt
 * @param {Handlers} handlers
 */
export function connect(address, handlers) {
  /** @type {WebSocket | null} */
  let socket = null;
  /** @type {string[]} */
  let kept = [];
  let failures = 0;
  let timer = 0;
  let over = false;

  function open() {
    clearTimeout(timer);
    if (over) return;
    const attempt = openSocket(address(), handlers, (...why) => { if (socket === attempt) closed(...why); });
    socket = attempt;
    attempt.onopen = () => {
      failures = 0;
      handlers.opened();
      for (const text of kept) attempt.send(text);
      kept = [];
    };
  }

  /** @type {Handlers['refused']} */
  function closed(code, reason, values) {
    socket = null;
    if (code >= PRIVATE && !COME_BACK.includes(code)) return handlers.refused(code, reason, values);
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures) * (0.75 + Math.random() / 2); // a class does not return all at once
    failures += 1;
    timer = window.setTimeout(open, wait);
    handlers.lost(failures);
  }

  const retry = () => { if (!socket) open(); };
  const retryOnline = () => { if (failures) retry(); };
  addEventListener('online', retryOnline);
  open();
  const isOpen = () => socket?.readyState === WebSocket.OPEN;

  return {
    retry,
    /** For good. */
    close() {
      over = true;
      removeEventListener('online', retryOnline);
      clearTimeout(timer);
      const last = socket;
      socket = null;
      if (last) closeQuietly(last);
    },
    /** Sends it, now or when the connection is back. @param {object} command */
    send(command) {
      const text = JSON.stringify(command);
      if (isOpen()) socket?.send(text);
      else kept = [...kept, text].slice(-KEPT);
    },
    /** Sends what makes sense over this very connection only. @param {object | Uint32Array<ArrayBuffer>} command  numbers go as they are */
    sendNow(command) {
      if (isOpen()) socket?.send(command instanceof Uint32Array ? command : JSON.stringify(command));
    },
  };
}

/** Once it is open: closed sooner, the browser would warn. @param {WebSocket} socket */
function closeQuietly(socket) {
  if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close();
  else socket.close();
}

/** @param {string} address @param {Handlers} handlers @param {Handlers['refused']} closed */
function openSocket(address, { message, bytes }, closed) {
  const socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  let values = {}; // of the reason: the last message before the socket is closed
  socket.onmessage = ({ data }) => {
    if (typeof data !== 'string') return bytes(data);
    const said = JSON.parse(data);
    if (said.type === 'closing') values = said.values;
    else message(said);
  };
  socket.onclose = ({ code, reason }) => closed(code, reason, values);
  return socket;
}
