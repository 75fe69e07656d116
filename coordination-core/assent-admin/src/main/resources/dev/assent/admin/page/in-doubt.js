// What the databases hold prepared, what it locks, and who waits for it.
import {Calm, Failure, Mark, Waiting, ago, count, duration, html, short, useAnswer, useNow} from './base.js';
import {Actions} from './actions.js';
import {useFilter} from './filter-box.js';
import {IN_DOUBT_FIELDS, admits, inDoubtValues} from './filter.js';

/** Answers are at most a second old at the server: with this pause a new waiter is shown within two. */
const EVERY_MILLIS = 600;

const ORDERS = ['/api/transactions/resolve', '/api/transactions/retry'];

const STATES = {
  COMMIT: ['good', 'decided: commit'],
  ABORT: ['warn', 'decided: roll back'],
  UNDECIDED: ['waiting', 'no decision yet'],
  UNREADABLE: ['bad', 'the decision cannot be read'],
  FOREIGN: ['plain', "another manager's"],
};

export function InDoubt() {
  const answer = useAnswer('/api/in-doubt', EVERY_MILLIS);
  const {filter, view} = useFilter(IN_DOUBT_FIELDS, 'state:undecided age>5s waiters>0');
  const now = useNow(1_000);
  const databases = answer.data?.databases ?? [];
  const resources = answer.data?.resources ?? [];
  const shown = databases.map(database => ({
    ...database,
    admitted: database.prepared.filter(row => admits(filter, inDoubtValues(row))).sort((a, b) => b.ageSeconds - a.ageSeconds),
  }));
  return html`
    <h1>In doubt</h1>
    <p class="lead">Branches that a database holds prepared: they keep their locks until they are told how to end.</p>
    ${view}
    <${Failure} answer=${answer} /><${Waiting} answer=${answer} />
    ${answer.data && html`<${Summary} databases=${databases} resources=${resources} />`}
    ${shown.map(database => html`<${Database} key=${database.name} database=${database} now=${now} />`)}
    ${resources.length > 0 && html`<${Recovery} resources=${resources} now=${now} />`}`;
}

function Summary({databases, resources}) {
  if (databases.length === 0) {
    return html`<${NoDatabases} resources=${resources} />`;
  }
  const held = databases.flatMap(database => database.prepared);
  const silent = databases.filter(database => database.problem);
  if (silent.length > 0) {
    return html`<p class="note bad" role="status"><${Mark} kind="bad" /> ${count(silent.length, 'database does', 'databases do')} not
      answer: what is prepared there is not known.</p>`;
  }
  if (held.length === 0) {
    return html`<${Calm} title="All is well: nothing is prepared.">${count(databases.length, 'database was', 'databases were')} asked
      just now, and no transaction waits for its end in ${databases.length === 1 ? 'it' : 'any of them'}.</${Calm}>`;
  }
  const waiting = held.reduce((sum, row) => sum + row.waiters.length + row.behind, 0);
  const pinned = held.filter(row => row.pinsVacuum).length;
  return html`<ul class="figures" aria-label="In short">
    <li><b>${held.length}</b> prepared</li>
    <li><b>${held.filter(row => row.state === 'UNDECIDED').length}</b> without a decision</li>
    <li class=${waiting ? 'hot' : ''}><b>${waiting}</b> ${waiting === 1 ? 'session waits' : 'sessions wait'} for them</li>
    <li><b>${pinned}</b> ${pinned === 1 ? 'pins' : 'pin'} vacuum (xmin)</li>
  </ul>`;
}

function NoDatabases({resources}) {
  return html`<p class="note">This process was given no database to ask: name them in <code>admin.databases</code> of
    node.properties, and their prepared branches, locks and waiters are shown here.
    ${resources.length > 0 && ' What recovery saw is below.'}</p>`;
}

