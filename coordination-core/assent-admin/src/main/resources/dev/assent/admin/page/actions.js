// What an operator can have done: shown first, done with a reason, told item by item.
import {Mark, ask, html, words} from './base.js';
import {createContext} from './vendor/preact.js';
import {useContext, useEffect, useRef, useState} from './vendor/hooks.js';

/** Whom the token belongs to, and what this process acts at. */
export const Who = createContext(undefined);

const REASON_MAX = 500;
const RESULTS = {
  DONE: 'good', PARTLY: 'warn', NOTHING: 'plain', WOULD: 'doing', REFUSED: 'bad', FAILED: 'bad', UNDER_WAY: 'doing', NOT_BEGUN: 'waiting',
};
const ORDERS = {
  '/api/transactions/resolve': ['Resolve', 'ends prepared branches as decided; decides ABORT where nothing is and nothing else can be'],
  '/api/transactions/retry': ['Retry', 'ends prepared branches as decided; decides nothing'],
  '/api/transactions/forget': ['Forget', 'forgets what branches decided by themselves, once that is settled'],
  '/api/outbox/retry': ['Try now', 'the relay tries it at once, with its failures forgotten'],
  '/api/outbox/skip': ['Skip', 'the record that stopped the key becomes a dead letter; later ones go on'],
};

function order(path, body) {
  return ask(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
}

/** Buttons for these orders over one item: none where the process does not act so, disabled for who may not. */
export function Actions({paths, item}) {
  const who = useContext(Who);
  const [path, setPath] = useState(undefined);
  const possible = paths.filter(one => who?.actions.includes(one));
  if (possible.length === 0) {
    return null;
  }
  const mayAct = who.role === 'operate';
  return html`<p class="toolbar actions">${possible.map(one => html`<button type="button" key=${one} disabled=${!mayAct}
      title=${mayAct ? ORDERS[one][1] : 'log in with a token that may act'} onClick=${() => setPath(one)}>${ORDERS[one][0]}…</button>`)}
    ${!mayAct && html`<small>${who.name ? 'this token reads only' : 'to act, log in'}</small>`}
    ${path && html`<${OrderDialog} path=${path} item=${item} onClose=${() => setPath(undefined)} />`}</p>`;
}

function OrderDialog({path, item, onClose}) {
  const [preview, setPreview] = useState(undefined);
  const [result, setResult] = useState(undefined);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const dialog = useRef(null);
  const reason = useRef(null);
  const [title, meaning] = ORDERS[path];
  const send = async (body, then) => {
    setBusy(true);
    try {
      then(await order(path, {items: [item], ...body}));
      setProblem('');
    } catch (failed) {
      setProblem(failed.message);
    }
    setBusy(false);
  };
  useEffect(() => {
    dialog.current.showModal();
    send({dryRun: true}, setPreview);
  }, []);
  const act = event => {
    event.preventDefault();
    send({dryRun: false, reason: reason.current.value.trim()}, setResult);
  };
  useEffect(() => reason.current?.focus(), [preview]);
  const can = preview?.items.some(one => one.result === 'WOULD');
  return html`<dialog ref=${dialog} onClose=${onClose} aria-labelledby="order">
    <h2 id="order">${title} <code class="long">${item}</code></h2>
    <p class="lead">It ${meaning}.</p>
    ${!result && html`<h3>What it would do</h3><${Results} answer=${preview} />`}
    ${result && html`<h3>What came of it</h3><${Results} answer=${result} />`}
    <p class="problem" role="alert">${problem}</p>
    <form onSubmit=${act}>
      ${!result && html`<label>Why <input type="text" ref=${reason} required maxlength=${REASON_MAX} disabled=${!can} pattern=".*[^ ].*"
        placeholder=${can ? 'kept in the audit log, with your name' : ''} /></label>`}
      <p class="toolbar">${!result && html`<button type="submit" disabled=${!can || busy}>${title}</button>`}
        <button type="button" onClick=${event => event.target.closest('dialog').close()}>Close</button></p>
    </form></dialog>`;
}

function Results({answer}) {
  if (!answer) {
    return html`<p class="quiet" role="status">Asking …</p>`;
  }
  return html`<ul class="plain results" role="status">${answer.items.map(one => html`<li key=${one.item}>
    <${Mark} kind=${RESULTS[one.result] ?? 'bad'}>${words(one.result)}</${Mark}>
    ${one.lines.map(line => html`<p>${line}</p>`)}</li>`)}</ul>`;
}
