#!/usr/bin/env node
// Reads a sealed file of gitseal with Node 18 or newer and nothing else: one file to copy to a host, or to read in ten
// years. It was written from docs/format.md alone; "section" in a comment is a section of that page.
//
// It writes no files, and knows age X25519 identities (AGE-SECRET-KEY-1...). It cannot tell who committed a file, and does
// not read the policy: `gitseal verify` judges that. From bottom to top: main, opener, openToken, openGroup, readFile.

import {
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
} from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import process, { argv, env, stderr, stdout } from "node:process";

const USAGE = `usage: gitseal-read.mjs FILE [NAME...] [--identity PATH] [--format json|dotenv]
       gitseal-read.mjs --vectors DIR

Prints the values of FILE, a sealed file of gitseal, or only those of the NAMEs (api/TOKEN for TOKEN in api). If a value
does not open, nothing is printed on standard output and the status is 1.

  --identity PATH   age identities, one on a line. Else the text in GITSEAL_IDENTITY, else the file that
                    GITSEAL_IDENTITY_FILE names, else ~/.config/gitseal/identity.txt
  --format json     all types, sections as objects (the default)
  --format dotenv   NAME=value for the NAMEs given, without quotes; refuses a value that readers of such files disagree on
  --vectors DIR     read every vector in DIR (section 9 of the format) and print what differs
`;

/** Why a file or a value is not read (section 6). `detail` is a line number, or the other name of a moved value. */
class Refusal extends Error {
  constructor(kind, detail = "") {
    super(detail === "" ? kind : `${kind} ${detail}`);
    this.kind = kind;
  }
}

const malformed = (line) => new Refusal("malformed", line);

/** Something the person at the terminal has to change. */
class Trouble extends Error {}

// --- Section 2.1: characters and lines -------------------------------------------------------------------------------

const FORBIDDEN = new RegExp(
  `[${[
    "\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\u2028\\u2029", // control characters, other ends of lines
    "\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069", // what turns the direction of text
    "\\u00AD\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B-\\u200D\\u2060-\\u2065\\u206A-\\u206F", // invisible
    "\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF0-\\uFFFF\\u{E0000}-\\u{E0FFF}", // invisible, too
  ].join("")}]`,
  "u",
);
const LARGEST_FILE = 64 * 1024 * 1024;

function utf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The lines that mean something: number from 1, indentation, and the text after it. */
function meaningfulLines(bytes) {
  if (bytes.length > LARGEST_FILE) throw malformed(0);
  const lines = [];
  for (let start = 0, number = 1; start < bytes.length; number++) {
    const feed = bytes.indexOf(10, start);
    let end = feed < 0 ? bytes.length : feed;
    const next = end + 1;
    if (feed > start && bytes[end - 1] === 13) end--; // a carriage return counts only before a line feed
    const whole = utf8(bytes.subarray(start, end)); // no byte of a longer character is a line feed
    if (whole === null || FORBIDDEN.test(whole)) throw malformed(number);
    const text = whole.replace(/^ +/, "");
    if (text !== "" && text[0] !== "#") lines.push({ number, indent: whole.length - text.length, text });
    start = next;
  }
  return lines;
}

// --- Section 2.2: names, mappings, lists -----------------------------------------------------------------------------
//
// A node is {type, line} and: `entries` of a "mapping" (a Map from name to {line, node}), `items` of a "list" (nodes), or
// `text` of a scalar, whose type is "text", "integer", "float", "boolean" or "null".

const PART = "[A-Za-z_][A-Za-z0-9_.-]{0,127}";
const ENTRY = new RegExp(`^(?:(${PART})|"(${PART})"|'(${PART})') *:(?: +(.*))?$`, "su");
const ITEM = /^- +(.*)$/su;
const NO_PLAIN_NAME = /^(?:yes|no|on|off|y|n|true|false|null)$/i;
const DEEPEST = 8;

function parse(bytes) {
  const lines = meaningfulLines(bytes);
  let at = 0;
  const isEntry = (line) => line !== undefined && ENTRY.test(line.text);
  const isItem = (line) => line !== undefined && /^-(?: |$)/.test(line.text);

  function mapping(indent, depth, line) {
    const entries = new Map();
    while (at < lines.length && lines[at].indent >= indent) {
      const here = lines[at];
      const match = here.indent === indent && ENTRY.exec(here.text);
      if (!match || depth > DEEPEST) throw malformed(here.number);
      const name = match[1] ?? match[2] ?? match[3];
      if (match[1] !== undefined && NO_PLAIN_NAME.test(name)) throw malformed(here.number);
      if (entries.has(name)) throw malformed(here.number);
      at++;
      const rest = match[4] ?? "";
      const node = rest === "" || rest[0] === "#" ? below(here, depth) : value(rest, here.number);
      entries.set(name, { line: here.number, node });
    }
    return { type: "mapping", line, entries };
  }

  /** What an entry without a value on its own line has. */
  function below(entry, depth) {
    const next = lines[at];
    if (isItem(next) && next.indent >= entry.indent) return list(next.indent, entry.number);
    if (next === undefined || next.indent <= entry.indent) return { type: "null", line: entry.number, text: "" };
    if (isEntry(next)) return mapping(next.indent, depth + 1, entry.number);
    if (next.number !== entry.number + 1) throw malformed(next.number);
    at++;
    return value(next.text, next.number);
  }

  function list(indent, line) {
    const items = [];
    for (; isItem(lines[at]) && lines[at].indent === indent; at++) {
      const match = ITEM.exec(lines[at].text);
      if (!match) throw malformed(lines[at].number);
      items.push(value(match[1], lines[at].number));
    }
    return { type: "list", line, items };
  }

  const top = mapping(0, 1, 0);
  if (at < lines.length) throw malformed(lines[at].number);
  return top;
}

