// What an operator can have done: shown first, done with a reason, told item by item.
import {Mark, ask, count, html, words} from './base.js';
import {createContext} from './vendor/preact.js';
import {useContext, useEffect, useRef, useState} from './vendor/hooks.js';

/** Whom the token belongs to, and what this process acts at. */
export const Who = createContext(undefined);

/** Begins an order: its dialog stands above the page, as the item may leave the page when it is done. */
const Begin = createContext(() => {});

const REASON_MAX = 500;
/** Items of an order; the API takes no more. */
const ITEMS_MAX = 100;
const RESULTS = {
  DONE: 'good', PARTLY: 'warn', NOTHING: 'plain', WOULD: 'doing', REFUSED: 'bad', FAILED: 'bad', UNDER_WAY: 'doing', NOT_BEGUN: 'waiting',
};
/** What is written on its button, and what it does with an item. */
const ORDERS = {
  '/api/transactions/resolve': ['Resolve', 'ends prepared branches as decided; decides ABORT where nothing is and nothing else can be'],
  '/api/transactions/retry': ['Retry', 'ends prepared branches as decided; decides nothing'],
  '/api/transactions/forget': ['Forget', 'forgets what branches decided by themselves, once that is settled'],
  '/api/outbox/retry': ['Try now', 'is tried by the relay at once, with its failures forgotten'],
  '/api/outbox/replay': ['Replay', 'is appended again, as the newest message of its key'],
  '/api/outbox/skip': ['Skip', 'loses the record that stopped it, which becomes a dead letter; later ones go on'],
};

function order(path, body) {
  return ask(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
}

export function Ordering({children}) {
  const [wanted, setWanted] = useState(undefined);
  return html`<${Begin.Provider} value=${setWanted}>${children}
    ${wanted && html`<${OrderDialog} path=${wanted.path} items=${wanted.items} onClose=${() => setWanted(undefined)} />`}</${Begin.Provider}>`;
}

/** Buttons for these orders over items: none where the process does not act so, disabled for who may not, or for no item. */
export function Actions({paths, items}) {
  const who = useContext(Who);
  const begin = useContext(Begin);
  const possible = paths.filter(one => who?.actions.includes(one));
  if (possible.length === 0) {
    return null;
  }
  const mayAct = who.role === 'operate';
  const isTooMuch = items.length > ITEMS_MAX;
  return html`<p class="toolbar actions">${possible.map(one => html`<button type="button" key=${one}
      disabled=${!mayAct || items.length === 0 || isTooMuch} title=${mayAct ? ORDERS[one][1] : 'log in with a token that may act'}
      onClick=${() => begin({path: one, items})}>${ORDERS[one][0]}…</button>`)}
    ${!mayAct && html`<small>${who.name ? 'this token reads only' : 'to act, log in'}</small>`}
    ${isTooMuch && html`<small>${ITEMS_MAX} at a time at most</small>`}</p>`;
}

/** Which rows are chosen, by their names. */
export function useChoice() {
  const [names, setNames] = useState(new Set());
  const set = (name, isChosen) => setNames(before => {
    const after = new Set(before);
    after[isChosen ? 'add' : 'delete'](name);
    return after;
  });
  return {
    names,
    setAll: all => setNames(new Set(all)),
    column: (nameOf, mayBe = () => true) => ['chosen', row => mayBe(row) && html`<input type="checkbox" aria-label=${`choose ${nameOf(row)}`}
      checked=${names.has(nameOf(row))} onChange=${event => set(nameOf(row), event.target.checked)} />`],
  };
}

/** Orders over what is chosen of the rows that are shown: what is shown no more is chosen no more. */
export function ChosenActions({rows, choice, nameOf, paths}) {
  const who = useContext(Who);
  if (!paths.some(one => who?.actions.includes(one))) {
    return null;
  }
  const items = rows.map(nameOf).filter(name => choice.names.has(name));
  const areAll = items.length === rows.length;
  return html`<div class="toolbar chosen"><button type="button" disabled=${rows.length === 0}
      onClick=${() => choice.setAll(areAll ? [] : rows.map(nameOf))}>${areAll && rows.length > 0 ? 'Choose none' : 'Choose all that are shown'}</button>
    <span class="quiet" role="status">${items.length} chosen</span><${Actions} paths=${paths} items=${items} /></div>`;
}

function OrderDialog({path, items}) {
  const begin = useContext(Begin);
  const [preview, setPreview] = useState(undefined);
  const [result, setResult] = useState(undefined);
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [isLost, setLost] = useState(false);
  const dialog = useRef(null);
  const reason = useRef(null);
  const [title, meaning] = ORDERS[path];
  const send = async (body, then) => {
    setBusy(true);
    try {
      then(await order(path, {items, ...body}));
      setProblem('');
    } catch (failed) {
      setProblem(failed.message);
      // An order whose answer was lost may have been carried out, or be under way: it is not offered again here.
      setLost(!body.dryRun && !failed.isAnswered);
    }
    setBusy(false);
  };
  useEffect(() => {
    dialog.current.showModal();
    send({dryRun: true}, setPreview);
  }, []);
  useEffect(() => reason.current?.focus(), [preview]);
  const can = preview?.items.some(one => one.result === 'WOULD');
  const isOpen = !result && !isLost;
  const act = event => {
    event.preventDefault();
    if (isOpen && can && !isBusy) {
      send({dryRun: false, reason: reason.current.value.trim()}, setResult);
    }
  };
  return html`<dialog ref=${dialog} onClose=${() => begin(undefined)} aria-labelledby="order">
    <h2 id="order">${title} ${items.length === 1 ? html`<code class="long">${items[0]}</code>` : count(items.length, 'item', 'items')}</h2>
    <p class="lead">${items.length === 1 ? 'It' : 'Each'} ${meaning}.</p>
    ${isOpen && html`<h3>What it would do</h3>${!problem && html`<${Results} answer=${preview} />`}`}
    ${isLost && html`<p class="note bad" role="alert"><${Mark} kind="warn">unknown, look</${Mark}> The answer was lost, not refused: it may be
      done, or be under way. Look at <a href="#/audit" onClick=${() => dialog.current.close()}>the audit log</a> and at what it was about before
      you order it again.</p>`}
    ${result && html`<h3>What came of it</h3><${Results} answer=${result} />`}
    <p class="problem" role="alert">${problem}</p>
    <form onSubmit=${act}>
      ${isOpen && html`<label>Why <input type="text" ref=${reason} required maxlength=${REASON_MAX} disabled=${!can} pattern=".*[^ ].*"
        placeholder=${can ? 'kept in the audit log, with your name' : ''} /></label>`}
      <p class="toolbar">${isOpen && html`<button type="submit" disabled=${!can || isBusy}>${title}</button>`}
        <button type="button" onClick=${() => dialog.current.close()}>Close</button></p>
    </form></dialog>`;
}

function Results({answer}) {
  if (!answer) {
    return html`<p class="quiet" role="status">Asking …</p>`;
  }
  return html`<ul class="plain results" role="status">${answer.items.map(one => html`<li key=${one.item}>
    ${answer.items.length > 1 && html`<code class="long">${one.item}</code>${' '}`}<${Mark} kind=${RESULTS[one.result] ?? 'bad'}>${words(one.result)}</${Mark}>
    ${one.lines.map(line => html`<p>${line}</p>`)}</li>`)}</ul>`;
}
