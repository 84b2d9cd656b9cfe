// Vonage's side of a text: webhooks of the Messages API with a JSON Web Token, and the API that sends. What the vendor's
// own library signs with (jsonwebtoken, and @vonage/jwt to look at it) signs here too.
import { createHash, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';

const peers = createRequire(path.join(process.env.NODE_PEERS ?? '.', 'package.json'));
const api_key = 'a1b2c3d4', api_secret = 'vonage-api-secret', signature_secret = 'vonage-signature-secret-of-the-test';
const errors = 'https://developer.vonage.com/api-errors';

export const name = 'vonage';
export const inline = false;
export const environment = { VONAGE_API_SECRET: api_secret, VONAGE_SIGNATURE_SECRET: signature_secret };
export const settings = (api) => ({
  type: 'vonage', public_url: 'https://hooks.example.org/sms/vonage', api_key, api_secret_env: 'VONAGE_API_SECRET',
  signature_secret_env: 'VONAGE_SIGNATURE_SECRET', api_base: api, allow_plain_http: true,
});

const bare = (number) => number.replace(/^\+/, '');
const full = (number) => (number.length > 8 ? '+' + number : number);  // short codes have no plus

function token_for(body, { secret = signature_secret, iat = Math.floor(Date.now() / 1000) } = {}) {
  const payload_hash = createHash('sha256').update(body).digest('hex');
  const claims = { iat, jti: randomUUID(), iss: 'Vonage', payload_hash, api_key };
  const token = peers('jsonwebtoken').sign(claims, secret, { algorithm: 'HS256' });
  if (!peers('@vonage/jwt').verifySignature(token, secret)) throw new Error("the vendor's own library does not take this token");
  return token;
}
const post = (path, body, signing) => ({
  method: 'POST', path, body, headers: { 'Content-Type': 'application/json', Authorization: 'Bearer ' + token_for(body, signing) },
});

const written = ({ from, to, body, id, media }) => JSON.stringify({
  channel: media ? 'mms' : 'sms', message_uuid: id, to: bare(to), from: bare(from), timestamp: new Date().toISOString(),
  ...(media ? { message_type: 'image', image: { url: 'https://media.example/photo.jpg', caption: body ?? '' } }
            : { message_type: 'text', text: body, sms: { num_messages: '1', keyword: (body ?? '').split(' ')[0].toUpperCase() } }),
});

export const text = (message) => post('/sms/vonage', written(message));

export function spoiled(how, message) {
  const body = written(message), now = Math.floor(Date.now() / 1000);
  if (how === 'wrong') return post('/sms/vonage', body, { secret: 'a-stranger' });
  if (how === 'stale') return post('/sms/vonage', body, { iat: now - 400 });
  const request = post('/sms/vonage', body);
  if (how === 'missing') delete request.headers.Authorization;
  if (how === 'changed') request.body = body.replace(/}$/, ' }');
  return request;
}

export const replies = () => [];

// With Opt-Out Assist the person's STOP comes as any text does; nothing says that Vonage took it.
export const opted_out_notice = () => null;

export function receipt({ id, to, outcome }) {
  const [status, code] = { delivered: ['delivered'], undelivered: ['undeliverable', '1260'], filtered: ['rejected', '1210'] }[outcome];
  const error = code && { type: `${errors}/messages#${code}`, title: code, detail: 'in words', instance: randomUUID() };
  return post('/sms/vonage/status', JSON.stringify({
    message_uuid: id, to: bare(to), from: '55501', channel: 'sms', timestamp: new Date().toISOString(), status, ...(error && { error }),
  }));
}

export function read_send({ method, url, headers, body }) {
  const right = 'Basic ' + Buffer.from(`${api_key}:${api_secret}`).toString('base64');
  const given = headers.authorization ?? headers.Authorization;
  if (method !== 'POST' || url !== '/v1/messages' || given !== right) return null;
  const sent = JSON.parse(body);
  if (sent.channel !== 'sms' || sent.message_type !== 'text' || sent.to.startsWith('+') || sent.from.startsWith('+')) return null;
  return { to: full(sent.to), from: full(sent.from), text: sent.text };
}

const problem = (status, type, title) => ({
  status,
  headers: { 'Content-Type': 'application/problem+json' },
  body: JSON.stringify({ type: errors + type, title, detail: title, instance: randomUUID() }),
});

export function answer_send(mood, id) {
  switch (mood) {
    case 'take': return { status: 202, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ message_uuid: id }) };
    case 'throttled': return problem(429, '/messages#1000', 'Throttled');
    case 'broken': return problem(500, '/messages#1030', 'Internal error');
    case 'opted_out': return problem(422, '/messages#1240', 'Illegal Number');
    case 'unknown_number': return problem(422, '/messages#1170', 'Invalid recipient');
    case 'refused': return problem(422, '/messages#1210', 'Anti-Spam Rejection');
    default: throw new Error('no such mood: ' + mood);
  }
}

export const wrong_credential = () => problem(401, '#unauthorized', 'You did not provide correct credentials.');