// --- Section 2.3: scalars --------------------------------------------------------------------------------------------

const AFTER = /^(?: *| +#.*)$/su;
const NO_PLAIN_START = /^(?:-(?![0-9])|[?:,[\]{}#&*!|>'"%@`])/;
const NOT_IN_PLAIN = /: |[\t\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]|:$/u;
const PLAIN_TYPES = [
  [/^null$/, "null"],
  [/^(?:true|false)$/, "boolean"],
  [/^(?:0|-?[1-9][0-9]{0,17})$/, "integer"],
  [/^-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}$/, "float"],
  [/^[-+]?\.?[0-9][0-9_.,:eE+\-TtZz ]*$/, "refused"],
  [/^[-+]?0[xX][0-9a-fA-F_]*$/, "refused"],
  [/^[-+]?0[oObB][0-9_]*$/, "refused"],
  [/^[-+]?\.(?:inf|nan)$/i, "refused"],
  [/^(?:yes|no|on|off|y|n|true|false|null|~|=|<<)$/i, "refused"],
];
const ESCAPES = { "\\": "\\", '"': '"', "/": "/", n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
const ESCAPE_DIGITS = { x: 2, u: 4, U: 8 };

/** A scalar or an empty collection, with what may follow it on its line. */
function value(text, line) {
  if (text[0] === '"') return doubleQuoted(text, line);
  if (text[0] === "'") return singleQuoted(text, line);
  const isEmpty = (brackets) => text.startsWith(brackets) && AFTER.test(text.slice(2));
  if (isEmpty("{}")) return { type: "mapping", line, entries: new Map() };
  if (isEmpty("[]")) return { type: "list", line, items: [] };
  const comment = text.indexOf(" #");
  let end = comment < 0 ? text.length : comment;
  while (text[end - 1] === " ") end--;
  const plain = text.slice(0, end);
  if (plain === "" || NO_PLAIN_START.test(plain) || NOT_IN_PLAIN.test(plain)) throw malformed(line);
  const [, type] = PLAIN_TYPES.find(([pattern]) => pattern.test(plain)) ?? [null, "text"];
  if (type === "refused") throw malformed(line);
  return { type, line, text: type === "null" ? "" : plain };
}

function singleQuoted(text, line) {
  let end = 1;
  for (; ; end += 2) {
    end = text.indexOf("'", end);
    if (end < 0) throw malformed(line);
    if (text[end + 1] !== "'") break;
  }
  if (!AFTER.test(text.slice(end + 1))) throw malformed(line);
  return { type: "text", line, text: text.slice(1, end).replaceAll("''", "'") };
}

function doubleQuoted(text, line) {
  const pieces = [];
  let at = 1;
  for (;;) {
    const piece = /[^"\\]*/uy; // sticky, so that a long value is not copied for each escape
    piece.lastIndex = at;
    pieces.push(piece.exec(text)[0]);
    at = piece.lastIndex;
    if (at >= text.length) throw malformed(line);
    if (text[at] === '"') break;
    const letter = text[at + 1];
    if (Object.hasOwn(ESCAPES, letter)) {
      pieces.push(ESCAPES[letter]);
      at += 2;
      continue;
    }
    const length = Object.hasOwn(ESCAPE_DIGITS, letter) ? ESCAPE_DIGITS[letter] : 0;
    const digits = text.slice(at + 2, at + 2 + length);
    if (length === 0 || digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits)) throw malformed(line);
    const number = Number.parseInt(digits, 16);
    if (number > 0x10ffff || (number >= 0xd800 && number <= 0xdfff)) throw malformed(line);
    pieces.push(String.fromCodePoint(number));
    at += 2 + length;
  }
  if (text.slice(1, at).includes("\t") || !AFTER.test(text.slice(at + 1))) throw malformed(line);
  return { type: "text", line, text: pieces.join("") };
}

// --- Sections 2.4, 4.5 to 4.7: what the tree means -------------------------------------------------------------------

const BASE64 = "[A-Za-z0-9+/]+={0,2}";
const TOKEN = new RegExp(`^ENC\\[v1,([sw]),([a-z][a-z0-9-]{0,31}):(k[0-9a-f]{32}),(${BASE64})\\]$`);
const STANZA = new RegExp(`^STANZA\\[v1,(k[0-9a-f]{32}),(${BASE64})\\]$`);
const LATER = /^(?:ENC|STANZA)\[v(?!1,)[1-9][0-9]*,/;
const MOST_NAMES = 200_000;
const MOST_GROUPS = 64;
const MOST_STANZAS = 256;

const isReserved = (node) => node.type === "text" && /^(?:ENC|STANZA)\[/.test(node.text);

/** The values and the header of a sealed file, or the refusal of the whole (section 6). */
function readFile(bytes) {
  const top = parse(bytes);
  const header = top.entries.get("gitseal");
  if (isLater(top, header)) throw new Refusal("unknown-version");
  const values = [];
  for (const [name, entry] of top.entries) if (name !== "gitseal") collect([name], entry.node, values);
  if (header === undefined || values.length > MOST_NAMES) throw malformed(0);
  return { values, ...readHeader(header) };
}

function isLater(top, header) {
  const version = header?.node.type === "mapping" ? header.node.entries.get("version")?.node : undefined;
  if (version !== undefined && !(version.type === "integer" && version.text === "1")) return true;
  const waiting = [top];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === "text" && LATER.test(node.text)) return true;
    if (node.type === "mapping") for (const entry of node.entries.values()) waiting.push(entry.node);
    if (node.type === "list") for (const item of node.items) waiting.push(item);
  }
  return false;
}

/** Adds the values at and below a name: {parts, token} for a sealed one, {parts, plain: {type, content}} for another. */
function collect(parts, node, values) {
  if (node.type === "mapping" && node.entries.size > 0) {
    for (const [name, entry] of node.entries) collect([...parts, name], entry.node, values);
  } else if (isReserved(node)) {
    values.push({ parts, token: readToken(node) });
  } else if (node.type === "mapping" || node.type === "list") {
    values.push({ parts, plain: { type: "json", content: Buffer.from(plainJson(node)) } });
  } else {
    values.push({ parts, plain: { type: node.type, content: Buffer.from(node.text) } });
  }
}

function plainJson(node) {
  if (isReserved(node)) throw malformed(node.line);
  if (node.type === "list") return `[${node.items.map(plainJson).join(",")}]`;
  if (node.type === "mapping") return "{}";
  if (node.type === "text") return JSON.stringify(node.text); // escapes exactly what section 2.4 says
  return node.type === "null" ? "null" : node.text;
}

function readToken(node) {
  const match = TOKEN.exec(node.text);
  if (!match) throw malformed(node.line);
  return { kind: match[1], group: match[2], keyId: match[3], base64: match[4] };
}

/** The fields of a mapping by name, of which there are no others than `required` and `optional`. */
function fields(entry, required, optional = []) {
  if (entry.node.type !== "mapping") throw malformed(entry.line);
  for (const [name, field] of entry.node.entries) {
    if (!required.includes(name) && !optional.includes(name)) throw malformed(field.line);
  }
  for (const name of required) if (!entry.node.entries.has(name)) throw malformed(entry.line);
  return Object.fromEntries(entry.node.entries);
}

function entriesOf(entry) {
  if (entry === undefined) return [];
  if (entry.node.type !== "mapping") throw malformed(entry.line);
  return [...entry.node.entries];
}

function textOf(entry, pattern = /^/) {
  if (entry.node.type !== "text" || !pattern.test(entry.node.text)) throw malformed(entry.line);
  return entry.node.text;
}

function readHeader(header) {
  const found = fields(header, ["version", "id", "environment"], ["access"]);
  const id = textOf(found.id, /^f[0-9a-f]{32}$/);
  const environment = textOf(found.environment);
  const blocks = entriesOf(found.access);
  if (blocks.length > MOST_GROUPS) throw malformed(header.line);
  const groups = new Map(blocks.map(([name, block]) => [name, readGroup({ id, environment, group: name }, block)]));
  return { id, environment, groups };
}

function readGroup(scope, block) {
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(scope.group)) throw malformed(block.line);
  const found = fields(block, ["key", "public"], ["succeeds", "stanzas"]);
  const publicKey = readPublicKey(found.public);
  if (textOf(found.key) !== keyIdOf(scope, publicKey)) throw malformed(found.key.line);
  const stanzas = [];
  for (const [, person] of entriesOf(found.stanzas)) {
    for (const [recipientId, entry] of entriesOf(person)) stanzas.push(readStanza(recipientId, entry));
  }
  if (stanzas.length > MOST_STANZAS) throw malformed(block.line);
  const succeeds = found.succeeds && readSucceeds(scope, found.succeeds);
  return { ...scope, keyId: found.key.node.text, stanzas, succeeds };
}

function readStanza(recipientId, { line, node }) {
  if (!/^r[0-9a-f]{32}$/.test(recipientId)) throw malformed(line);
  const match = node.type === "text" && STANZA.exec(node.text);
  if (!match) throw malformed(node.line);
  return { recipientId, keyId: match[1], base64: match[2] };
}

function readSucceeds(scope, { line, node }) {
  if (!isReserved(node)) throw malformed(line);
  const token = readToken(node);
  if (token.kind !== "s" || token.group !== scope.group) throw malformed(line);
  return token;
}

// --- Section 4.3: keys -----------------------------------------------------------------------------------------------

const PRIME = 2n ** 255n - 19n;
const LOW_ORDER = [
  0n,
  1n,
  PRIME - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
];

function readPublicKey(entry) {
  const bytes = decodeBase64(textOf(entry, new RegExp(`^gsp1${BASE64}$`)).slice(4));
  if (bytes?.length !== 32) throw malformed(entry.line);
  const number = BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
  if (number >= PRIME || LOW_ORDER.includes(number)) throw malformed(entry.line);
  return bytes;
}

/** Section 1: only canonical base64 is base64. Null for other texts. */
function decodeBase64(text) {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}

/** Section 4.1: L(x1, ..., xn). */
function framed(...parts) {
  const bytes = parts.map((part) => Buffer.from(part));
  return Buffer.concat([uint32(bytes.length), ...bytes.flatMap((part) => [uint32(part.length), part])]);
}

function uint32(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

// RFC 5869 by hand: node:crypto takes at most 1,024 bytes of info, and the context of a long name has more.
const hmac = (hash, key, data) => createHmac(hash, key).update(data).digest();
const extract = (salt, secret) => hmac("sha256", salt, secret);

function expand(hash, key, info, length) {
  const blocks = [];
  for (let have = 0, last = Buffer.alloc(0); have < length; have += last.length) {
    last = hmac(hash, key, Buffer.concat([last, info, Buffer.from([blocks.length + 1])]));
    blocks.push(last);
  }
  return Buffer.concat(blocks).subarray(0, length);
}

const hkdf = (secret, salt, info, length) => expand("sha256", extract(salt, secret), Buffer.from(info), length);
const sha256 = (bytes) => createHash("sha256").update(bytes).digest();
const shortId = (letter, bytes) => letter + sha256(bytes).subarray(0, 16).toString("hex");

const keyIdOf = ({ id, environment, group }, publicKey) =>
  shortId("k", framed("gitseal/v1/key-id", id, environment, group, publicKey));
const derived = (use, dataKey, { id, environment, group }) =>
  hkdf(dataKey, "", framed(`gitseal/v1/${use}`, id, environment, group), 32);

// X25519 keys go in and out of node:crypto in their DER form: a fixed beginning and the 32 bytes.
const PRIVATE_DER = Buffer.from("302e020100300506032b656e04220420", "hex");
const PUBLIC_DER = Buffer.from("302a300506032b656e032100", "hex");
const privateObject = (scalar) =>
  createPrivateKey({ key: Buffer.concat([PRIVATE_DER, scalar]), format: "der", type: "pkcs8" });
const publicBytes = (scalar) =>
  createPublicKey(privateObject(scalar)).export({ format: "der", type: "spki" }).subarray(PUBLIC_DER.length);

/** What the two keys share, or null if that is zeros, as it is with a point of low order. */
function exchange(scalar, point) {
  const publicKey = createPublicKey({ key: Buffer.concat([PUBLIC_DER, point]), format: "der", type: "spki" });
  try {
    const shared = diffieHellman({ privateKey: privateObject(scalar), publicKey });
    return shared.some((byte) => byte !== 0) ? shared : null;
  } catch {
    return null; // OpenSSL refuses zeros by itself
  }
}

/** The plaintext of an AEAD ciphertext with its tag at the end, or null. */
function unseal(cipher, key, nonce, sealed) {
  if (sealed.length < 16) return null;
  const decipher = createDecipheriv(cipher, key, nonce, { authTagLength: 16 });
  decipher.setAuthTag(sealed.subarray(-16));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  } catch {
    return null;
  }
}

// --- Section 4.6: stanzas, and age identities (c2sp.org/age, BIP 173) -------------------------------------------------

const BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

function bech32Checksum(prefix, words) {
  const codes = [...prefix].map((letter) => letter.charCodeAt(0));
  let sum = 1;
  for (const word of [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...words]) {
    const high = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ word;
    [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].forEach((mask, bit) => {
      if ((high >> bit) & 1) sum ^= mask;
    });
  }
  return sum;
}

/** The same bits in words of another size: whole ones only, or the last filled with zeros. */
function regroup(words, from, to, fill) {
  const regrouped = [];
  let bits = 0;
  let held = 0;
  for (const word of words) {
    held = (held << from) | word;
    for (bits += from; bits >= to; held &= (1 << bits) - 1) regrouped.push(held >> (bits -= to));
  }
  if (fill && bits > 0) regrouped.push(held << (to - bits));
  return !fill && held !== 0 ? null : regrouped; // what is left over has to be zeros
}

/** The secret of a line AGE-SECRET-KEY-1..., or null. */
function decodeIdentity(text) {
  const match = /^(?:AGE-SECRET-KEY-1([02-9A-Z]{58}))$/.exec(text);
  const words = match && [...match[1].toLowerCase()].map((letter) => BECH32.indexOf(letter));
  if (!words || words.includes(-1) || bech32Checksum("age-secret-key-", words) !== 1) return null;
  const bytes = regroup(words.slice(0, -6), 5, 8, false);
  return bytes && Buffer.from(bytes);
}

function encodeRecipient(publicKey) {
  const words = regroup(publicKey, 8, 5, true);
  const sum = bech32Checksum("age", [...words, 0, 0, 0, 0, 0, 0]) ^ 1;
  const check = [25, 20, 15, 10, 5, 0].map((shift) => (sum >> shift) & 31);
  return `age1${[...words, ...check].map((word) => BECH32[word]).join("")}`;
}

/** The identities of an identity file's text: {scalar, publicKey, recipientId}. */
function readIdentities(text) {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const scalar = decodeIdentity(line);
      if (scalar === null) throw new Trouble("an identity is not AGE-SECRET-KEY-1...: no other kind is known here");
      const publicKey = publicBytes(scalar);
      return { scalar, publicKey, recipientId: shortId("r", encodeRecipient(publicKey)) };
    });
}

