// What every trial stands on: the real binary on free ports with a state folder of its own, a look into its Redis, and
// the certainty that all of it is gone afterwards. Plain Node 18, nothing installed.
//
//   NORTHSTAR            the binary (CTest sets it); else build/release/northstar
//   NORTHSTAR_KEEP=1     leaves the folders where they are, to be looked at
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after } from 'node:test';

export const source = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const binary = process.env.NORTHSTAR ?? path.join(source, 'build/release/northstar');
export const token = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
export const account = 'AC00000000000000000000000000000001';
export const service = '+15550100';
// Generous, because the build with sanitizers checks the flow ten times slower: a limit, not a wait.
const kStartMillis = 120_000;
const kStopMillis = 20_000;

const endings = [];
after(async () => {
  for (const end of endings.reverse()) await end();
});
const children = new Set(), folders = new Set();
// Also a run that is ended from outside leaves no server and no folder behind.
process.on('exit', () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  if (!process.env.NORTHSTAR_KEEP) for (const made of folders) fs.rmSync(made, { recursive: true, force: true, maxRetries: 5 });
});
for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143]]) process.once(signal, () => process.exit(status));
export const finally_ = (work) => endings.push(work);

export const sleep = (millis) => new Promise((done) => setTimeout(done, millis));
export const setting = (name, fallback) => Number(process.env[name] ?? fallback);
/// For the figures that a run prints.
export const report = (line) => console.log(`# ${line}`);

export async function until(what, millis, condition, pause = 25) {
  const deadline = Date.now() + millis;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`not within ${millis} ms: ${what}`);
    await sleep(pause);
  }
}

export function folder() {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'northstar-'));
  folders.add(made);
  if (process.env.NORTHSTAR_KEEP) endings.push(() => report(`kept ${made}`));
  return made;
}

const given = new Set();
/// Never the same twice: between being found and being used it is nobody's, and the system may offer it again.
export async function free_port() {
  for (;;) {
    const port = await new Promise((done, failed) => {
      const server = net.createServer().on('error', failed);
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => done(port));
      });
    });
    if (!given.has(port)) return given.add(port), port;
  }
}

/// A process of ours: its output kept, ended with the trial.
export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  children.add(child);
  child.said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (child.said += text));
  child.ended = new Promise((done) => {
    const gone = (code, signal) => (children.delete(child), done({ code, signal }));
    child.once('close', gone);
    child.once('error', (fault) => ((child.said += fault), gone(-1, null)));  // it could not even be started
  });
  return child;
}

export async function end(child, signal = 'SIGTERM', millis = kStopMillis) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return child.ended;
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), millis);
  const how = await child.ended;
  clearTimeout(late);
  return how;
}

export function run(args, options = {}) {
  const done = spawnSync(binary, args, { encoding: 'utf8', timeout: kStartMillis, cwd: source, ...options });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

const agents = new http.Agent({ keepAlive: true, maxSockets: 1024 });
endings.push(() => agents.destroy());

/// One request. Throws when there was no whole answer.
export function request({ port, path: target = '/', method = 'GET', headers = {}, body, timeout = 20_000, agent = agents, localAddress }) {
  return new Promise((done, failed) => {
    const call = http.request({ host: '127.0.0.1', port, path: target, method, headers, agent, timeout, localAddress }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('error', failed);
      answer.on('aborted', () => failed(new Error('cut off within the answer')));
      answer.on('end', () => {
        if (!answer.complete) return failed(new Error('cut off within the answer'));
        done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString('utf8') });
      });
    });
    call.on('timeout', () => call.destroy(new Error(`no answer within ${timeout} ms`)));
    call.on('error', failed);
    call.end(body);
  });
}

