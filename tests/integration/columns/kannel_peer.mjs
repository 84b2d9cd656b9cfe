// Stands where the operator's own gateway stands: the real bearerbox and smsbox (Debian's `kannel`), with the settings of
// handlers/kannel/README.md on free ports of this machine, and a fake SMSC at whose other end are the phones. Nothing is
// logged, and the folder goes with the run.
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { end, finally_, folder, free_port, request, source, start, until } from '../trial.mjs';

const programs = { bearerbox: '/usr/sbin/bearerbox', smsbox: '/usr/sbin/smsbox' };
export const installed = Object.values(programs).every((program) => fs.existsSync(program));

/// The sms-service's address as the README gives it. `way`: post (the words in the body) or get (in the address);
/// `secret_in`: header (the address's password) or query.
export function service_url({ webhook, secret, way = 'post', secret_in = 'header' }) {
  const url = new URL(webhook);
  const query = (secret_in === 'query' ? `secret=${secret}&` : '') + 'id=%I&from=%p&to=%P&coding=%c&charset=%C&udh=%u' + (way === 'get' ? '&text=%b' : '');
  const who = secret_in === 'header' ? `kannel:${secret}@` : '';
  return `${url.protocol}//${who}${url.host}${url.pathname}?${query}`;
}

/// The groups of settings that the README gives operators.
function groups() {
  const page = fs.readFileSync(path.join(source, 'handlers/kannel/README.md'), 'utf8');
  const block = /^```\n(group = core\n[^]*?)^```/m.exec(page)[1];
  return block.split('\n\n').map((group) => new Map(
    group.split('\n').filter((line) => line && !line.startsWith('#')).map((line) => /^(\S+) = (.*)$/.exec(line).slice(1))));
}

const octets = (text) => {
  const bytes = [];
  for (let i = 0; i < text.length; ++i) {
    if (text[i] === '%') bytes.push(parseInt(text.slice(i + 1, i + 3), 16)), (i += 2);
    else bytes.push(text[i] === '+' ? 0x20 : text.charCodeAt(i));
  }
  return Buffer.from(bytes);
};
const utf16 = (bytes) => Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16().toString('utf16le');
// The fake SMSC does not say how the octets of a part are written; no text of ours has a zero octet in UTF-8.
const words = (bytes) => (bytes.includes(0) ? utf16(bytes) : bytes.toString('utf8'));

export class Kannel {
  phones = new Map();   ///< number -> texts, long ones joined
  pieces = new Map();   ///< number -> how many messages went over the air for it
  #parts = new Map();

  /// `get_url` or `post_url`: the sms-service's address. `smpp`: the port of an SMSC to bind to, in place of the fake one.
  /// `without`: settings of the README that are left out. `retries`, `delay`: how often and after how many seconds smsbox
  /// asks again.
  static async open(options) {
    const kannel = new Kannel();
    await kannel.#begin(options);
    finally_(() => kannel.close());
    return kannel;
  }