function Database({database, now}) {
  return html`<section class="database" aria-label=${`database ${database.name}`}>
    <h2>${database.name} <small>asked ${database.readAt ? ago(now - Date.parse(database.readAt)) : 'never'}</small></h2>
    ${database.problem && html`<p class="note bad"><${Mark} kind="bad" /> ${database.problem}</p>`}
    ${database.notes.map(note => html`<p class="note">${note}</p>`)}
    ${!database.problem && database.prepared.length === 0 && html`<p class="quiet"><${Mark} kind="good">nothing is prepared</${Mark}></p>`}
    ${database.prepared.length > database.admitted.length && html`<p class="quiet">${database.prepared.length - database.admitted.length}
      more are not admitted by the filter.</p>`}
    <div class="cards">${database.admitted.map(row => html`<${Branch} key=${row.gid} row=${row} now=${now} />`)}</div>
  </section>`;
}

function Branch({row, now}) {
  const [kind, text] = STATES[row.state] ?? ['bad', row.state];
  return html`<article class=${`card branch ${row.waiters.length ? 'hot' : ''}`} data-gid=${row.gid}>
    <header>
      <${Mark} kind=${kind}>${text}</${Mark}>
      <span class="age" title="since it was prepared">${duration(row.ageSeconds * 1_000)} old</span>
    </header>
    <p class="id">${row.transaction
      ? html`<a href=${`#/transactions/${row.transaction}`} title=${row.transaction}>${short(row.transaction)}</a>`
      : html`<span title=${row.gid}>${short(row.gid)}</span>`}
      <small> ${row.madeBy}, in ${row.database} as ${row.owner}</small></p>
    <dl>
      <dt>Next</dt><dd>${row.next}${row.deadline && html` <small>(deadline ${deadline(row.deadline, now)})</small>`}</dd>
      <dt>Locks</dt><dd><${Locks} locks=${row.locks} /></dd>
      <dt>Waiting</dt><dd><${Waiters} row=${row} /></dd>
      <dt>Vacuum</dt><dd>${row.pinsVacuum ? html`<${Mark} kind="warn">held back: xmin is pinned</${Mark}>` : 'not held back by this one'}</dd>
    </dl>
    ${row.transaction && html`<${Actions} paths=${ORDERS} items=${[row.transaction]} />`}
    <details><summary>gid</summary><code class="long">${row.gid}</code></details>
  </article>`;
}

function deadline(text, now) {
  const left = Date.parse(text) - now;
  return left < 0 ? `passed ${ago(-left)}` : `in ${duration(left)}`;
}

function Locks({locks}) {
  if (locks.length === 0) {
    return 'none that was seen';
  }
  return html`<ul class="plain">${locks.map(lock => html`<li><code>${lock.what}</code> <small>${lock.mode}</small></li>`)}</ul>`;
}

function Waiters({row}) {
  if (row.waiters.length === 0) {
    return html`<${Mark} kind="good">nobody waits for it</${Mark}>`;
  }
  return html`<ul class="plain waiters">${row.waiters.map(one => html`<li key=${one.pid}>
      <${Mark} kind="warn"><b>${one.application || one.user}</b> waits ${duration(one.seconds * 1_000)}</${Mark}>
      <small> (${one.user}, process ${one.pid}, for ${one.wants})</small>
      <code class="query">${one.query}</code></li>`)}
    ${row.behind > 0 && html`<li>${count(row.behind, 'session waits', 'sessions wait')} behind ${row.waiters.length === 1 ? 'it' : 'them'}</li>`}</ul>`;
}

function Recovery({resources, now}) {
  return html`<section><h2>What recovery saw <small>in its last pass over each resource</small></h2>
    <div class="cards small">${resources.map(one => html`<article class="card" key=${one.resource}>
      <header><b>${one.resource}</b> ${one.problem
        ? html`<${Mark} kind="bad">cannot be looked at</${Mark}>`
        : one.overdueSeconds > 0
          ? html`<${Mark} kind="warn">${duration(one.overdueSeconds * 1_000)} overdue</${Mark}>`
          : html`<${Mark} kind="good">in time</${Mark}>`}</header>
      <p>${count(one.inDoubt, 'branch', 'branches')} prepared${one.inDoubt > 0 ? ', running transactions\' among them' : ''}.
        ${one.passedAt && html` <small>Passed ${ago(now - Date.parse(one.passedAt))}.</small>`}</p>
      ${one.problem && html`<p class="problem">${one.problem}</p>`}
    </article>`)}</div></section>`;
}