const AGE_STANZA = /-> ([\x21-\x7e]+(?: [\x21-\x7e]+)*)\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63})\n/y;
const AGE_MAC = /--- ([A-Za-z0-9+/]{43})\n/y;
const AGE_LENGTHS = {
  X25519: [[32], 32, 32],
  mlkem768x25519: [[1120], 32, 32],
  "ssh-ed25519": [[4, 32], 32, 32],
  "ssh-rsa": [[4], 256, 512],
};

/** age writes base64 without "=". Null if it is not canonical. */
const decodeUnpadded = (text) => decodeBase64(text + "=".repeat((4 - (text.length % 4)) % 4));

/** The one stanza that counts, {type, args, body}, with the MAC and the payload of an age file; or null if it breaks 4.6. */
function readAge(bytes) {
  if (bytes === null || bytes.length > 8192) return null;
  const text = bytes.toString("latin1");
  const first = "age-encryption.org/v1\n";
  if (!text.startsWith(first)) return null;
  const stanzas = [];
  let at = first.length;
  for (;;) {
    AGE_STANZA.lastIndex = at;
    const match = AGE_STANZA.exec(text);
    if (!match) break;
    at = AGE_STANZA.lastIndex;
    const [type, ...args] = match[1].split(" ");
    stanzas.push({ type, args, body: decodeUnpadded(match[2].replaceAll("\n", "")) });
  }
  AGE_MAC.lastIndex = at;
  const end = AGE_MAC.exec(text);
  const real = stanzas.filter(({ type }) => !type.endsWith("-grease"));
  if (!end || real.length !== 1 || stanzas.some(({ body }) => body === null) || !hasItsLengths(real[0])) return null;
  const mac = decodeUnpadded(end[1]);
  const payload = bytes.subarray(AGE_MAC.lastIndex);
  return mac === null || payload.length !== 64
    ? null
    : { ...real[0], mac, authenticated: bytes.subarray(0, at + 3), payload };
}

