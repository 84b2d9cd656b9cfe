// Signs random requests with Twilio's own library. One JSON object a line: token, url, query, form body, signature,
// and for some a JSON body signed by its hash. Seeded, so that a failure can be looked at again.
const { getExpectedTwilioSignature, getExpectedBodyHash } = require("twilio/lib/webhooks/webhooks");

let state = Number(process.argv[3] ?? 1) >>> 0;
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * below);
};
const pick = (list) => list[random(list.length)];
const names = ["MessageSid", "From", "To", "Body", "NumMedia", "FromCity", "a", "A", "aa", "Zip", "z_1", "Tag"];
const values = ["", " ", "help", "  padded  ", "ñandú", "助けて", "😀👍🏽", "a&b=c+d%", "+16195550101", "line\nbreak", "\u00a0", "0", "مساعدة"];
const urls = ["https://hooks.example.org/sms/main", "https://hooks.example.org:443/sms/main", "https://hooks.example.org:8443/x/y"];

for (let i = 0; i < Number(process.argv[2] ?? 50); ++i) {
  const token = Array.from({ length: 1 + random(80) }, () => pick([..."0123456789abcdef"])).join("");
  const url = pick(urls);
  let query = random(3) === 0 ? pick(["a=b", "x=%20y&z", "ñ=1".normalize(), "empty="]) : "";
  if (random(6) === 0) {
    const body = JSON.stringify({ MessageSid: "SM" + i, Body: pick(values), Tag: [pick(values)] });
    query = (query ? query + "&" : "") + "bodySHA256=" + getExpectedBodyHash(body);
    const signature = getExpectedTwilioSignature(token, url + "?" + query, null);
    console.log(JSON.stringify({ token, url, query, json: body, signature }));
    continue;
  }
  const params = {};
  for (let n = random(14); n > 0; --n)
    params[pick(names)] = random(4) === 0 ? [pick(values), pick(values), pick(values)] : pick(values);
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) for (const one of [].concat(value)) form.append(name, one);
  const signature = getExpectedTwilioSignature(token, url + (query ? "?" + query : ""), params);
  console.log(JSON.stringify({ token, url, query, form: form.toString(), signature }));
}
