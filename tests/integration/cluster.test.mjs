// The same gateway on a real Redis Cluster of three masters, whose slots move while people text.
//
//   TRIAL_PEOPLE=60      talks
//   TRIAL_MOVES=40       partitions whose slot moves during them
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Carrier, Line, new_number, new_sid } from './aggregator.mjs';
import { Gateway, Redis, end, finally_, folder, free_port, report, scan, setting, settings_tree, sleep, start, until } from './trial.mjs';

const kPeople = setting('TRIAL_PEOPLE', 60), kMoves = setting('TRIAL_MOVES', 40);

async function cluster() {
  const root = folder(), nodes = [];
  for (let i = 0; i < 3; ++i) {
    let port, bus;
    // Redis wants the two to be apart by what both sides can be told; any free pair will do.
    [port, bus] = [await free_port(), await free_port()];
    const dir = path.join(root, String(i));
    fs.mkdirSync(dir);
    const server = start('redis-server', ['--port', port, '--bind', '127.0.0.1', '--cluster-enabled', 'yes', '--cluster-port', bus,
                                          '--dir', dir, '--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--loglevel', 'warning']);
    finally_(() => end(server, 'SIGKILL'));
    nodes.push({ port, server });
  }
  for (const node of nodes) {
    await until('a node listens', 10_000, async () => Redis.open({ host: '127.0.0.1', port: node.port }).then((link) => (node.link = link), () => false));
  }
  const made = spawnSync('redis-cli', ['--cluster', 'create', ...nodes.map(({ port }) => `127.0.0.1:${port}`), '--cluster-replicas', '0',
                                       '--cluster-yes'], { encoding: 'utf8', timeout: 30_000 });
  assert.equal(made.status, 0, made.stdout + made.stderr);
  for (const node of nodes) {
    await until('the cluster agrees', 15_000, async () => /cluster_state:ok/.test(await node.link.ask('CLUSTER', 'INFO')));
    node.id = await node.link.ask('CLUSTER', 'MYID');
  }
  return nodes;
}

/// A master that has not heard of the others' last epoch would claim a slot with too low a one, and lose it again.
async function settled(nodes) {
  await until('the nodes are of one mind', 20_000, async () => {
    const views = await Promise.all(nodes.map(async ({ link }) => {
      const epoch = /cluster_current_epoch:(\d+)/.exec(await link.ask('CLUSTER', 'INFO'))[1];
      const owners = (await link.ask('CLUSTER', 'SLOTS')).map(([from, to, owner]) => `${from}-${to}:${owner[1]}`);
      const epochs = (await link.ask('CLUSTER', 'NODES')).trim().split('\n').map((line) => line.split(' ')).map((words) => `${words[0]}@${words[6]}`);
      return [epoch, ...owners.sort(), ...epochs.sort()].join();
    }));
    return new Set(views).size === 1;
  }, 10);
}

/// Moves one slot with all its keys to another master, as redis-cli does.
async function move(nodes, slot, pause) {
  await settled(nodes);
  const slots = await nodes[0].link.ask('CLUSTER', 'SLOTS');
  const owner = slots.find(([from, to]) => slot >= from && slot <= to)[2][2];
  const from = nodes.find(({ id }) => id === owner), to = nodes[(nodes.indexOf(from) + 1) % nodes.length];
  await to.link.ask('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', from.id);
  await from.link.ask('CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', to.id);
  let moved = 0;
  for (;;) {
    const keys = await from.link.ask('CLUSTER', 'GETKEYSINSLOT', String(slot), '3');
    if (keys.length === 0) break;
    await from.link.ask('MIGRATE', '127.0.0.1', String(to.port), '', '0', '5000', 'KEYS', ...keys);
    moved += keys.length;
    await sleep(pause);
  }
  for (const node of [to, from, ...nodes.filter((node) => node !== to && node !== from)]) await node.link.ask('CLUSTER', 'SETSLOT', String(slot), 'NODE', to.id);
  return moved;
}

test('the same talks on a Redis Cluster, while slots move', { timeout: 180_000 }, async () => {
  const nodes = await cluster(), carrier = await Carrier.open();
  const channel = { api_base: carrier.base };
  const root = settings_tree({ channels: { main: channel, api: { ...channel, reply: 'api' } } });
  const url = 'redis+cluster://' + nodes.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const gateway = await new Gateway({ root, sets: { 'store.url': url } }).start();
  const lines = ['main', 'api'].map((name) => new Line({ port: gateway.port, channel: name, carrier }));
  const script = ['hi', '1', 'shelter', 'fresno', 'stop'];
  let put_off = 0;

  const talk = async (line) => {
    const number = new_number();
    for (let step = 0; step < script.length; ++step) {
      const sid = new_sid();
      await until('the text is taken', 20_000, async () => {
        const answer = await line.text(number, script[step], { sid });
        assert.ok([200, 503].includes(answer.status), answer.body);
        if (answer.status === 503) ++put_off;
        return answer.status === 200;
      }, 200);
      await until('its reply', 30_000, () => carrier.of(number).length > step);
    }
    return carrier.of(number).map(({ text }) => text);
  };
  const expected = await talk(lines[0]);
  assert.equal(new Set(expected).size, script.length);

  let going = true, moved = 0, slots = 0;
  const moving = (async () => {
    for (let i = 0; i < kMoves && going; ++i) {
      const slot = await nodes[0].link.ask('CLUSTER', 'KEYSLOT', `{p${(i * 37) % 256}}:due`);
      moved += await move(nodes, slot, 2);
      ++slots;
    }
  })();
  const talks = await Promise.all(Array.from({ length: kPeople }, async (_, i) => {
    await sleep(Math.random() * 1500);
    return talk(lines[i % 2]);
  }));
  going = false;
  await moving;
  assert.ok(slots >= 3, `only ${slots} slots have moved`);
  for (const texts of talks) assert.deepEqual(texts, expected);

  let spread = 0;
  for (const node of nodes) spread += (await scan((...words) => node.link.ask(...words), '{p*}:seen:*')).length > 0;
  assert.equal(spread, 3, 'people are spread over all nodes');
  // Redelivery and a second STOP hold here too.
  const number = new_number(), first = await lines[0].text(number, 'hi');
  assert.equal((await lines[0].text(number, 'hi', { sid: first.sid })).body, first.body);
  await lines[0].say(number, 'stop');
  assert.deepEqual((await lines[0].text(number, 'stop')).texts, []);
  report(`${talks.length} talks, ${slots} slots with ${moved} keys moved, ${put_off} texts put off with 503 and taken when they came again`);
  await gateway.stop();
});