function hasItsLengths({ type, args, body }) {
  if (type === "scrypt") return false;
  if (!Object.hasOwn(AGE_LENGTHS, type)) return true; // a plugin's
  const [lengths, least, most] = AGE_LENGTHS[type];
  const sizes = args.map((arg) => decodeUnpadded(arg)?.length);
  return String(sizes) === String(lengths) && body.length >= least && body.length <= most;
}

/** The data key in a stanza, as it is for this identity. */
function openStanza(stanza, identity) {
  const age = readAge(decodeBase64(stanza.base64));
  if (age === null) throw new Refusal("malformed");
  if (age.type !== "X25519") throw new Refusal("not-for-you");
  const ephemeral = decodeUnpadded(age.args[0]);
  const shared = exchange(identity.scalar, ephemeral);
  if (shared === null) throw new Refusal("damaged");
  const wrap = hkdf(shared, Buffer.concat([ephemeral, identity.publicKey]), "age-encryption.org/v1/X25519", 32);
  const fileKey = unseal("chacha20-poly1305", wrap, Buffer.alloc(12), age.body);
  if (fileKey === null) throw new Refusal("not-for-you");
  if (!hmac("sha256", hkdf(fileKey, "", "header", 32), age.authenticated).equals(age.mac)) throw new Refusal("damaged");
  const key = hkdf(fileKey, age.payload.subarray(0, 16), "payload", 32);
  const nonce = Buffer.from("000000000000000000000001", "hex"); // the first chunk, and the last
  const dataKey = unseal("chacha20-poly1305", key, nonce, age.payload.subarray(16));
  if (dataKey === null) throw new Refusal("damaged");
  return dataKey;
}

