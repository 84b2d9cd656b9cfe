// Bandwidth's column: what its Messaging API v2 posts to us, and how it answers our sends.
//
// A call shows Basic credentials only after it was asked for them, so `missing` is the first call of each text and gets 401.
// Nothing covers the body and nothing is dated: 'changed' and 'stale' do not exist here. Who has the password can write
// anything; https and the password are all the protection there is.
export const name = 'bandwidth';
export const inline = false;

const USER = 'bandwidth';
const PASSWORD = 'pa:ss wörd';
const ACCOUNT = '5500001';
const APPLICATION = '93de2206-9669-4e07-948d-329f4b722ee2';
const API_USER = 'api-user';
const API_PASSWORD = 'api-secret';

export const environment = { BANDWIDTH_CALLBACK: PASSWORD, BANDWIDTH_API: API_PASSWORD };

// The older API User: its Basic credentials need no token's address beside the API's. Tokens have their unit tests.
export const settings = (api) => ({
  type: 'bandwidth',
  callback_user: USER,
  callback_password_env: 'BANDWIDTH_CALLBACK',
  account_id: ACCOUNT,
  application_id: APPLICATION,
  api_user: API_USER,
  api_password_env: 'BANDWIDTH_API',
  api_base: api,
  allow_plain_http: true,
});

const basic = (user, password) => 'Basic ' + Buffer.from(`${user}:${password}`, 'utf8').toString('base64');

function post(path, events) {
  return {
    method: 'POST',
    path,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      'User-Agent': 'BandwidthAPI/v2',
      Authorization: basic(USER, PASSWORD),
    },
    body: JSON.stringify(events),
  };
}

export function text({ from, to, body, id, media }) {
  const time = new Date().toISOString();
  const urls = [].concat(media === true ? ['picture.png'] : (media || []));
  const message = {
    id, owner: to, applicationId: APPLICATION, time, segmentCount: 1, direction: 'in', to: [to], from, text: body,
  };
  if (urls.length)
    message.media = urls.map((url) => new URL(url, `https://messaging.bandwidth.com/api/v2/users/${ACCOUNT}/media/`).href);
  return post('/sms/bandwidth', [{ type: 'message-received', time, description: 'Incoming message received', to, message }]);
}

export function spoiled(how, wanted) {
  const message = text(wanted);
  const headers = { ...message.headers };
  if (how === 'missing') {
    delete headers.Authorization;
    return { ...message, headers };
  }
  if (how === 'wrong') return { ...message, headers: { ...headers, Authorization: basic(USER, PASSWORD + 'x') } };
  return null;
}

export const replies = () => [];

// On short codes Bandwidth handles no keywords at all, and no callback tells of an opt-out.
export const opted_out_notice = () => null;

export function receipt({ id, to, outcome }) {
  const time = new Date().toISOString();
  const event = {
    type: outcome === 'delivered' ? 'message-delivered' : 'message-failed',
    time,
    description: outcome === 'delivered' ? 'ok' : outcome === 'filtered' ? 'destination-spam-detected' : 'invalid-destination-address',
    to,
    message: {
      id, owner: '55501', applicationId: APPLICATION, time, segmentCount: 1, direction: 'out',
      to: [to], from: '55501', text: '', tag: 'tag',
    },
  };
  if (outcome !== 'delivered') event.errorCode = outcome === 'filtered' ? 4770 : 4720;
  return post('/sms/bandwidth/status', [event]);
}

export function read_send({ method, url, headers, body }) {
  const header = Object.entries(headers).find(([key]) => key.toLowerCase() === 'authorization');
  if (method !== 'POST' || url !== `/api/v2/users/${ACCOUNT}/messages`) return null;
  if (!header || header[1] !== basic(API_USER, API_PASSWORD)) return null;
  const { applicationId, from, to, text: words } = JSON.parse(body);
  if (applicationId !== APPLICATION || !Array.isArray(to) || to.length !== 1) return null;
  return { to: to[0], from, text: words };
}

const answer = (status, body) => ({ status, headers: { 'Content-Type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) });

const invalid = (fieldName) => ({
  type: 'request-validation',
  description: 'Your request could not be accepted',
  fieldErrors: [{ fieldName, description: 'is not accepted' }],
});

// 'opted_out' is null: Bandwidth accepts every such text and tells by a receipt (4775) that the carrier holds an opt-out.
export function answer_send(mood, id) {
  switch (mood) {
    case 'take': return answer(202, { id, owner: '55501', applicationId: APPLICATION, direction: 'out', segmentCount: 1 });
    case 'throttled': return answer(429, { type: 'max-message-queue-size-exceeded', description: 'The queue is full.' });
    case 'broken': return answer(500, { type: 'internal-server-error', description: 'Please retry.' });
    case 'unknown_number': return answer(400, invalid('to'));
    case 'refused': return answer(400, invalid('text'));
    default: return null;
  }
}

export const wrong_credential = () => answer(401, { type: 'unauthorized', description: 'Authentication Failed' });
