// Kannel's column of the conformance table: what smsbox 1.4.5 was seen to send, and what its `sendsms` answers. The real
// ones are tried in tests/integration/kannel.test.mjs.
import crypto from 'node:crypto';

export const name = 'kannel';
export const inline = true;
const secret = 'kannel-secret_1', username = 'north', password = 'star';
export const environment = { KANNEL_SECRET: secret, KANNEL_PASSWORD: password };
export const settings = (api) => ({ type: 'kannel', public_url: 'http://gateway.example/sms/kannel', secret_env: 'KANNEL_SECRET', api_base: api,
                                    username, password_env: 'KANNEL_PASSWORD', allow_plain_http: true, reply: 'inline' });

const basic = (word) => 'Basic ' + Buffer.from(`kannel:${word}`).toString('base64');
const target = (fields) => '/sms/kannel?' + new URLSearchParams(fields);

/// As `post-url` does it; the password of the address comes as a header.
export function text({ from, to, body, id, media = false }) {
  const fields = { id, from, to, coding: media ? '1' : '0', charset: media ? '8-BIT' : 'UTF-8', udh: '' };
  return { method: 'POST', path: target(fields), body: media ? '\0\x01' : body,
           headers: { 'User-Agent': 'Kannel/1.4.5', Authorization: basic(secret), Connection: 'keep-alive',
                      'Content-Type': media ? 'application/octet-stream' : 'text/plain; charset="UTF-8"' } };
}

/// Kannel signs nothing and tells no time it signed at: a text that was changed on the way, or is old, looks like any other.
export function spoiled(how, wanted) {
  const message = text(wanted);
  if (how === 'stale' || how === 'changed') return null;
  const headers = { ...message.headers };
  if (how === 'missing') delete headers.Authorization;
  else headers.Authorization = basic(secret + 'x');
  return { ...message, headers };
}

export const replies = (answer) => (answer.status === 200 && answer.body !== '' ? [answer.body] : []);

/// Kannel handles no keywords.
export const opted_out_notice = () => null;

/// `id` is what the gateway asked with: the outbox's own. Kannel does not know a carrier's filter by its code.
export function receipt({ id, outcome }) {
  if (outcome === 'filtered') return null;
  const proof = crypto.createHmac('sha256', secret).update(`receipt of ${id}`).digest('hex').slice(0, 32);
  const fields = { id, proof, type: outcome === 'delivered' ? '1' : '2', error: outcome === 'delivered' ? '' : '\x03\0\x22' };
  return { method: 'GET', path: '/sms/kannel/status?' + new URLSearchParams(fields), headers: { 'User-Agent': 'Kannel/1.4.5' }, body: '' };
}

export function read_send({ method, url, headers, body }) {
  if (method !== 'POST' || new URL(url, 'http://a').pathname !== '/cgi-bin/sendsms') return null;
  if (headers['x-kannel-username'] !== username || headers['x-kannel-password'] !== password) return null;
  if (headers['content-type'] !== 'text/plain; charset=UTF-8') return null;
  return { to: headers['x-kannel-to'], from: headers['x-kannel-from'], text: body };
}

const says = (status, body) => ({ status, headers: { 'Content-Type': 'text/html' }, body });
/// Null: Kannel has no such answer (an opt-out that a carrier holds comes back as a receipt, 16 or 2).
export function answer_send(mood) {
  switch (mood) {
    case 'take': return says(202, '0: Accepted for delivery');
    case 'throttled': return says(503, 'Temporal failure, try again later.');
    case 'broken': return says(500, 'Sending failed.');
    case 'unknown_number':
    case 'refused': return says(400, 'Number(s) has/have been denied by white- and/or black-lists.');
    default: return null;
  }
}

export const wrong_credential = () => says(403, 'Authorization failed for sendsms');
