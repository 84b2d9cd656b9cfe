// Plivo's own library has a check and no way to sign: each row here is signed by the rule in Plivo's page, altered or not,
// and says what that check thinks of it. One JSON object a line. Seeded, so that a failure can be looked at again.
const { createHmac } = require("crypto");
const { validateSignature } = require("plivo");

let state = Number(process.argv[3] ?? 1) >>> 0;
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * below);
};
const pick = (list) => list[random(list.length)];
const word = (letters, least, most) => Array.from({ length: least + random(most - least + 1) }, () => pick([...letters])).join("");
const hosts = ["hooks.example.org", "hooks.example.org:8443", "help.example", "a-b.example.net", "127.0.0.1:8080"];
const sign = (token, url, nonce) => createHmac("sha256", token).update(url + nonce).digest("base64");

for (let i = 0; i < Number(process.argv[2] ?? 50); ++i) {
  const token = word("0123456789abcdefABCDEFxyz", 1, 80);
  const tail = pick(["", "/status", "/" + word("abc019-_", 16, 30)]);
  const url = pick(["https://", "http://"]) + pick(hosts) + "/" + word("abcxyz019-_", 1, 12) + tail;
  const nonce = word("0123456789", 1, 24);
  const signature = sign(token, url, nonce);
  const other = { token, url, nonce, signature };
  switch (random(4)) {
    case 0: other.token += "0"; break;
    case 1: other.url = pick([url + "x", url.replace("://", "://x"), url + "/status", url.slice(0, -1)]); break;
    case 2: other.nonce = pick([nonce + "1", nonce.slice(1) + "x", "0" + nonce]); break;
    default:
      other.signature = pick([sign(token, url, nonce + "1"), "", signature.slice(0, -1), signature.toLowerCase() + "=", "A" + signature]);
  }
  for (const row of [{ token, url, nonce, signature }, other])
    console.log(JSON.stringify({ ...row, accepted: validateSignature(row.url, row.nonce, row.signature, row.token) }));
  // What the vendor calls and signs has no query in it, whatever the address it was given.
  console.log(JSON.stringify({ token, url, nonce, signature, accepted: validateSignature(url + "?a=b", nonce, signature, token) }));
}
