// Plivo's column: what its webhooks and its API look like. Its npm library has a check of signatures and no way to sign, so
// each signature made here is shown to that check before it is used.
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';

const plivo = createRequire(process.env.NODE_PEERS + '/package.json')('plivo');

const token = 'plivo-token-of-the-trial';
const account = 'MATRIAL0000000000000';
const secret = 'trial-path-0123456789';
const publicUrl = 'https://hooks.example.org/sms/plivo';
const path = '/sms/plivo/' + secret;
const webhookUrl = publicUrl + '/' + secret;
const messages = `/v1/Account/${account}/Message/`;
const known = new Map();  // what the API would tell of the texts made here

export const name = 'plivo';
export const inline = false;
export const environment = { PLIVO_TOKEN: token, PLIVO_PATH: secret };
/** `read_back` off, so that a stand-in need not know GET; give `{ read_back: true }` where it answers with answer_read. */
export const settings = (api, more = {}) => ({
  type: 'plivo',
  public_url: publicUrl,
  auth_id: account,
  auth_token_env: 'PLIVO_TOKEN',
  path_secret_env: 'PLIVO_PATH',
  read_back: false,
  api_base: api,
  allow_plain_http: true,
  ...more,
});

const digits = (number) => String(number).replace(/^\+/, '');
const nonce = () => String(BigInt('0x' + randomBytes(8).toString('hex'))).padStart(20, '0');

function signed(target, url, fields, key = token) {
  const once = nonce();
  const signature = createHmac('sha256', key).update(url + once).digest('base64');
  if (!plivo.validateSignature(url, once, signature, key)) throw new Error("Plivo's own library does not accept this signature");
  return {
    method: 'POST',
    path: target,
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'User-Agent': 'Plivo',
      'X-Plivo-Signature-V2': signature,
      'X-Plivo-Signature-Ma-V2': signature,
      'X-Plivo-Signature-V2-Nonce': once,
    },
    body: new URLSearchParams(fields).toString(),
  };
}

function fieldsOf({ from, to, body, id = randomUUID(), media = false }) {
  const picture = { Type: 'mms', Body: body, MediaCount: '1', Media0: 'https://media.plivo.com/x.jpg' };
  const words = media ? picture : { Type: 'sms', Text: body };
  return { From: digits(from), To: digits(to), ...words, MessageUUID: id, Units: '1', TotalRate: '0', TotalAmount: '0', MessageIntent: '' };
}

export function text(message) {
  const fields = fieldsOf(message);
  known.set(fields.MessageUUID, { from: fields.From, to: fields.To });
  return signed(path, webhookUrl, fields);
}

/** 'changed' is null: the signature covers no body. Other words under a nonce already used are another matter: see replayed. */
export function spoiled(how, message) {
  const request = text(message);
  if (how === 'wrong') return signed(path, webhookUrl, fieldsOf(message), token + 'x');
  if (how !== 'missing') return null;
  for (const header of Object.keys(request.headers)) if (header.startsWith('X-Plivo-')) delete request.headers[header];
  return request;
}

/** The headers of a request that has been in, over another text: refused. */
export const replayed = (request, message) => ({ ...request, body: new URLSearchParams(fieldsOf(message)).toString() });

export const replies = () => [];

/** Plivo marks the keyword's own text; there is no other notice. */
export function opted_out_notice({ from, to, id }) {
  const fields = { ...fieldsOf({ from, to, body: 'STOP', id }), MessageIntent: 'optout' };
  known.set(fields.MessageUUID, { from: fields.From, to: fields.To });
  return signed(path, webhookUrl, fields);
}

export function receipt({ id, to, outcome }) {
  const outcomes = { delivered: ['delivered', '000'], undelivered: ['undelivered', '80'], filtered: ['undelivered', '30'] };
  const [Status, ErrorCode] = outcomes[outcome];
  return signed(path + '/status', webhookUrl + '/status', {
    MessageUUID: id, ParentMessageUUID: id, To: digits(to), From: '55501', Type: 'sms', Status, ErrorCode, Units: '1', Sequence: '3',
  });
}

const authorized = (headers) => {
  const given = Object.entries(headers).find(([header]) => header.toLowerCase() === 'authorization')?.[1];
  return given === 'Basic ' + Buffer.from(account + ':' + token).toString('base64');
};

export function read_send({ method, url, headers, body }) {
  if (method !== 'POST' || url !== messages || !authorized(headers)) return null;
  const sent = JSON.parse(body);
  if (sent.url !== webhookUrl + '/status' || sent.method !== 'POST') return null;
  return { to: '+' + sent.dst, from: sent.src.length > 8 ? '+' + sent.src : sent.src, text: sent.text };
}

/** Plivo's answer to the read-back, from the texts made above; null when the request is something else. */
export function answer_read({ method, url, headers }) {
  if (method !== 'GET' || !url.startsWith(messages)) return null;
  if (!authorized(headers)) return wrong_credential();
  const id = url.slice(messages.length).replace(/\/$/, '');
  const told = known.get(id);
  if (!told) return json(404, { api_id: randomUUID(), error: 'not found' });
  return json(200, {
    api_id: randomUUID(), message_uuid: id, message_direction: 'inbound', message_state: 'received', message_type: 'sms',
    from_number: told.from, to_number: told.to, units: 1, message_time: new Date().toISOString().replace('T', ' ').replace('Z', '+00:00'),
  });
}

const json = (status, value) => ({ status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(value) });

/** 'opted_out' is null: Plivo takes the text and tells the opt-out by a receipt (failed, code 200). */
export function answer_send(mood, id) {
  switch (mood) {
    case 'take': return json(202, { api_id: randomUUID(), message: 'message(s) queued', message_uuid: [id] });
    case 'throttled': return json(429, { api_id: randomUUID(), error: 'too many requests' });
    case 'broken': return json(500, { api_id: randomUUID(), error: 'server error' });
    case 'unknown_number': return json(400, { api_id: randomUUID(), error: "'1111111' is not a valid phone number." });
    case 'refused': return json(400, { api_id: randomUUID(), error: 'text is too long' });
    default: return null;
  }
}

export const wrong_credential = () => json(401, { api_id: randomUUID(), error: 'authentication_failed' });