/// Our own settings file beside links to the shipped data, or beside copies where a trial changes them.
export function settings_tree({ channels = { main: {} }, lines = '', copied = false } = {}) {
  const root = folder();
  fs.mkdirSync(path.join(root, 'config'));
  const bring = (name) =>
    copied ? fs.cpSync(path.join(source, name), path.join(root, name), { recursive: true })
           : fs.symlinkSync(path.join(source, name), path.join(root, name));
  bring('templates');
  for (const name of fs.readdirSync(path.join(source, 'config'))) {
    if (name !== 'northstar.yaml') bring(path.join('config', name));
  }
  let text = 'demo: true\n' + lines + 'channels:\n';
  for (const [name, own] of Object.entries(channels)) {
    const all = { type: 'twilio', public_url: public_url(name), account_sid: account, auth_token_env: 'TRIAL_TOKEN',
                  api_base: 'http://127.0.0.1:9', allow_plain_http: true, reply: 'inline', ...own };
    text += `  ${name}:\n`;
    for (const [key, value] of Object.entries(all)) text += `    ${key}: ${typeof value === 'string' ? JSON.stringify(value) : value}\n`;
  }
  fs.writeFileSync(path.join(root, 'config/northstar.yaml'), text);
  return root;
}

export const public_url = (channel) => `https://hooks.example.org/sms/${channel}`;

/// The gateway as an operator runs it. What it wrote stays in `log`, across its lives.
export class Gateway {
  constructor({ root = settings_tree(), state = path.join(folder(), 'state'), sets = {} } = {}) {
    Object.assign(this, { root, state, sets, log: '', lives: 0 });
    endings.push(() => this.stop());
  }

  async begin() {
    this.port ??= await free_port();
    this.operations ??= await free_port();
    const sets = { 'listen.public': `127.0.0.1:${this.port}`, 'listen.operations': `127.0.0.1:${this.operations}`,
                   'store.state': this.state, ...this.sets };
    const args = ['--config', path.join(this.root, 'config/northstar.yaml'), 'serve'];
    for (const [key, value] of Object.entries(sets)) args.push('--set', `${key}=${value}`);
    // What one gateway of this run has proved, the next need not prove again: it knows it by its fingerprint.
    const proof = path.join(this.state, 'proved');
    if (Gateway.#proved && !fs.existsSync(this.state)) {
      fs.mkdirSync(this.state, { recursive: true, mode: 0o700 });
      fs.writeFileSync(proof, Gateway.#proved);
    }
    const child = (this.child = start(binary, args, { cwd: this.root, env: { ...process.env, TRIAL_TOKEN: token } }));
    ++this.lives;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (this.log += text));
    this.#wanted = false;
    this.ended_by_itself = new Promise((_, failed) => child.ended.then(({ code, signal }) => {
      if (child === this.child && !this.#wanted) failed(new Error(`the gateway ended by itself (${code ?? signal}):\n${child.said}`));
    }));
    this.ended_by_itself.catch(() => {});  // whoever awaits it is told
    return child;
  }

  async start() {
    const child = await this.begin();
    await until('the gateway is ready', kStartMillis, async () => {
      if (!children.has(child)) throw new Error(`the gateway ended:\n${child.said}`);
      return (await this.ready()) === 200;
    });
    const proof = path.join(this.state, 'proved');
    if (fs.existsSync(proof)) Gateway.#proved = fs.readFileSync(proof);
    return this;
  }
  static #proved;

  async ready() {
    try {
      return (await request({ port: this.operations, path: '/readyz', timeout: 5000 })).status;
    } catch {
      return 0;
    }
  }

  #wanted = false;
  async kill() {
    this.#wanted = true;
    await end(this.child, 'SIGKILL');
  }

  async stop() {
    this.#redis?.close();
    this.#redis = undefined;
    this.#wanted = true;
    if (this.child) return end(this.child);
  }

  async ahead(seconds) {
    const moved = await request({ port: this.operations, path: '/clock/ahead', method: 'POST', body: String(seconds) });
    if (moved.status !== 200) throw new Error(`the clock was not moved: ${moved.status} ${moved.body}`);
  }

  async metrics() {
    return (await request({ port: this.operations, path: '/metrics' })).body;
  }

  /// The sum of a metric over those of its labels that hold all of `labels`.
  async metric(name, ...labels) {
    let sum = 0;
    for (const line of (await this.metrics()).split('\n')) {
      const found = /^(\w+)(\{[^}]*\})? (\S+)$/.exec(line);
      if (found?.[1] === name && labels.every((label) => found[2]?.includes(label))) sum += Number(found[3]);
    }
    return sum;
  }