/** Section 6, step 2 of a value: the data key of an access group, or why there is none. */
function openGroup(group, identities) {
  const refused = new Set();
  for (const identity of identities) {
    for (const stanza of group.stanzas) {
      if (stanza.recipientId !== identity.recipientId || stanza.keyId !== group.keyId) continue;
      let dataKey;
      try {
        dataKey = openStanza(stanza, identity);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refused.add(error.kind);
        continue;
      }
      const keyId = keyIdOf(group, publicBytes(derived("write-only", dataKey, group)));
      if (keyId !== group.keyId) throw new Refusal("damaged"); // the key of whoever replaced the stanza
      return dataKey;
    }
  }
  throw new Refusal(["malformed", "damaged"].find((kind) => refused.has(kind)) ?? "not-for-you");
}

// --- Sections 4.4 and 4.5: tokens ------------------------------------------------------------------------------------

const CHUNK = 16384;

/** The padded plaintext of a token as if it stood at the name `parts`, or null. */
function openToken(token, sealed, parts, dataKey, scope) {
  const { id, environment, group } = scope;
  const context = framed("gitseal/v1", token.kind, id, environment, group, token.keyId, ...parts);
  if (token.kind === "s") return openCobblestone(derived("value", dataKey, scope), context, sealed);
  return openHpke(derived("write-only", dataKey, scope), context, sealed);
}

