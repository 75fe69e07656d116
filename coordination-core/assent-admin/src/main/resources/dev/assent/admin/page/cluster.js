// Who belongs to the cluster, who leads what, and what this server is to its ensemble.
import {Failure, Mark, Rows, Waiting, count, html, useAnswer, words} from './base.js';

export function Cluster({status}) {
  const members = useAnswer('/api/members', 1_500);
  const shards = useAnswer('/api/shards', 1_500);
  return html`
    <h1>Cluster</h1>
    <p class="lead">Coordinator nodes, the shards that they lead, and the servers of the znode store, as this process sees them.</p>
    <${Failure} answer=${members} /><${Waiting} answer=${members} />
    ${members.data && html`<${Nodes} coordinators=${members.data.coordinators} kind=${status?.kind} />`}
    ${shards.data?.count > 0 && html`<${Shards} shards=${shards.data} self=${members.data?.coordinators.find(one => one.self)} />`}
    ${shards.failure && shards.failure !== members.failure && html`<${Failure} answer=${shards} />`}
    ${members.data && html`<${Servers} servers=${members.data.servers} server=${status?.server} />`}`;
}

function Nodes({coordinators, kind}) {
  if (coordinators.length === 0) {
    return html`<section><h2>Coordinator nodes</h2><p class="note">A ${kind ?? 'process'} like this one does not know of coordinator
      nodes. Each node shows them on its own page.</p></section>`;
  }
  const weight = coordinators.reduce((sum, one) => sum + one.weight, 0);
  return html`<section><h2>Coordinator nodes <small>${count(coordinators.length, 'is', 'are')} alive</small></h2>
    <${Rows} label="coordinator nodes" rows=${coordinators} keyOf=${one => one.id} isMarked=${one => one.self}
      columns=${[
        ['node', one => html`<b>${one.name}</b>${one.self && ' (this one)'}`],
        ['state', one => (one.leaving ? html`<${Mark} kind="warn">leaving</${Mark}>` : html`<${Mark} kind="good">alive</${Mark}>`)],
        ['leads', one => (one.shards.length ? `shards ${spans(one.shards)}` : 'no shard')],
        ['share', one => `weight ${one.weight} of ${weight}`],
        ['address', one => html`<code>${one.address}</code>`],
        ['id', one => html`<code class="long">${one.id}</code>`],
      ]} /></section>`;
}

/** 0, 1, 2, 5 as "0-2, 5". */
export function spans(numbers) {
  const parts = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = parts.at(-1);
    if (last && last[1] === number - 1) {
      last[1] = number;
    } else {
      parts.push([number, number]);
    }
  }
  return parts.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(', ');
}

function Shards({shards, self}) {
  const orphans = shards.shards.filter(shard => !shard.holder);
  return html`<section><h2>Shards <small>${shards.count} in all; the number below each is its epoch, which rises with each leader</small></h2>
    ${orphans.length > 0
      ? html`<p class="note bad" role="status"><${Mark} kind="bad" /> Nobody leads ${orphans.length === 1 ? 'shard' : 'shards'} ${spans(orphans.map(one => one.shard))}:
          transactions there wait for a take-over.</p>`
      : html`<p class="quiet"><${Mark} kind="good">every shard has a leader</${Mark}></p>`}
    <${ShardGrid} shards=${shards.shards} self=${self?.name} /></section>`;
}

export function ShardGrid({shards, self}) {
  const names = [...new Set(shards.map(shard => shard.node).filter(Boolean))].sort();
  return html`<ol class="shards" aria-label="shards">${shards.map(shard => html`
    <li key=${shard.shard} class=${shard.node ? `led led-${names.indexOf(shard.node) % 6}` : 'orphan'}>
      <b>${shard.shard}</b> <span>${shard.node ?? 'nobody'}${shard.node && shard.node === self ? ' ★' : ''}</span> <small>epoch ${shard.epoch}</small></li>`)}</ol>`;
}

function Servers({servers, server}) {
  if (servers.length === 0) {
    return html`<section><h2>Servers of the store</h2>${server
      ? html`<p class="note">One server in this process, by itself: ${server.mode}. There is no ensemble that could outlive it.</p>`
      : html`<p class="note">The store is elsewhere, and this process does not know its servers; each shows itself.</p>`}
      ${server && html`<${OwnServer} server=${server} />`}</section>`;
  }
  const voting = servers.filter(one => !one.observer);
  const majority = Math.floor(voting.length / 2) + 1;
  return html`<section><h2>Servers of the store <small>${majority} of ${voting.length} are a majority</small></h2>
    <${Quorum} server=${server} voting=${voting} majority=${majority} />
    <${Rows} label="servers of the store" rows=${servers} keyOf=${one => one.id} isMarked=${one => one.self}
      columns=${[
        ['server', one => html`<b>${one.id}</b>${one.self && ' (this one)'}`],
        ['role', one => role(one, server)],
        ['to the leader', one => standing(one)],
        ['address', one => html`<code>${one.address}</code>`],
      ]} />
    ${server && html`<${OwnServer} server=${server} />`}</section>`;
}

/** Who of them takes part, the leader alone knows. */
function Quorum({server, voting, majority}) {
  if (server && !server.serving) {
    return html`<p class="note bad" role="status"><${Mark} kind="bad" /> This server serves nobody: it has no leader that a majority follows.</p>`;
  }
  if (voting.every(one => !one.standing)) {
    return html`<p class="quiet">${server && `Served under leader ${server.leader}. `}These are the servers of the configuration; which of
      them take part, the leader's own page tells.</p>`;
  }
  const missing = voting.filter(one => one.standing !== 'IN_SYNC');
  const spare = voting.length - missing.length - majority;
  return missing.length === 0
    ? html`<p class="quiet"><${Mark} kind="good">every voting server takes part</${Mark}></p>`
    : html`<p class=${`note ${spare > 0 ? '' : 'bad'}`} role="status"><${Mark} kind=${spare > 0 ? 'warn' : 'bad'}>Missing from the quorum</${Mark}>: ${missing.length === 1 ? 'server' : 'servers'} ${missing.map(one => one.id).join(', ')}. ${spare > 0
          ? `${spare} more may be lost.`
          : 'If one more is lost, nothing can be written.'}</p>`;
}

const STANDINGS = {IN_SYNC: 'good', CATCHING_UP: 'doing', MISSING: 'bad'};

function standing(one) {
  return one.standing
    ? html`<${Mark} kind=${STANDINGS[one.standing]}>${words(one.standing)}</${Mark}>`
    : html`<span class="quiet">the leader knows</span>`;
}

function role(one, server) {
  if (one.leader) {
    return html`<${Mark} kind="lead">leader</${Mark}>`;
  }
  return one.self && server
    ? html`<${Mark} kind=${server.serving ? 'good' : 'bad'}>${server.mode}</${Mark}>`
    : html`<${Mark} kind="plain">${one.observer ? 'observer' : 'voting'}</${Mark}>`;
}

function OwnServer({server}) {
  return html`<ul class="figures" aria-label="this server">
    <li><b>${server.mode}</b> ${server.serving ? 'serves' : 'serves nobody'}</li><li>epoch <b>${server.epoch}</b></li>
    <li>zxid <b><code>${server.zxid}</code></b></li><li><b>${server.znodes}</b> znodes</li><li><b>${server.sessions}</b> sessions</li>
    <li><b>${server.watches}</b> watches</li><li><b>${server.connections}</b> connections</li><li><b>${server.outstandingRequests}</b> requests wait</li></ul>`;
}
