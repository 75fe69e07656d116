// Who is there, how they are, who leads, what flows and what is held.
import {Mark, count, duration, clock, html, useKeys} from './base.js';
import {useEffect, useRef, useState} from './vendor/hooks.js';
import uPlot from './vendor/uplot.js';
import {act} from './shop-front.js';

const STATES = {STARTING: ['doing', 'starting'], UP: ['good', 'up'], FROZEN: ['warn', 'frozen'], SILENT: ['warn', 'silent'], DEAD: ['bad', 'dead']};

const LAYERS = [
  ['SERVICE', 'Services', picture => `${rate(picture)} checkouts a second`],
  ['NODE', 'Coordinator nodes, with the store in them', () => 'begin, decide, recover'],
  ['DATABASE', 'Databases', picture => held(picture)],
  ['EVENTS', 'Events', picture => `${count(picture.traffic.messages, 'event waits', 'events wait')} in the outbox`],
];

function rate(picture) {
  const last = picture.traffic.seconds.slice(-3);
  return last.length === 0 ? 0 : Math.round(last.reduce((sum, second) => sum + second.committed, 0) / last.length);
}

function held(picture) {
  if (picture.prepared.length === 0) {
    return 'nothing is prepared';
  }
  const oldest = Math.max(...picture.prepared.map(one => one.ageMillis));
  const waiters = picture.prepared.reduce((sum, one) => sum + one.waiters, 0);
  return `${count(picture.prepared.length, 'branch', 'branches')} prepared, the oldest for ${duration(oldest)}${waiters ? `; ${count(waiters, 'session waits', 'sessions wait')} for locks` : ''}`;
}

export function System({picture}) {
  return html`<ul class="figures" aria-label="In short">
      <li><b>${picture.traffic.committed.toLocaleString('en')}</b> committed</li>
      <li><b>${picture.traffic.rolledBack.toLocaleString('en')}</b> rolled back</li>
      <li class=${picture.traffic.unknown ? 'hot' : ''}><b>${picture.traffic.unknown}</b> unknown</li>
    </ul>
    <div class="layers">
    <div class="layer people"><p class="box up"><b>Customers</b> <span>${count(picture.traffic.customers, 'shops', 'shop')} by themselves, and you</span></p></div>
    ${LAYERS.map(([kind, title, between]) => {
      const parts = picture.parts.filter(part => part.kind === kind || (kind === 'EVENTS' && (part.kind === 'RELAY' || part.kind === 'BROKER')));
      return parts.length > 0 && html`<p class="between" key=${`${kind} way`}><span aria-hidden="true">▼</span> ${between(picture)}</p>
        <div class="layer" role="group" aria-label=${title} key=${kind}>${parts.map(part => html`<${Box} key=${part.name} part=${part} />`)}</div>`;
    })}</div>
    <${Held} picture=${picture} />`;
}

function Box({part}) {
  const [kind, word] = STATES[part.state];
  return html`<p class=${`box ${part.state.toLowerCase()}`}>
    <b>${part.leads && html`<span class="mark lead" title="leads most transactions">★ </span>`}${part.link ? html`<a href=${part.link} target="_blank" rel="noopener">${part.name}</a>` : part.name}</b>
    <${Mark} kind=${kind}>${word}</${Mark}> <small>${part.note}</small></p>`;
}

function Held({picture}) {
  const rows = picture.prepared.filter(one => one.ageMillis > 1_000 || one.waiters > 0).slice(0, 6);
  return rows.length > 0 && html`<ul class="plain held" aria-label="held for long">${rows.map(one => html`<li key=${one.id}>
    <${Mark} kind="warn">${one.database}</${Mark}> <code class="long">${one.id}</code> prepared for ${duration(one.ageMillis)}${one.waiters ? `, ${count(one.waiters, 'waits', 'wait')} for its locks` : ''}</li>`)}</ul>`;
}

/** So many customers, and what they are told. */
export function Load({picture}) {
  const {customers, customersMax, seconds} = picture.traffic;
  const [wanted, setWanted] = useState(undefined);
  const [problem, setProblem] = useState('');
  const value = wanted ?? customers;
  const can = picture.open && picture.hands;
  const set = async number => {
    const next = Math.min(customersMax, Math.max(0, number));
    if (!can) {
      return;
    }
    setWanted(next);
    const told = await act('load', {customers: next});
    setProblem(told.result === 'DONE' ? '' : told.text);
    setWanted(before => (before === next ? undefined : before));
  };
  useKeys({'+': () => set(value + 1), '-': () => set(value - 1)});
  return html`<div class="load">
    <label for="load">Load: <output>${count(value, 'customer', 'customers')}</output></label>
    <input id="load" type="range" min="0" max=${customersMax} value=${value} disabled=${!can} onInput=${event => setWanted(Number(event.target.value))}
      onChange=${event => {
        const number = Number(event.target.value);
        setWanted(undefined);
        set(number);
      }} />
    <p class="problem" role="alert">${problem}</p>
    <${Plot} seconds=${seconds} />
    <p class="legend"><span><i class="line family-0" aria-hidden="true"></i> committed</span><span><i class="line dashed family-4" aria-hidden="true"></i> rolled back</span>
      <span><i class="line family-2" aria-hidden="true"></i> unknown</span> a second</p></div>`;
}

function Plot({seconds}) {
  const place = useRef(null);
  const plot = useRef(null);
  const wide = () => ({width: Math.max(200, place.current.clientWidth), height: 130});
  useEffect(() => {
    const make = data => {
      plot.current = new uPlot(options(wide()), data, place.current);
    };
    make([[], [], [], []]);
    const again = () => {
      const {data} = plot.current;
      plot.current.destroy();
      make(data);
    };
    const themes = new MutationObserver(again);
    const system = matchMedia('(prefers-color-scheme: dark)');
    themes.observe(document.documentElement, {attributeFilter: ['data-theme']});
    system.addEventListener('change', again);
    const observer = new ResizeObserver(() => plot.current.setSize(wide()));
    observer.observe(place.current);
    return () => {
      observer.disconnect();
      themes.disconnect();
      system.removeEventListener('change', again);
      plot.current.destroy();
    };
  }, []);
  const last = seconds.length > 0 ? seconds[seconds.length - 1].epochSecond : 0;
  useEffect(() => plot.current.setData([
    seconds.map(one => one.epochSecond), seconds.map(one => one.committed), seconds.map(one => one.rolledBack), seconds.map(one => one.unknown),
  ]), [last]);
  return html`<div class="plot" ref=${place} role="img" aria-label="checkouts a second over the last minutes"></div>`;
}

function options(size) {
  const style = getComputedStyle(document.documentElement);
  const colour = name => style.getPropertyValue(name).trim();
  const axis = {stroke: colour('--quiet'), grid: {stroke: colour('--line'), width: 1}, ticks: {stroke: colour('--line')}, font: '11px sans-serif'};
  const line = (name, more) => ({stroke: colour(name), width: 2, points: {show: false}, ...more});
  return {
    ...size,
    legend: {show: false},
    cursor: {show: false},
    scales: {x: {time: true}, y: {range: (u, min, max) => [0, Math.max(5, (max ?? 0) * 1.1)]}},
    axes: [{...axis, values: (u, splits) => splits.map(second => clock(second * 1_000))}, {...axis, size: 40}],
    series: [{}, line('--family-0'), line('--family-4', {dash: [6, 4]}), line('--family-2')],
  };
}
