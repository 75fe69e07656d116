// The znodes of the cluster, opened one by one, with what the store knows of each.
import {Failure, Waiting, count, html, useAnswer} from './base.js';
import {useEffect, useState} from './vendor/hooks.js';

const ROOT = '/assent';
const PAGE = 100;
/** The chosen one is asked for often; an open one, of which there may be many, is not. */
const EVERY_MILLIS = 3_000;
const CHILDREN_EVERY_MILLIS = 10_000;

function asked(path, limit, after) {
  return `/api/znodes?${new URLSearchParams({path, limit, ...(after && {after})})}`;
}

function choose(path) {
  location.hash = `#/znodes/${encodeURIComponent(path)}`;
}

/** Which one is chosen stands in the page's address; what is above it begins open. */
export function Znodes({status, id}) {
  const chosen = id ?? ROOT;
  const answer = useAnswer(asked(chosen, 1), EVERY_MILLIS);
  if (answer.isMissing && chosen === ROOT) {
    return html`<h1>Znodes</h1><p class="note">This is a ${status?.kind ?? 'process'}, and shows no znodes. Each coordinator node does, on its
      own page.</p>`;
  }
  return html`
    <h1>Znodes</h1>
    <p class="lead">What the cluster keeps in its store, below <code>${ROOT}</code>, as this node may read it. What lies outside of
      it belongs to others and is not shown.</p>
    <div class="beside">
      <nav class="tree" aria-label="znodes"><ul><${Node} path=${ROOT} name=${ROOT} chosen=${chosen} opened /></ul></nav>
      <section class="znode" aria-label="the chosen znode"><h2><code class="long">${chosen}</code></h2>
        ${answer.isMissing ? html`<p class="note" role="status">It is gone, or this node may not read it.</p>` : html`<${Failure} answer=${answer} />`}
        <${Waiting} answer=${answer} />
        ${answer.data && !answer.isMissing && html`<${Content} znode=${answer.data} />`}</section>
    </div>`;
}

function Node({path, name, chosen, opened}) {
  const isAbove = chosen.startsWith(`${path}/`);
  const [open, setOpen] = useState(Boolean(opened) || isAbove);
  useEffect(() => isAbove && setOpen(true), [chosen]);
  return html`<li>
    <button type="button" class="twist" aria-expanded=${open} aria-label=${`children of ${path}`} onClick=${() => setOpen(!open)}>${open ? '▾' : '▸'}</button>
    <button type="button" class="link" aria-current=${chosen === path ? 'true' : undefined} onClick=${() => choose(path)}>${name}</button>
    ${open && html`<${Children} path=${path} chosen=${chosen} />`}</li>`;
}

/** Some of them at a time: there may be as many as there are transactions under way. */
function Children({path, chosen}) {
  const [pages, setPages] = useState([undefined]);
  const answer = useAnswer(asked(path, PAGE, pages.at(-1)), CHILDREN_EVERY_MILLIS);
  const names = answer.data?.children ?? [];
  return html`<ul>
    ${answer.failure && html`<li><small class="problem" role="alert">${answer.isMissing ? 'it is gone, or may not be read' : answer.failure}</small></li>`}
    ${!answer.data && !answer.failure && html`<li><small>Asking …</small></li>`}
    ${answer.data && names.length === 0 && html`<li><small>${pages.length > 1 ? 'no more' : 'no children'}</small></li>`}
    ${pages.length > 1 && html`<li><button type="button" onClick=${() => setPages(pages.slice(0, -1))}>those before</button></li>`}
    ${names.map(name => html`<${Node} key=${name} path=${`${path}/${name}`} name=${name} chosen=${chosen} />`)}
    ${answer.data?.next && html`<li><button type="button" onClick=${() => setPages([...pages, answer.data.next])}>more of ${answer.data.stat.children}</button></li>`}
  </ul>`;
}

function Content({znode}) {
  const {stat, watches} = znode;
  return html`
    <h3>Data <small>${count(stat.dataBytes, 'byte', 'bytes')}${znode.base64 === undefined ? '' : ', no text: in base64'}${znode.dataCut ? ', cut' : ''}</small></h3>
    ${stat.dataBytes === 0 ? html`<p class="quiet">None.</p>` : html`<pre class="data" tabindex="0">${znode.text ?? znode.base64}</pre>`}
    <h3>Stat</h3>
    <dl class="facts">
      <dt>made</dt><dd>${new Date(stat.createdAt).toLocaleString()}, zxid <code>${stat.createdZxid}</code></dd>
      <dt>changed</dt><dd>${new Date(stat.modifiedAt).toLocaleString()}, zxid <code>${stat.modifiedZxid}</code>, version <b>${stat.version}</b></dd>
      <dt>children</dt><dd><b>${stat.children}</b>, zxid <code>${stat.childrenZxid}</code>, version ${stat.childrenVersion}</dd>
      <dt>ephemeral</dt><dd>${stat.owner ? html`goes with session <code>${stat.owner}</code>` : 'no'}</dd>
    </dl>
    <h3>ACL <small>version ${stat.aclVersion}</small></h3>
    <ul class="plain">${znode.acl.map(one => html`<li><b>${one.permissions}</b> <code class="long">${one.scheme}:${one.id}</code></li>`)}</ul>
    <h3>Watches</h3>
    ${watches
      ? html`<p>${watches.count === 0 ? 'Nobody watches it' : html`<b>${count(watches.count, 'watch', 'watches')}</b>`} at the server in this process.</p>
        ${watches.count > 0 && html`<ul class="plain">${watches.sessions.map(one => html`<li>session <code>${one}</code></li>`)}</ul>`}`
      : html`<p class="quiet">No server of the store is in this process; each server knows who watches through it.</p>`}`;
}
