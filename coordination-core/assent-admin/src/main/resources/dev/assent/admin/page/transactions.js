// The transactions that this process remembers, and one of them.
import {Calm, Failure, Fragment, Mark, Rows, Waiting, clock, count, duration, html, short, useAnswer, useKeys, useNow, words} from './base.js';
import {useEffect, useRef, useState} from './vendor/hooks.js';
import {Actions} from './actions.js';
import {useFilter} from './filter-box.js';
import {TRANSACTION_FIELDS, admits, transactionValues} from './filter.js';
import {said, steps} from './waterfall.js';
import {Waterfall} from './waterfall-view.js';

const STATES = {
  ACTIVE: ['doing', 'open'], PREPARING: ['doing', 'preparing'], DECIDING: ['doing', 'deciding'],
  COMMITTING: ['doing', 'branches are told'], ENDED: ['plain', 'ended'],
};
const STEPS = {done: 'good', doing: 'doing', waiting: 'waiting', bad: 'bad'};

function State({row}) {
  if (row.state !== 'ENDED') {
    const [kind, text] = STATES[row.state] ?? ['bad', row.state];
    return html`<${Mark} kind=${kind}>${text}</${Mark}>`;
  }
  const kind = row.outcome === 'COMMITTED' ? 'good' : row.outcome === 'ROLLED_BACK' ? 'plain' : 'bad';
  return html`<${Mark} kind=${kind}>${words(row.outcome ?? 'ended')}</${Mark}>`;
}

function branches(row) {
  return html`<ul class="inline">${row.branches.map(one => html`<li key=${one.branch}><b>${one.resource}</b>
    <small> ${one.end ? words(one.end) : one.vote ? words(one.vote) : 'no vote'}${one.retries ? `, ${one.retries} retries` : ''}</small>
    ${one.hazard && html` <${Mark} kind="bad">${words(one.hazard)}</${Mark}>`}</li>`)}</ul>`;
}