  async #begin({ get_url, post_url, sendsms_port, smpp, without = [], retries = 100, delay = 1 }) {
    this.folder = folder();
    this.sendsms_port = sendsms_port ?? (await free_port());
    const [admin, smsbox, fake] = [await free_port(), await free_port(), await free_port()];
    const spool = path.join(this.folder, 'spool');
    fs.mkdirSync(spool);
    const own = {
      core: { 'admin-port': admin, 'admin-password': 'trial', 'smsbox-port': smsbox, 'store-location': spool },
      smsbox: { 'sendsms-port': this.sendsms_port, 'http-request-retry': retries, 'http-queue-delay': delay },
      'sms-service': { [post_url ? 'post-url' : 'get-url']: `"${post_url ?? get_url}"` },
      'sendsms-user': { username: 'north', password: 'star' },
    };
    const line = smpp
      ? `smsc = smpp\nhost = 127.0.0.1\nport = ${smpp}\ntransceiver-mode = true\nsmsc-username = northstar\nsmsc-password = secret\nsystem-type = ""\n`
      : `smsc = fake\nport = ${fake}\nconnect-allow-ip = 127.0.0.1\n`;
    let text = `group = smsc\nsmsc-id = carrier\n${line}\n`;
    for (const group of groups().reverse()) {  // bearerbox wants `core` first
      const mine = own[group.get('group')];
      if (!post_url && group.get('group') === 'sms-service') group.delete('post-url');
      for (const [key, value] of Object.entries(mine)) group.set(key, value);
      for (const key of without) group.delete(key);
      text = [...group].map(([key, value]) => `${key} = ${value}\n`).join('') + '\n' + text;
    }
    const config = path.join(this.folder, 'kannel.conf');
    fs.writeFileSync(config, text, { mode: 0o600 });
    const run = (program) => start(program, ['-v', '4', config], { cwd: this.folder });
    this.bearerbox = run(programs.bearerbox);
    await this.#listens(smsbox, this.bearerbox);
    this.smsbox = run(programs.smsbox);
    await this.#listens(this.sendsms_port, this.smsbox);
    await until('smsbox is with bearerbox', 10_000, async () => {
      const status = await request({ port: admin, path: '/status.txt?password=trial', agent: false });
      return /smsbox:.*on-line/.test(status.body) && (!smpp || /carrier.*online/.test(status.body));
    });
    if (!smpp) await this.#dial(fake);
  }

  async #listens(port, child) {
    await until(`something listens at ${port}`, 10_000, () => {
      if (child.exitCode !== null) throw new Error(`it ended:\n${child.said}`);
      return new Promise((done) => {
        const socket = net.connect(port, '127.0.0.1', () => (socket.destroy(), done(true))).on('error', () => done(false));
      });
    });
  }

  /// The fake SMSC's protocol: a line a message, `sender receiver kind words`.
  async #dial(port) {
    this.line = net.connect(port, '127.0.0.1');
    this.line.on('error', () => {});
    await new Promise((done, failed) => this.line.once('connect', done).once('error', failed));
    let rest = '', last;
    this.line.setEncoding('utf8').on('data', (some) => {
      const lines = (rest + some).split('\n');
      rest = lines.pop();
      for (const one of lines) {
        const message = /^(\S+) (\S+) (text|ucs-2|data|udh) ([^]*)$/.exec(one);
        if (message) last = this.#take(message[2], message[3], message[4]);
        else if (last) last.texts[last.texts.length - 1] += '\n' + one;  // a text of several lines
      }
    });
  }

  #take(number, kind, rest) {
    this.pieces.set(number, (this.pieces.get(number) ?? 0) + 1);
    const texts = this.of(number);
    if (kind === 'text') texts.push(rest);
    else if (kind !== 'udh') texts.push(kind === 'ucs-2' ? utf16(octets(rest)) : words(octets(rest)));
    else {
      const [, header, data] = /^(\S+) data ([^]*)$/.exec(rest);
      const [, , , reference, total, n] = octets(header);
      const key = `${number} ${reference} ${total}`;
      const set = this.#parts.get(key) ?? new Map();
      this.#parts.set(key, set.set(n, octets(data)));
      if (set.size === total) {
        this.#parts.delete(key);
        texts.push(words(Buffer.concat([...set].sort((a, b) => a[0] - b[0]).map((part) => part[1]))));
      }
    }
    return { texts };
  }

  of(number) {
    if (!this.phones.has(number)) this.phones.set(number, []);
    return this.phones.get(number);
  }

  /// A person writes.
  text(from, to, words) {
    this.line.write(`${from} ${to} text ${words}\n`);
  }

  /// `sendsms`, as anybody may call it.
  sendsms(headers, body, content_type = 'text/plain; charset=UTF-8') {
    return request({ port: this.sendsms_port, path: '/cgi-bin/sendsms', method: 'POST', agent: false, body,
                     headers: { 'X-Kannel-Username': 'north', 'X-Kannel-Password': 'star', 'X-Kannel-From': '55501',
                                'Content-Type': content_type, ...headers } });
  }

  async close() {
    this.line?.destroy();
    for (const child of [this.smsbox, this.bearerbox]) if (child) await end(child, 'SIGTERM', 3000);
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
