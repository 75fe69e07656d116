// Sagas that have not ended, or ended turned back, and one of them with its steps and its log.
import {Calm, Failure, Fragment, Mark, Rows, Waiting, clock, count, duration, html, useAnswer, useNow, words} from './base.js';
import {useFilter} from './filter-box.js';
import {SAGA_FIELDS, admits, sagaValues} from './filter.js';
import {useState} from './vendor/hooks.js';

const STATUSES = {RUNNING: 'doing', COMPENSATING: 'warn', STUCK: 'bad', COMPLETED: 'good', COMPENSATED: 'plain'};
const STEPS = {
  NOT_BEGUN: ['waiting', 'not begun'], CALLED: ['doing', 'called'], DONE: ['good', 'done'], TO_COMPENSATE: ['warn', 'to be compensated'],
  TROUBLED: ['bad', 'its compensation fails'], COMPENSATED: ['plain', 'compensated'],
};
const LISTS = [['', 'Not ended'], ['STUCK', 'Stuck'], ['COMPENSATED', 'Compensated'], ['COMPLETED', 'Completed']];
const [PAGE, STUCK_MAX, EVERY_MILLIS] = [200, 100, 3_000];

/** Stuck ones first: they are few, and may stand behind many that go on. */
function together(all, stuck) {
  const first = new Set(stuck.map(saga => saga.id));
  return [...stuck, ...all.filter(saga => !first.has(saga.id))];
}

export function Sagas({id, status}) {
  return id ? html`<${OneSaga} key=${id} id=${id} />` : html`<${List} kind=${status?.kind} />`;
}

function asked(status, limit, after) {
  return `/api/sagas?${new URLSearchParams({limit, ...(status && {status}), ...(after && {after})})}`;
}

function Status({saga}) {
  return html`<${Mark} kind=${STATUSES[saga.status] ?? 'bad'}>${words(saga.status)}</${Mark}>`;
}

function List({kind}) {
  const [wanted, setWanted] = useState('');
  const [pages, setPages] = useState([]);
  const after = pages.at(-1);
  const answer = useAnswer(asked(wanted, PAGE, after), EVERY_MILLIS);
  const stuck = useAnswer(wanted || after ? null : asked('STUCK', STUCK_MAX), EVERY_MILLIS);
  const {filter, view} = useFilter(SAGA_FIELDS, 'status:stuck name:trip age>1m');
  const now = useNow(1_000);
  const all = together(answer.data?.sagas ?? [], stuck.data?.sagas ?? []);
  const rows = all.filter(saga => admits(filter, sagaValues(saga, now)));
  return html`
    <h1>Sagas</h1>
    <p class="lead">Of the whole cluster, whoever executes them, as their logs in the store tell.${kind && kind !== 'node' ? ' Each coordinator node shows them on its own page.' : ''}</p>
    <div class="tabs" role="tablist" aria-label="which">${LISTS.map(([name, title]) => html`
      <button type="button" role="tab" aria-selected=${wanted === name} onClick=${() => { setWanted(name); setPages([]); }}>${title}</button>`)}</div>
    ${view}
    <${Failure} answer=${answer} /><${Waiting} answer=${answer} />
    ${stuck.data?.next && html`<p class="note">Stuck ones were looked for among the first ${stuck.data.lookedAt} only.</p>`}
    ${(answer.data?.next || after) && html`<p class="note">${answer.data?.next ? `There are more; ${answer.data.lookedAt} were looked at for this page.` : 'This is the last page.'}
      ${after && html` <button type="button" onClick=${() => setPages(pages.slice(0, -1))}>Page before</button>`}
      ${answer.data?.next && html` <button type="button" onClick=${() => setPages([...pages, answer.data.next])}>Next page</button>`}</p>`}
    ${answer.data && !answer.data.next && !after && all.length === 0 && html`<${Calm} title=${wanted ? 'None is remembered.' : 'No saga is under way.'}>${wanted
      ? 'Ended ones are kept for a while.' : 'What was started has ended.'}</${Calm}>`}
    ${rows.length > 0 && html`<${Rows} label="sagas" rows=${rows} keyOf=${saga => saga.id}
      columns=${[
        ['saga', saga => html`<a href=${`#/sagas/${encodeURIComponent(saga.id)}`}>${saga.id}</a>`, 'id'],
        ['name', saga => html`<b>${saga.name}</b> <small>version ${saga.version}</small>`],
        ['status', saga => html`<${Status} saga=${saga} />`],
        ['since', saga => duration(Math.max(0, now - Date.parse(saga.createdAt))), 'number'],
        ['why', saga => html`${saga.cause && html`<p>turned back: ${saga.cause}</p>`}${saga.trouble && html`<p class="problem">${saga.trouble}</p>`}`],
        ['executor', saga => html`<code class="long">${saga.executor}</code>`],
      ]} />`}`;
}

function OneSaga({id}) {
  const answer = useAnswer(`/api/sagas/${encodeURIComponent(id)}`, 2_000);
  return html`
    <p><a href="#/sagas">← all sagas</a></p>
    <h1>Saga <code class="long">${id}</code></h1>
    ${answer.isMissing ? html`<p class="note" role="status">There is no saga of that id, or not any more.</p>` : html`<${Failure} answer=${answer} />`}
    <${Waiting} answer=${answer} />
    ${answer.data && !answer.isMissing && html`<${Told} history=${answer.data} />`}`;
}

function Told({history}) {
  const {saga, steps, log} = history;
  const stages = [...new Set(steps.map(step => step.stage))];
  return html`<${Fragment}>
    <dl class="facts">
      <dt>Status</dt><dd><${Status} saga=${saga} /></dd>
      <dt>Name</dt><dd>${saga.name}, version ${saga.version}</dd>
      <dt>Begun</dt><dd>${new Date(saga.createdAt).toLocaleString()}</dd>
      <dt>Deadline</dt><dd>${new Date(history.deadline).toLocaleString()}</dd>
      <dt>Executor</dt><dd><code class="long">${saga.executor}</code></dd>
      ${saga.cause && html`<dt>Turned back</dt><dd>${saga.cause}</dd>`}
      <dt>What next</dt><dd>${history.next}.</dd>
    </dl>
    <h2>Steps <small>${count(stages.length, 'stage', 'stages')}, one after the other</small></h2>
    <ol class="steps" aria-label="stages">${stages.map(stage => html`<li key=${stage}>${steps.filter(step => step.stage === stage).map(step => html`
      <div key=${step.step}><b>${step.step}</b> <${Mark} kind=${STEPS[step.state]?.[0] ?? 'bad'}>${STEPS[step.state]?.[1] ?? step.state}</${Mark}>
        ${step.trouble && html`<p class="problem">${step.trouble}</p>`}</div>`)}</li>`)}</ol>
    <h2>Log</h2>
    <${Rows} label="log" rows=${log.map((note, i) => ({...note, i}))} keyOf=${note => note.i}
      columns=${[['time', note => clock(note.at, true), 'number'], ['epoch', note => note.epoch, 'number'], ['what', note => note.what]]} />
  </${Fragment}>`;
}