function openCobblestone(key, context, sealed) {
  const label = Buffer.from("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0");
  const keys = expand("sha512", key, Buffer.concat([label, sealed.subarray(0, 24), context]), 76);
  if (!keys.subarray(44).equals(sealed.subarray(24, 56))) return null;
  const chunks = [];
  for (let at = 56, number = 0, last = false; !last; at += CHUNK + 16, number++) {
    const chunk = sealed.subarray(at, at + CHUNK + 16);
    last = chunk.length < CHUNK + 16;
    const nonce = Buffer.from(keys.subarray(32, 44));
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ number) >>> 0, 8); // no file has 2^32 chunks
    const opened = unseal("aes-256-gcm", keys.subarray(0, 32), nonce, chunk);
    if (opened === null) return null;
    chunks.push(opened);
  }
  return Buffer.concat(chunks);
}

/** RFC 9180, base mode, one message: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305. */
function openHpke(scalar, info, sealed) {
  if (sealed.length < 32) return null;
  const encapsulated = sealed.subarray(0, 32);
  const shared = exchange(scalar, encapsulated);
  if (shared === null) return null;
  const kem = Buffer.from("KEM\x00\x20", "latin1");
  const hpke = Buffer.from("HPKE\x00\x20\x00\x01\x00\x03", "latin1");
  const labeled = (suite, label, data) => Buffer.concat([Buffer.from("HPKE-v1"), suite, Buffer.from(label), data]);
  const labeledExtract = (suite, salt, label, secret) => extract(salt, labeled(suite, label, secret));
  const labeledExpand = (suite, key, label, data, length) =>
    expand("sha256", key, Buffer.concat([Buffer.from([0, length]), labeled(suite, label, data)]), length);
  const none = Buffer.alloc(0);
  const both = Buffer.concat([encapsulated, publicBytes(scalar)]);
  const sharedSecret = labeledExpand(kem, labeledExtract(kem, none, "eae_prk", shared), "shared_secret", both, 32);
  const hashes = [labeledExtract(hpke, none, "psk_id_hash", none), labeledExtract(hpke, none, "info_hash", info)];
  const schedule = Buffer.concat([Buffer.from([0]), ...hashes]); // 0: base mode
  const secret = labeledExtract(hpke, sharedSecret, "secret", none);
  const key = labeledExpand(hpke, secret, "key", schedule, 32);
  const nonce = labeledExpand(hpke, secret, "base_nonce", schedule, 12);
  return unseal("chacha20-poly1305", key, nonce, sealed.subarray(32));
}

// --- Section 5: padding and types ------------------------------------------------------------------------------------

const LARGEST_VALUE = 8 * 1024 * 1024;
const latin1 = (pattern) => (bytes) => pattern.test(bytes.toString("latin1"));
const TYPES = {
  t: ["text", (bytes) => utf8(bytes) !== null],
  i: ["integer", latin1(/^(?:0|-?[1-9][0-9]*)$/)],
  f: ["float", latin1(/^(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)|-?\.inf|\.nan)$/)],
  b: ["boolean", latin1(/^(?:true|false)$/)],
  n: ["null", (bytes) => bytes.length === 0],
  y: ["bytes", () => true],
  j: ["json", isJson],
};

/** The plaintext without its padding, or null if the padding is not the one that section 5 gives. */
function unpad(padded) {
  let end = padded.length;
  while (end > 0 && padded[end - 1] === 0) end--;
  if (end === 0 || padded[end - 1] !== 0x80) return null;
  const step = end <= 512 ? 64 : 2 ** (28 - Math.clz32(end)); // 31 - clz32 is the whole part of the binary logarithm
  return padded.length === Math.ceil(end / step) * step ? padded.subarray(0, end - 1) : null;
}

function readPlaintext(plaintext) {
  if (plaintext === null || plaintext.length === 0) throw new Refusal("damaged");
  const letter = String.fromCharCode(plaintext[0]);
  const content = plaintext.subarray(1);
  if (!Object.hasOwn(TYPES, letter)) throw new Refusal("unknown-version");
  const [type, isValid] = TYPES[letter];
  if (content.length > LARGEST_VALUE || !isValid(content)) throw new Refusal("damaged");
  return { type, content };
}

/** One JSON text of RFC 8259, within the limits of section 5. JSON.parse alone would take two equal names. */
function isJson(bytes) {
  const text = utf8(bytes);
  if (text === null) return false;
  const open = []; // for each open object the set of its names, for each open list null
  let wanted = "value"; // or "name", "colon", "next" (a comma or an end)
  let first = false; // directly after [ or {, where an end may stand too
  for (const word of jsonWords(text)) {
    const names = open.at(-1);
    if (word === "]" || word === "}") {
      if (open.length === 0 || (word === "}") !== (names !== null) || !(wanted === "next" || first)) return false;
      open.pop();
      wanted = "next";
    } else if (wanted === "value" && (word === "[" || word === "{")) {
      if (open.push(word === "{" ? new Set() : null) > 128) return false;
      [wanted, first] = [word === "{" ? "name" : "value", true];
      continue;
    } else if (wanted === "value") {
      if (!isJsonScalar(word)) return false;
      wanted = "next";
    } else if (wanted === "name") {
      if (word[0] !== '"' || !isJsonScalar(word) || names.has(JSON.parse(word))) return false;
      names.add(JSON.parse(word));
      wanted = "colon";
    } else if (wanted === "colon") {
      if (word !== ":") return false;
      wanted = "value";
    } else {
      if (word !== "," || open.length === 0) return false;
      wanted = names === null ? "value" : "name";
    }
    first = false;
  }
  return wanted === "next" && open.length === 0;
}