  #redis;
  get socket() {
    return path.join(this.state, 'redis/redis.sock');
  }
  async redis(...words) {
    if (!this.#redis || this.#redis.closed) this.#redis = await Redis.open({ path: this.socket });
    return this.#redis.ask(...words);
  }
  async redis_pid() {
    return Number(/process_id:(\d+)/.exec(await this.redis('INFO', 'server'))[1]);
  }
  /// What became of the outbox's texts: { sent, repeated, unknown, ... }.
  async books() {
    const sums = {};
    for (const key of await this.keys('{p*}:outcomes')) {
      const pairs = await this.redis('HGETALL', key);
      for (let i = 0; i < pairs.length; i += 2) sums[pairs[i]] = (sums[pairs[i]] ?? 0) + Number(pairs[i + 1]);
    }
    return sums;
  }
  /// How many texts and requests for a person are still to be seen to; timers are not among them.
  async waiting() {
    let count = 0;
    for (const key of await this.keys('{p*}:due')) {
      count += (await this.redis('ZRANGE', key, '0', '-1')).filter((member) => /^[reh]/.test(member)).length;
    }
    return count;
  }
  /// Every key, in Redis's own order.
  async keys(pattern = '*') {
    return scan((...words) => this.redis(...words), pattern);
  }
}

export async function scan(ask, pattern = '*') {
  const found = new Set();
  let cursor = '0';
  do {
    const [next, some] = await ask('SCAN', cursor, 'MATCH', pattern, 'COUNT', '1000');
    for (const key of some) found.add(key);
    cursor = next;
  } while (cursor !== '0');
  return [...found];
}

/// As much of RESP2 as a look into Redis needs. Strings come as latin1, a byte a character: sealed records are no text.
export class Redis {
  static open(where) {
    return new Promise((done, failed) => {
      const socket = net.connect(where, () => done(new Redis(socket)));
      socket.once('error', failed);
    });
  }
  constructor(socket) {
    this.socket = socket;
    this.closed = false;
    this.waiting = [];
    this.bytes = '';
    endings.push(() => this.close());
    socket.setEncoding('latin1');
    socket.on('data', (bytes) => {
      this.bytes += bytes;
      for (let read; this.waiting.length && (read = parse(this.bytes, 0)); ) {
        this.bytes = this.bytes.slice(read.at);
        const { done, failed } = this.waiting.shift();
        read.value instanceof Error ? failed(read.value) : done(read.value);
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      for (const { failed } of this.waiting.splice(0)) failed(new Error('Redis closed the connection'));
    });
  }
  ask(...words) {
    return new Promise((done, failed) => {
      this.waiting.push({ done, failed });
      this.socket.write(`*${words.length}\r\n` + words.map((word) => `$${Buffer.byteLength(String(word), 'latin1')}\r\n${word}\r\n`).join(''), 'latin1');
    });
  }
  close() {
    this.socket.destroy();
  }
}

function parse(bytes, at) {
  const end = bytes.indexOf('\r\n', at);
  if (end < 0) return undefined;
  const kind = bytes[at], rest = bytes.slice(at + 1, end);
  at = end + 2;
  if (kind === '+') return { value: rest, at };
  if (kind === '-') return { value: new Error(rest), at };
  if (kind === ':') return { value: Number(rest), at };
  const size = Number(rest);
  if (size < 0) return { value: null, at };
  if (kind === '$') return bytes.length < at + size + 2 ? undefined : { value: bytes.slice(at, at + size), at: at + size + 2 };
  const value = [];
  for (let i = 0; i < size; ++i) {
    const read = parse(bytes, at);
    if (!read) return undefined;
    value.push(read.value);
    at = read.at;
  }
  return { value, at };
}