export function Transactions() {
  const answer = useAnswer('/api/transactions?limit=500', 1_500);
  const {filter, view} = useFilter(TRANSACTION_FIELDS, 'state:committing resource:orders age>5s');
  const now = useNow(1_000);
  const [chosen, setChosen] = useState(-1);
  const all = answer.data?.transactions ?? [];
  const rows = all.filter(row => admits(filter, transactionValues(row, now)));
  const open = row => {
    location.hash = `#/transactions/${row.transaction}`;
  };
  useKeys({
    j: () => setChosen(at => Math.min(rows.length - 1, at + 1)),
    k: () => setChosen(at => Math.max(0, at - 1)),
    Enter: () => rows[chosen] && open(rows[chosen]),
  });
  return html`
    <h1>Transactions</h1>
    <p class="lead">Those that this process coordinated lately, the newest first. What has not ended, or ended otherwise than
      well, is remembered longest.</p>
    ${view}
    <${Failure} answer=${answer} /><${Waiting} answer=${answer} />
    ${answer.data && html`<p class="quiet" role="status">${count(rows.length, 'is', 'are')} shown of ${all.length} asked for, ${answer.data.remembered} remembered.${answer.data.missedEvents > 0 ? ` ${answer.data.missedEvents} events were missed: states may be behind.` : ''}</p>`}
    ${answer.data && all.length === 0 && html`<${Calm} title="No transaction yet.">None was begun here since the process started.</${Calm}>`}
    ${rows.length > 0 && html`<${Rows} label="transactions" rows=${rows} keyOf=${row => row.transaction} onOpen=${open}
      isMarked=${(row, i) => i === chosen}
      columns=${[
        ['transaction', row => html`<a href=${`#/transactions/${row.transaction}`} title=${row.transaction}>${short(row.transaction)}</a>`, 'id'],
        ['state', row => html`<${State} row=${row} />`],
        ['begun', row => clock(row.begunAt), 'number'],
        ['took', row => (row.endedAt ? duration(Date.parse(row.endedAt) - Date.parse(row.begunAt)) : `${duration(now - Date.parse(row.begunAt))} so far`), 'number'],
        ['branches', branches],
        ['protocol', row => html`<small>${words(row.protocol ?? '')}${row.shard === undefined ? '' : `, shard ${row.shard}`}</small>`],
      ]} />`}`;
}

/** What may be of use: to end what has not, or to settle what was decided by itself. */
function orders(transaction) {
  const settles = transaction.branches.some(branch => branch.hazard) ? ['/api/transactions/forget'] : [];
  return transaction.state === 'ENDED' ? settles : ['/api/transactions/resolve', '/api/transactions/retry', ...settles];
}

const VIEWS = [['compact', 'Compact'], ['timeline', 'Timeline'], ['history', 'Full history']];

export function OneTransaction({id}) {
  const answer = useAnswer(`/api/transactions/${encodeURIComponent(id)}`, 1_500);
  const [view, setView] = useState('timeline');
  const heading = useRef(null);
  const now = useNow(1_000);
  useEffect(() => heading.current?.focus(), [id]);
  useKeys({
    v: () => setView(at => VIEWS[(VIEWS.findIndex(one => one[0] === at) + 1) % VIEWS.length][0]),
    Escape: () => {
      location.hash = '#/transactions';
    },
  });
  const transaction = answer.data?.transaction;
  return html`
    <p><a href="#/transactions">← all transactions</a></p>
    <h1 ref=${heading} tabindex="-1">Transaction <span class="id">${short(transaction?.transaction ?? id)}</span></h1>
    ${answer.isMissing && !answer.data ? html`<${NotListed} id=${id} />` : html`<${Failure} answer=${answer} />`}<${Waiting} answer=${answer} />
    ${transaction && html`<${Fragment}>
      <dl class="facts">
        <dt>State</dt><dd><${State} row=${transaction} /></dd>
        <dt>Protocol</dt><dd>${words(transaction.protocol ?? 'not known')}${transaction.shard === undefined ? '' : `, shard ${transaction.shard}`}</dd>
        <dt>Begun</dt><dd>${clock(transaction.begunAt, true)}</dd>
        <dt>Ended</dt><dd>${transaction.endedAt ? clock(transaction.endedAt, true) : 'not yet'}</dd>
        ${transaction.deadline && html`<dt>Deadline</dt><dd>${clock(transaction.deadline)}</dd>`}
        <dt>gtrid</dt><dd><code class="long">${transaction.transaction}</code></dd>
        ${transaction.token && html`<dt>token</dt><dd><code class="long">${transaction.token}</code></dd>`}
        ${answer.data.decision && html`<dt>Decision</dt><dd><${Decision} seen=${answer.data.decision} /></dd>`}
        <dt>Traces</dt><dd><${ItsTraces} id=${transaction.transaction} /></dd>
      </dl>
      <${Actions} paths=${orders(transaction)} items=${[transaction.transaction]} />
      <div class="tabs" role="tablist" aria-label="how much is shown">${VIEWS.map(([name, title]) => html`
        <button type="button" role="tab" id=${`tab-${name}`} aria-selected=${view === name} aria-controls="view" onClick=${() => setView(name)}>${title}</button>`)}</div>
      <div id="view" role="tabpanel" aria-labelledby=${`tab-${view}`}>
        ${view === 'compact' && html`<${Compact} history=${answer.data} />`}
        ${view === 'timeline' && html`<${Waterfall} history=${answer.data} now=${now} />`}
        ${view === 'history' && html`<${History} history=${answer.data} />`}
      </div>
    </${Fragment}>`}`;
}

/** Without a record there is no zxid, and the line says why. */
function Decision({seen}) {
  return seen.zxid === undefined
    ? html`<span class="quiet">${seen.line}</span>`
    : html`zxid <b><code>${seen.zxid}</code></b>, written ${clock(seen.writtenAt, true)}${seen.place === 'COPY_IN_STORE' && html` <small>(a copy: its acceptors hold it)</small>`}
, <a href=${`#/znodes/${encodeURIComponent(seen.path)}`}>the record</a>`;
}

/** Where this process keeps what it did in a trace: there may be one that a caller began, or its own. */
function ItsTraces({id}) {
  const answer = useAnswer(`/api/traces?limit=5&transaction=${encodeURIComponent(id)}`, 5_000);
  if (!answer.data) {
    return answer.failure ? html`<span class="problem">${answer.failure}</span>` : '…';
  }
  const {kept, traces} = answer.data;
  if (traces.length === 0) {
    return html`<span class="quiet">${kept === 0 ? html`none is kept here (<code>traces.kept=0</code>)` : 'none here: not ended yet, not recorded, or forgotten'}</span>`;
  }
  return html`<ul class="plain">${traces.map(one => html`<li key=${one.id}><a class="id" href=${`#/traces/${one.id}`}>${one.id}</a>
    <small> ${count(one.spans, 'span', 'spans')}, begins with ${one.name}</small></li>`)}</ul>`;
}

/** A prepared branch is seen in its database by every node, its transaction's history by one at most. */
function NotListed({id}) {
  return html`<section><p class="note" role="status"><b>This process has no history of it.</b> A process remembers the transactions that
      it coordinated since it was started, and of those that ended the latest only. This one was another process', or is of before this
      one's start, or was forgotten.</p>
    <p>Whether a branch of it is still prepared, what is decided and who waits is told by
      <a href=${`#/in-doubt?${new URLSearchParams({filter: `id:${id}`})}`}>In doubt</a>; what the store has of it
      by <code class="long">./assent tx show ${id}</code>; its history by the page of the node that coordinated it, if that is still the same process.</p></section>`;
}

function Compact({history}) {
  return html`<${Fragment}>
    <ol class="steps" aria-label="steps">${steps(history).map(step => html`<li class=${step.state} key=${step.name}>
      <${Mark} kind=${STEPS[step.state]}><b>${step.name}</b></${Mark}><span>${step.text || (step.state === 'waiting' ? 'not yet' : '…')}</span></li>`)}</ol>
    <div class="cards small">${history.transaction.branches.map(one => html`<article class="card" key=${one.branch}>
      <header><b>${one.resource}</b> <small>branch ${one.branch}</small></header>
      <p>${one.vote ? `voted ${words(one.vote)}` : 'has not voted'}, ${one.end ? words(one.end) : 'has not ended'}${one.retries ? `, told again ${one.retries} times` : ''}.</p>
      ${one.hazard && html`<p><${Mark} kind="bad">decided by itself: ${words(one.hazard)}</${Mark}></p>`}
      ${one.cause && html`<p class="problem">${one.cause}</p>`}</article>`)}</div>
  </${Fragment}>`;
}

function History({history}) {
  const begun = Date.parse(history.transaction.begunAt);
  return html`<${Fragment}>
    <${Rows} label="history" rows=${history.events} keyOf=${event => event.number}
      columns=${[
        ['time', event => clock(event.at, true), 'number'],
        ['since begin', event => duration(Date.parse(event.at) - begun), 'number'],
        ['event', event => html`<code>${event.name}</code>`],
        ['what', event => said(event).replace(/^[^:]*:? ?/, '')],
      ]} />
    ${history.eventsLeftOut > 0 && html`<p class="note">${history.eventsLeftOut} later events were not kept.</p>`}
  </${Fragment}>`;
}
