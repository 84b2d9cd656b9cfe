// Twilio, replies by its Messages API. (Replies in the webhook's own answer are webhook.test.mjs's.)
import { createRequire } from 'node:module';
import path from 'node:path';
import { form_of, new_sid } from '../aggregator.mjs';
import { account, public_url, token } from '../trial.mjs';

const { getExpectedTwilioSignature } = createRequire(path.join(process.env.NODE_PEERS, 'package.json'))('twilio/lib/webhooks/webhooks');
const kPath = '/sms/twilio';

export const name = 'twilio';
export const inline = false;
export const environment = { TRIAL_TOKEN: token };
export const settings = (api) => ({ type: 'twilio', public_url: public_url(name), account_sid: account, auth_token_env: 'TRIAL_TOKEN', api_base: api,
                                    allow_plain_http: true, reply: 'api' });

function signed(target, fields) {
  const signature = getExpectedTwilioSignature(token, public_url(name) + target.slice(kPath.length), fields);
  return { method: 'POST', path: target, body: form_of(Object.entries(fields)),
           headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': signature } };
}

export const text = ({ from, to, body, id, media = false }) =>
  signed(kPath, { MessageSid: id, AccountSid: account, From: from, To: to, Body: body, NumMedia: media ? '1' : '0',
                  ...(media && { MediaUrl0: 'https://media.example.org/1' }) });

export function spoiled(how, message) {
  const request = text(message);
  if (how === 'wrong') request.headers['X-Twilio-Signature'] = Buffer.alloc(20).toString('base64');
  else if (how === 'missing') delete request.headers['X-Twilio-Signature'];
  else if (how === 'changed') request.body = request.body.replace('Body=', 'Body=x');
  else return null;  // Twilio signs no time
  return request;
}

export const replies = () => [];
export const opted_out_notice = null;  // told with the text itself (OptOutType), and by error 21610
export const receipt = ({ id, to, outcome }) =>
  signed(`${kPath}/status`, { MessageSid: id, To: to, MessageStatus: outcome === 'delivered' ? 'delivered' : 'undelivered',
                              ...(outcome === 'filtered' && { ErrorCode: '30007' }) });

export function read_send({ method, url, headers, body }) {
  if (headers.authorization !== 'Basic ' + Buffer.from(`${account}:${token}`).toString('base64')) return null;
  if (url.split('?')[0] !== `/2010-04-01/Accounts/${account}/Messages.json`) return null;
  if (method === 'GET') return { ask: true, to: new URLSearchParams(url.split('?')[1]).get('To') };
  const form = new URLSearchParams(body);
  return { to: form.get('To'), from: form.get('From'), text: form.get('Body') };
}
export const answer_ask = (sent) => ({
  status: 200,
  body: JSON.stringify({ next_page_uri: null, messages: sent.map(({ text, at }) => ({
    sid: new_sid(), body: text, direction: 'outbound-api', status: 'sent', date_created: new Date(at).toUTCString().replace('GMT', '+0000') })) }),
});
export function answer_send(mood, id) {
  const fault = (status, code) => ({ status, body: JSON.stringify({ status, code, message: 'no' }) });
  switch (mood) {
    case 'take': return { status: 201, body: JSON.stringify({ sid: id, status: 'queued' }) };
    case 'throttled': return fault(429, 20429);
    case 'broken': return fault(503, 20503);
    case 'opted_out': return fault(400, 21610);
    case 'unknown_number': return fault(400, 21211);
    case 'refused': return fault(400, 21408);
  }
}
export const wrong_credential = () => ({ status: 401, body: JSON.stringify({ status: 401, code: 20003, message: 'Authenticate' }) });
