// Stands where the aggregator stands: carries signed texts to the webhook, and is the REST API that the gateway sends
// through and asks what went out. It keeps every text that reached a phone, whichever way it went.
import crypto from 'node:crypto';
import http from 'node:http';
import { account, finally_, public_url, request, service, token } from './trial.mjs';

let numbers = 0, ids = 0;
/// A made-up number (555-01xx) that nobody in this run has had.
export function new_number() {
  const n = numbers++;
  return `+1${200 + Math.floor(n / 100) % 800}55501${String(n % 100).padStart(2, '0')}`;
}
const run_id = crypto.randomBytes(8).toString('hex');
export const new_sid = () => `SM${run_id}${(ids++).toString(16).padStart(16, '0')}`;

/// X-Twilio-Signature, from Twilio's description: base64 of HMAC-SHA1 over the address and the sorted pairs.
export function sign(url, pairs, secret = token) {
  const bytes = (text) => Buffer.from(text, 'utf8');
  const sorted = [...pairs].sort((a, b) => Buffer.compare(bytes(a[0]), bytes(b[0])));
  return crypto.createHmac('sha1', secret).update(url + sorted.flat().join(''), 'utf8').digest('base64');
}

export const form_of = (pairs) => new URLSearchParams(pairs).toString();

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescape = (xml) =>
  xml.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
    hex ? String.fromCodePoint(parseInt(hex, 16)) : decimal ? String.fromCodePoint(Number(decimal)) : entities[name] ?? whole);
export const texts_of = (twiml) => [...twiml.matchAll(/<Message>([^]*?)<\/Message>/g)].map((found) => unescape(found[1]));

/// One channel's way in. `carrier`, if any, is told of what came back in an answer, as a real aggregator knows it.
export class Line {
  constructor({ port, channel = 'main', carrier, secret = token }) {
    Object.assign(this, { port, channel, carrier, secret });
  }
  pairs(from, body, sid, more = {}) {
    return Object.entries({ MessageSid: sid, SmsSid: sid, AccountSid: account, From: from, To: service, Body: body,
                            NumMedia: '0', NumSegments: '1', ApiVersion: '2010-04-01', ...more });
  }
  /// Posts one text; gives status, body and the texts in it. Throws when no whole answer came.
  async text(from, body, { sid = new_sid(), more, headers = {}, timeout, agent, localAddress, change } = {}) {
    const pairs = this.pairs(from, body, sid, more);
    const signature = sign(public_url(this.channel), pairs, this.secret);
    const form = change ? change(form_of(pairs)) : form_of(pairs);
    const answer = await request({
      port: this.port, path: `/sms/${this.channel}`, method: 'POST', body: form, timeout, agent, localAddress,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', 'X-Twilio-Signature': signature,
                 'Content-Length': Buffer.byteLength(form), ...headers },
    });
    answer.sid = sid;
    answer.texts = answer.status === 200 ? texts_of(answer.body) : [];
    for (const text of answer.texts) this.carrier?.reached(from, text, 'inline');
    return answer;
  }
  /// The one reply to a text; a fault when there is none or more.
  async say(from, body, options) {
    const answer = await this.text(from, body, options);
    if (answer.status !== 200 || answer.texts.length !== 1) {
      throw new Error(`"${body}" got ${answer.status} and ${answer.texts.length} texts: ${answer.body}`);
    }
    return answer.texts[0];
  }
}

/// The REST API. `mood()` decides how each send goes:
///   take            taken and answered
///   take_and_drop   taken, and the line is cut before the answer
///   drop            not taken, and the line is cut
///   busy | broken   429 | 503, not taken
/// `list_mood()`: answer | broken.
export class Carrier {
  mood = () => 'take';
  list_mood = () => 'answer';
  ahead = 0;                     ///< seconds by which the gateway's clock was moved: its texts are dated by it
  phones = new Map();            ///< number -> [{ text, by, at }] in the order of arrival
  moods = {};
  asked = 0;
  listeners = new Set();

  static async open() {
    const carrier = new Carrier();
    carrier.server = http.createServer((call, answer) => carrier.#serve(call, answer));
    carrier.server.keepAliveTimeout = 60_000;
    await new Promise((done) => carrier.server.listen(0, '127.0.0.1', done));
    carrier.port = carrier.server.address().port;
    finally_(() => {
      carrier.server.close();
      carrier.server.closeAllConnections?.();
    });
    return carrier;
  }
  get base() {
    return `http://127.0.0.1:${this.port}`;
  }
  of(number) {
    if (!this.phones.has(number)) this.phones.set(number, []);
    return this.phones.get(number);
  }
  reached(number, text, by) {
    this.of(number).push({ text, by, at: Date.now() + this.ahead * 1000, sid: new_sid() });
    for (const listener of this.listeners) listener(number);
  }

  #serve(call, answer) {
    const parts = [];
    call.on('error', () => {});
    call.on('data', (part) => parts.push(part)).on('end', () => {
      const url = new URL(call.url, this.base);
      const expected = 'Basic ' + Buffer.from(`${account}:${token}`).toString('base64');
      const give = (status, value) => {
        answer.writeHead(status, { 'Content-Type': 'application/json' });
        answer.end(JSON.stringify(value));
      };
      if (call.headers.authorization !== expected) return give(401, { code: 20003, message: 'Authenticate', status: 401 });
      if (url.pathname !== `/2010-04-01/Accounts/${account}/Messages.json`) return give(404, { code: 20404, status: 404 });
      if (call.method === 'GET') return this.#list(url.searchParams, give);
      const form = new URLSearchParams(Buffer.concat(parts).toString('utf8'));
      const mood = this.mood(form);
      this.moods[mood] = (this.moods[mood] ?? 0) + 1;
      if (mood === 'busy') return give(429, { code: 20429, message: 'Too Many Requests', status: 429 });
      if (mood === 'broken') return give(503, { code: 20503, message: 'Service Unavailable', status: 503 });
      if (mood === 'drop') return call.socket.destroy();
      this.reached(form.get('To'), form.get('Body'), 'api');
      if (mood === 'take_and_drop') return call.socket.destroy();
      give(201, { sid: this.of(form.get('To')).at(-1).sid, status: 'queued', to: form.get('To') });
    });
  }

  #list(query, give) {
    ++this.asked;
    if (this.list_mood() === 'broken') return give(503, { code: 20503, status: 503 });
    const messages = this.of(query.get('To')).map(({ text, by, at, sid }) => ({
      sid, body: text, direction: by === 'inline' ? 'outbound-reply' : 'outbound-api', status: 'sent', to: query.get('To'),
      from: service, date_created: new Date(at).toUTCString().replace('GMT', '+0000'),
    })).reverse();
    give(200, { messages: messages.slice(0, Number(query.get('PageSize') ?? 50)), next_page_uri: null });
  }
}
