// What operators did by hand, and why.
import {Calm, Failure, Rows, Waiting, html, useAnswer, useNow} from './base.js';
import {useFilter} from './filter-box.js';
import {AUDIT_FIELDS, admits, auditValues} from './filter.js';

export function Audit() {
  const answer = useAnswer('/api/audit?limit=200', 5_000);
  const {filter, view} = useFilter(AUDIT_FIELDS, 'operator:ann action:resolve age<1d');
  const now = useNow(1_000);
  const entries = answer.data?.entries ?? [];
  const rows = entries.filter(entry => admits(filter, auditValues(entry, now)));
  return html`
    <h1>Audit</h1>
    <p class="lead">What operators had done by hand, and why, the latest first: an entry before each act (intended), and one after it. They are kept in the store, for all nodes.</p>
    ${view}
    <${Failure} answer=${answer} /><${Waiting} answer=${answer} />
    ${answer.data && entries.length === 0 && html`<${Calm} title="Nobody has acted by hand.">What is done from here or by ./assent tx is told here.</${Calm}>`}
    ${rows.length > 0 && html`<${Rows} label="audit" rows=${rows} keyOf=${entry => `${entry.at} ${entry.subject} ${entry.result}`}
      columns=${[
        ['when', entry => html`<time datetime=${entry.at}>${new Date(entry.at).toLocaleString()}</time>`, 'number'],
        ['who', entry => html`<b>${entry.operator}</b>`],
        ['act', entry => entry.action],
        ['on', entry => html`<code class="long">${entry.subject}</code>`],
        ['why', entry => entry.reason],
        ['result', entry => entry.result],
      ]} />`}`;
}
