// Every drill as a button, and the one under way.
import {Mark, clock, html} from './base.js';
import {useState} from './vendor/hooks.js';
import {Answer, act} from './shop-front.js';

const MARKS = {DONE: 'good', DOING: 'doing', WAITING: 'waiting', FAILED: 'bad'};
const WORDS = {DONE: 'all held', DOING: 'under way', WAITING: 'waits', FAILED: 'something did not hold'};

export function Drills({picture}) {
  const {all, last} = picture.drills;
  const [told, setTold] = useState(undefined);
  const busy = last?.progress === 'DOING';
  const allUp = picture.steps.every(step => step.progress === 'DONE');
  if (all.length === 0) {
    return html`<p class="quiet">There are none in this run.</p>`;
  }
  const strike = async drill => {
    setTold({result: 'UNDER_WAY', text: `${drill.name} …`});
    setTold(await act('drill', {name: drill.name}));
  };
  return html`
    ${last && html`<div class="card rehearsal" role="status"><p><b>${last.drill}</b> <${Mark} kind=${MARKS[last.progress]}>${WORDS[last.progress]}</${Mark}> ${last.phase}</p>
      <ol class="plain news">${last.lines.map(line => html`<li key=${`${line.epochMillis} ${line.text}`}><span class="number quiet">${clock(line.epochMillis)}</span> <span>${line.text}</span></li>`)}</ol></div>`}
    <${Answer} told=${told} />
    <ul class="plain drills">${all.map(drill => html`<li key=${drill.name}>
      <button type="button" disabled=${busy || !picture.open || !picture.hands || !allUp || Boolean(drill.lacks)} onClick=${() => strike(drill)}>${drill.name}</button>
      <span><span>${drill.hypothesis}</span> <small>${drill.lacks ?? drill.fault}</small></span></li>`)}</ul>`;
}
