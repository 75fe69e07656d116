// Who looks: a token that this tab keeps for itself and shows with each question, and what its owner may do.
import {Mark, ask, html, session, useAnswer} from './base.js';
import {useEffect, useRef, useState} from './vendor/hooks.js';

/** Whom the token belongs to and what can be done here, and the button that asks for another one. */
export function useLogin() {
  const [generation, setGeneration] = useState(0);
  const answer = useAnswer('/api/login', 5_000, generation);
  const dialog = useRef(null);
  const login = answer.data;
  const changed = () => setGeneration(before => before + 1);
  useEffect(() => {
    if (answer.failure && session.isNeeded && !dialog.current.open) {
      dialog.current.showModal();
    }
  }, [answer.failure]);
  const view = html`
    <button type="button" onClick=${() => dialog.current.showModal()} title=${login?.name && (login.role === 'operate' ? 'this token may act' : 'this token reads only')}>${login?.name
      ? html`<${Mark} kind=${login.role === 'operate' ? 'lead' : 'plain'}>${login.name}${login.role === 'operate' ? '' : ', reads only'}</${Mark}>`
      : 'Log in'}</button>
    <${LoginDialog} dialog=${dialog} login=${login} onChange=${changed} />`;
  return {login, view};
}

function LoginDialog({dialog, login, onChange}) {
  const [problem, setProblem] = useState('');
  const field = useRef(null);
  const enter = async event => {
    event.preventDefault();
    session.set(field.current.value.trim());
    field.current.value = '';
    try {
      await ask('/api/login');
      setProblem('');
      dialog.current.close();
    } catch (refused) {
      session.set('');
      setProblem(refused.message);
    }
    onChange();
  };
  const leave = () => {
    session.set('');
    dialog.current.close();
    onChange();
  };
  return html`<dialog ref=${dialog} aria-labelledby="login">
    <h2 id="login">Who you are</h2>
    <p class="lead">${login?.name ? `The token is ${login.name}'s.` : 'Show a token: this tab keeps it until it is closed, and sends it to this process only.'}
      ${login && !login.loginNeeded && !login.name && ' Reading needs none here.'}</p>
    <form onSubmit=${enter}><label>Token <input type="password" ref=${field} autocomplete="off" required /></label>
      <p class="problem" role="alert">${problem}</p>
      <p class="toolbar"><button type="submit">Log in</button>${login?.name && html`<button type="button" onClick=${leave}>Forget the token</button>`}
        <button type="button" onClick=${() => dialog.current.close()}>Close</button></p></form>
  </dialog>`;
}
