// The shelves, a purchase, and the book of orders.
import {Mark, Rows, ago, ask, html, useKeys} from './base.js';
import {useRef, useState} from './vendor/hooks.js';

/** Two clicks within that, for the same thing, are one purchase, and have one token. */
const DOUBLE_CLICK_MILLIS = 1_500;

const RESULTS = {DONE: 'good', REFUSED: 'warn', UNDER_WAY: 'doing', FAILED: 'bad'};
const MOODS = {GOOD: 'good', WAITING: 'doing', BAD: 'warn'};

export function act(name, body) {
  return ask(`/api/${name}`, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)})
    .catch(failure => ({result: 'FAILED', text: failure.message}));
}

export function money(cents) {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')} €`;
}

export function Answer({told}) {
  return html`<p class="told-result" role="status">${told && html`<${Mark} kind=${RESULTS[told.result] ?? 'bad'}>${told.text}</${Mark}>`}</p>`;
}

export function Front({picture}) {
  const {shelves, customers, flows} = picture.shop;
  const [chosen, setChosen] = useState({});
  const [told, setTold] = useState(undefined);
  const purchase = useRef(undefined);
  const want = {
    customer: chosen.customer ?? customers[0], item: chosen.item ?? (shelves.find(one => one.available > 0) ?? shelves[0])?.item, quantity: chosen.quantity ?? 1, flow: chosen.flow ?? flows[0]?.name,
  };
  const can = picture.open && picture.hands && shelves.length > 0;
  const buy = async event => {
    event?.preventDefault();
    if (!can) {
      return;
    }
    const now = performance.now();
    const what = JSON.stringify(want);
    const again = purchase.current?.what === what && now - purchase.current.at < DOUBLE_CLICK_MILLIS;
    const mine = again ? purchase.current : {token: crypto.randomUUID(), what, at: now, clicks: 0};
    mine.clicks += 1;
    purchase.current = mine;
    setTold({result: 'UNDER_WAY', text: 'Buying …'});
    const answer = await act('buy', {...want, token: mine.token});
    if (purchase.current === mine) {
      setTold(mine.clicks > 1 ? {...answer, text: `${answer.text} ${mine.clicks} clicks, one token, one purchase.`} : answer);
    }
  };
  useKeys({b: () => buy()});
  if (shelves.length === 0) {
    return html`<p class="quiet">The shelves are being filled.</p>`;
  }
  const set = (name, value) => setChosen(before => ({...before, [name]: value}));
  const shelf = shelves.find(one => one.item === want.item);
  return html`<form class="front" onSubmit=${buy}>
    <ul class="shelves" aria-label="items">${shelves.map(one => html`<li key=${one.item}>
      <button type="button" aria-pressed=${one.item === want.item} onClick=${() => set('item', one.item)}>
        <b>${one.item}</b><span class="number">${money(one.priceCents)}</span><small>${one.available === 0 ? 'sold out' : `${one.available.toLocaleString('en')} left`}</small></button></li>`)}</ul>
    <div class="wish">
      <label>Who <select value=${want.customer} onChange=${event => set('customer', event.target.value)}>${customers.map(one => html`<option key=${one}>${one}</option>`)}</select></label>
      <label>Pieces <input type="number" min="1" max="99" value=${want.quantity} onInput=${event => set('quantity', Math.min(99, Math.max(1, Math.trunc(Number(event.target.value)) || 1)))} /></label>
      <label>How <select value=${want.flow} onChange=${event => set('flow', event.target.value)}>${flows.map(one => html`<option key=${one.name}>${one.name}</option>`)}</select></label>
      <button type="submit" class="buy" disabled=${!can}>Buy ${want.quantity} × ${want.item}${shelf ? ` for ${money(shelf.priceCents * want.quantity)}` : ''}<kbd aria-hidden="true">b</kbd></button>
    </div>
    <p class="quiet">${flows.find(one => one.name === want.flow)?.text}</p>
    <${Answer} told=${told} />
  </form>`;
}

export function Book({picture}) {
  const {orders} = picture.shop;
  const [told, setTold] = useState(undefined);
  if (orders.length === 0) {
    return html`<p class="quiet">Nobody has ordered anything yet.</p>`;
  }
  const end = async (order, action) => {
    setTold({result: 'UNDER_WAY', text: `${action} of ${order.id.slice(0, 8)} …`});
    setTold(await act(action, {order: order.id}));
  };
  return html`<${Answer} told=${told} /><${Rows} label="orders" rows=${orders} keyOf=${row => row.id} columns=${[
    ['order', row => html`<code title=${row.id}>${row.id.slice(0, 8)}</code> <small>${ago(row.ageMillis)}</small>`],
    ['who', row => row.customer],
    ['what', row => `${row.quantity} × ${row.item}`],
    ['paid', row => money(row.amountCents), 'number'],
    ['how', row => row.flow],
    ['status', row => html`<${Mark} kind=${MOODS[row.mood]}>${row.status}</${Mark}>${row.reason && html` <small>${row.reason}</small>`}`],
    ['', row => row.actions.map(action => html`<button type="button" key=${action} disabled=${!picture.hands} onClick=${() => end(row, action)}
      aria-label=${`${action} order ${row.id.slice(0, 8)}`}>${action}</button>`)],
  ]} />`;
}