/** The words of a JSON text: one mark, a text in its quotes, or whatever else stands between blanks and marks. */
function* jsonWords(text) {
  const other = /[^ \t\n\r[\]{}:,"]*/y;
  for (let at = 0, end; at < text.length; at = end) {
    end = at + 1;
    if (" \t\n\r".includes(text[at])) continue;
    if (text[at] === '"') {
      while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
      end++;
    } else if (!"[]{}:,".includes(text[at])) {
      other.lastIndex = at;
      other.exec(text);
      end = other.lastIndex;
    }
    yield text.slice(at, end);
  }
}

const JSON_SCALAR = /^(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$/;

function isJsonScalar(word) {
  if (word[0] !== '"') return word.length <= 1000 && JSON_SCALAR.test(word);
  try {
    return !/\p{Surrogate}/u.test(JSON.parse(word)); // no escape names half of a surrogate pair alone
  } catch {
    return false;
  }
}

// --- Section 6: the values of a file ---------------------------------------------------------------------------------

const MOVED_AMONG = 64;

/** A function that gives a value's {type, content}, or throws its Refusal. A group's stanzas are tried once. */
function opener(file, identities) {
  const keys = new Map();
  const dataKeyOf = (group) => {
    const key = keys.get(group) ?? attempt(() => openGroup(group, identities));
    keys.set(group, key);
    if (key instanceof Refusal) throw key;
    return key;
  };
  return ({ parts, token, plain }) => {
    if (plain !== undefined) return plain;
    const group = file.groups.get(token.group);
    if (group?.keyId !== token.keyId) throw new Refusal("stale");
    const dataKey = dataKeyOf(group);
    const sealed = decodeBase64(token.base64);
    if (sealed === null) throw new Refusal("malformed");
    const padded = openToken(token, sealed, parts, dataKey, group);
    if (padded !== null) return readPlaintext(unpad(padded));
    for (const other of file.values.slice(0, MOVED_AMONG)) {
      const elsewhere = openToken(token, sealed, other.parts, dataKey, group);
      if (elsewhere !== null && unpad(elsewhere) !== null) throw new Refusal("moved", other.parts.join("/"));
    }
    throw new Refusal("damaged");
  };
}

/** What a function gives, or the Refusal that it throws. */
function attempt(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

// --- Output ----------------------------------------------------------------------------------------------------------

/** A value as JSON, its numbers as they are spelled, or null if JSON has no such value. */
function asJson({ type, content }) {
  const text = utf8(content);
  if (type === "null") return "null";
  if (text === null || (type === "float" && /^-?\./.test(text))) return null; // bytes that are no text; an infinity or NaN
  return type === "text" || type === "bytes" ? JSON.stringify(text) : text.trim();
}

function jsonOf(opened, depth = 0) {
  const members = new Map(); // from a name to its value's JSON, or to the values of its section
  for (const { parts, value } of opened) {
    const [name, ...rest] = parts;
    if (rest.length === 0) members.set(name, asJson(value));
    else members.set(name, [...(members.get(name) ?? []), { parts: rest, value }]);
  }
  const space = "  ".repeat(depth + 1);
  const lines = [...members].map(
    ([name, member]) => `${space}"${name}": ${Array.isArray(member) ? jsonOf(member, depth + 1) : member}`,
  );
  return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n${"  ".repeat(depth)}}`;
}

// What every reader of such files, shells too, takes as itself without quotes.
const asDotenv = ({ type, content }) => {
  const text = type === "null" ? null : utf8(content);
  return text !== null && /^[A-Za-z0-9_.,:/@%+=-]*$/.test(text) ? text : null;
};

function rendered(opened, format) {
  const nameOf = ({ parts }) => parts.join("/");
  const fits = (each) =>
    format === "json" ? asJson(each.value) !== null : isVariable(nameOf(each)) && asDotenv(each.value) !== null;
  const unfit = opened.filter((each) => !fits(each)).map(nameOf);
  const hint = "leave out what cannot be carried: give the NAMEs that you need";
  if (unfit.length > 0) throw new Trouble(`${format} cannot carry ${unfit.join(", ")}\n  ${hint}`);
  if (format === "json") return `${jsonOf(opened)}\n`;
  return opened.map((each) => `${nameOf(each)}=${asDotenv(each.value)}\n`).join("");
}

const isVariable = (name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);

// --- Command line ----------------------------------------------------------------------------------------------------

function readOptions(words) {
  const options = { format: "json", arguments: [] };
  for (let at = 0; at < words.length; at++) {
    const isOption = ["--identity", "--format", "--vectors"].includes(words[at]) && at + 1 < words.length;
    if (isOption) options[words[at].slice(2)] = words[++at];
    else if (words[at].startsWith("--")) throw new Trouble(USAGE);
    else options.arguments.push(words[at]);
  }
  const hasOneTask = (options.arguments.length === 0) !== (options.vectors === undefined);
  if (!hasOneTask || !["json", "dotenv"].includes(options.format)) throw new Trouble(USAGE);
  return options;
}

function identityText({ identity }) {
  if (identity === undefined && env.GITSEAL_IDENTITY) return env.GITSEAL_IDENTITY;
  const folder = env.XDG_CONFIG_HOME || join(homedir(), ".config");
  const path = identity || env.GITSEAL_IDENTITY_FILE || join(folder, "gitseal", "identity.txt");
  return fileBytes(path, "\n  name the file of your identity: --identity PATH").toString();
}

function fileBytes(path, hint = "") {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Trouble(`cannot read ${path}: ${error.code}${hint}`);
  }
}

const MEANING = {
  "not-for-you": "no identity at hand opens its access group",
  damaged: "the token or a stanza was changed, or belongs elsewhere",
  moved: "it was sealed as that name",
  stale: "it was sealed under a data key that the file no longer has",
  malformed: "the token or a stanza breaks the format",
  "unknown-version": "a later version of gitseal made it",
};

function main(options) {
  const [path, ...names] = options.arguments;
  if (options.format === "dotenv" && names.length === 0) {
    throw new Trouble("dotenv needs the NAMEs to write: a file can hold names that steer programs, such as LD_PRELOAD");
  }
  const file = attempt(() => readFile(fileBytes(path)));
  if (file instanceof Refusal) {
    throw new Trouble(`${path}: ${file.message.replace(" 0", "").replace(/ (?=\d)/, " in line ")}`);
  }
  // Section 4.2: a file that was copied to another environment's name is not that environment.
  const stem = /^(.+)\.yaml$/.exec(basename(path))?.[1];
  if (stem !== undefined && stem !== file.environment) {
    throw new Trouble(`${path}: its header is of the environment ${JSON.stringify(file.environment)}`);
  }
  const known = new Map(file.values.map((value) => [value.parts.join("/"), value]));
  const missing = names.filter((name) => !known.has(name));
  if (missing.length > 0) throw new Trouble(`${path}: no value is called ${missing.join(", ")}`);
  const wanted = names.length === 0 ? file.values : [...new Set(names)].map((name) => known.get(name));
  const sealed = wanted.some(({ token }) => token !== undefined);
  const open = opener(file, sealed ? readIdentities(identityText(options)) : []);
  const opened = wanted.map((value) => ({ parts: value.parts, value: attempt(() => open(value)) }));
  const refused = opened.filter(({ value }) => value instanceof Refusal);
  const reasons = refused.map(
    ({ parts, value }) => `${path}: ${parts.join("/")}: ${value.message}: ${MEANING[value.kind]}`,
  );
  if (refused.length > 0) throw new Trouble(reasons.join("\n"));
  stdout.write(rendered(opened, options.format));
}

// --- Section 9: vectors ----------------------------------------------------------------------------------------------

/** The expectations that a vector's file gives by this reader, in the form of those that it has. */
function told(expected, bytes, identities) {
  const file = attempt(() => readFile(bytes));
  if (file instanceof Refusal) return [`refused: file ${file.message}`];
  const open = opener(file, identities);
  const lines = file.values.map((value, index) => {
    const name = value.parts.join("/");
    const opened = attempt(() => open(value));
    if (opened instanceof Refusal) return `refused: ${name} ${opened.message}`;
    const { type, content } = opened;
    const isLong = / \d+ bytes, sha256 /.test(expected[index]);
    const short = JSON.stringify(type === "bytes" ? content.toString("hex") : content.toString());
    return `value: ${name} ${type} ${isLong ? `${content.length} bytes, sha256 ${sha256(content).toString("hex")}` : short}`;
  });
  const successions = expected.filter((line) => line.startsWith("succession: "));
  return [...lines, ...successions.map((line) => succession(line, file))];
}

function succession(expected, file) {
  const [, name, key] = expected.split(" ");
  const group = file.groups.get(name);
  const parts = ["gitseal", "access", name, "succeeds"];
  const padded = openToken(group.succeeds, decodeBase64(group.succeeds.base64), parts, Buffer.from(key, "hex"), group);
  const text = padded && readPlaintext(unpad(padded)).content.toString();
  return `succession: ${name} ${key} ${JSON.stringify(text)}`;
}

/** JSON has several spellings of a text; one is enough to compare. */
function oneSpelling(line) {
  const at = line.indexOf(' "');
  return at < 0 ? line : `${line.slice(0, at)} ${JSON.stringify(JSON.parse(line.slice(at)))}`;
}

function runVectors(folder) {
  const paths = readdirSync(folder)
    .filter((name) => name.endsWith(".txt"))
    .sort();
  let agreed = 0;
  for (const path of paths) {
    const bytes = readFileSync(join(folder, path));
    const end = bytes.indexOf("\n\n");
    const [, identity, ...lines] = bytes.subarray(0, end).toString().split("\n");
    const expected = lines.map(oneSpelling);
    const actual = told(expected, bytes.subarray(end + 2), readIdentities(identity.replace("identity: ", "")));
    if (expected.join("\n") === actual.join("\n")) agreed++;
    else {
      const difference = [
        ...expected.map((line) => `  expected ${line}`),
        ...actual.map((line) => `  read     ${line}`),
      ];
      stdout.write(`${[path, ...difference].join("\n")}\n`);
    }
  }
  stdout.write(`${agreed} of ${paths.length} vectors agree\n`);
  return agreed === paths.length && agreed > 0;
}

try {
  const options = readOptions(argv.slice(2));
  if (options.vectors === undefined) main(options);
  else if (!runVectors(options.vectors)) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof Trouble)) throw error;
  stderr.write(`${error.message.trimEnd()}\n`);
  process.exitCode = error.message === USAGE ? 2 : 1;
}
