// What must hold, whether it does, and why not.
import {Mark, html} from './base.js';

const MARKS = {GOOD: 'good', WAITING: 'doing', BAD: 'bad'};
const WORDS = {GOOD: 'holds', WAITING: 'not known yet', BAD: 'BROKEN'};

/** All of it in one word. */
export function Verdict({picture}) {
  if (!picture) {
    return '…';
  }
  if (!picture.open) {
    return html`<${Mark} kind="doing">opens soon</${Mark}>`;
  }
  const broken = picture.checks.filter(check => check.mood === 'BAD').length;
  const open = picture.checks.filter(check => check.mood === 'WAITING').length;
  if (broken > 0) {
    return html`<${Mark} kind="bad">${broken} of ${picture.checks.length} invariants BROKEN</${Mark}>`;
  }
  return open > 0 ? html`<${Mark} kind="doing">open; ${open} of ${picture.checks.length} invariants not known yet</${Mark}>`
    : html`<${Mark} kind="good">open; all ${picture.checks.length} invariants hold</${Mark}>`;
}

export function Checks({picture}) {
  if (picture.checks.length === 0) {
    return html`<p class="quiet">They are looked at once the databases are up.</p>`;
  }
  return html`<ul class="plain checks">${picture.checks.map(check => html`<li key=${check.name} class=${check.mood.toLowerCase()}>
    <span><${Mark} kind=${MARKS[check.mood]}>${WORDS[check.mood]}</${Mark}></span><b>${check.name}</b><span class="quiet">${check.reason}</span></li>`)}</ul>`;
}
