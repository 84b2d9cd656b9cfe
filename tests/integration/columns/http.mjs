// Any other gateway, described in YAML: JSON signed with a time, sends by a bearer token.
import crypto from 'node:crypto';

const kSecret = 'a-secret-of-the-trial', kSend = 'another-secret';

export const name = 'http';
export const inline = false;
export const environment = { HTTP_SECRET: kSecret, HTTP_SEND: kSend };
export const settings = (api) => ({
  type: 'http', allow_plain_http: true,
  receive: { format: 'json', fields: { from: '/from', to: '/to', text: '/text', id: '/id', media: '/media' },
             authenticate: { type: 'hmac-sha256', header: 'X-Signature', timestamp_header: 'X-Timestamp', secret_env: 'HTTP_SECRET' } },
  send: { url: `${api}/send`, body: '{"to":"{to}","from":"{from}","text":"{text}"}', authenticate: { type: 'bearer', secret_env: 'HTTP_SEND' },
          id: '/id', opted_out: ['opted out'], refused: ['unknown number', 'not allowed'] },
});

function signed(fields, time = Math.floor(Date.now() / 1000)) {
  const body = JSON.stringify(fields);
  return { method: 'POST', path: '/sms/http', body,
           headers: { 'Content-Type': 'application/json', 'X-Timestamp': String(time),
                      'X-Signature': crypto.createHmac('sha256', kSecret).update(`${time}.${body}`).digest('hex') } };
}
const fields_of = ({ from, to, body, id, media = false }) => ({ from, to, text: body, id, media: media ? ['1'] : [] });

export const text = (message) => signed(fields_of(message));
export function spoiled(how, message) {
  if (how === 'stale') return signed(fields_of(message), Math.floor(Date.now() / 1000) - 400);
  const request = text(message);
  if (how === 'wrong') request.headers['X-Signature'] = '0'.repeat(64);
  if (how === 'missing') delete request.headers['X-Signature'];
  if (how === 'changed') request.body = request.body.replace('"text":"', '"text":"x');
  return request;
}
export const replies = () => [];
export const opted_out_notice = null;
export const receipt = null;  // a gateway that is only described has none
export function read_send({ url, headers, body }) {
  return url === '/send' && headers.authorization === `Bearer ${kSend}` ? JSON.parse(body) : null;
}
export function answer_send(mood, id) {
  switch (mood) {
    case 'take': return { status: 200, body: JSON.stringify({ id }) };
    case 'throttled': return { status: 429, body: '{}' };
    case 'broken': return { status: 503, body: '{}' };
    case 'opted_out': return { status: 400, body: '{"error":"opted out"}' };
    case 'unknown_number': return { status: 400, body: '{"error":"unknown number"}' };
    case 'refused': return { status: 400, body: '{"error":"not allowed"}' };
  }
}
export const wrong_credential = () => ({ status: 401, body: '{}' });
