"use strict";
/*
 * Checks a bundle of the record: the same checks, in the same order and with the same words as verify.py and as
 * `accord audit verify --offline`. It runs in a browser and in Node, loads nothing, and sends nothing.
 *
 * All cryptography is the browser's own (WebCrypto): SHA-2, and the signatures that the browser has, Ed25519, ECDSA and RSA.
 * One that it has not is reported as not checked, never as good.
 *
 * Words: a line is one event, with its line feed. A leaf is SHA-256 of a zero byte and the line; an inner node SHA-256 of a
 * one byte and both children (RFC 9162 section 2.1.1). A checkpoint is the log's signed statement of its size and root.
 *
 * Accord.verify(files, trust, progress) is the check; Accord.readTar(bytes) gives the files of a bundle.
 */
const Accord = (() => {
  const subtle = globalThis.crypto && globalThis.crypto.subtle;
  const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"; // SHA-256 of nothing
  const LONGEST = 60001; // one byte more than a line may have
  const RUN = 1024; // lines whose digests are asked for together
  const utf8 = new TextEncoder();

  // Bytes.

  const ascii = (bytes) => {
    let text = "";
    for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    return text;
  };
  const text = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const unhex = (digits) => Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16));
  const isSame = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
  const joined = (...pieces) => {
    const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  };

  /** Base64 in its one spelling. */
  const decode = (base64) => {
    const raw = atob(base64);
    if (btoa(raw) !== base64) throw new Error("base64 in another spelling");
    const bytes = new Uint8Array(raw.length);
    for (let at = 0; at < raw.length; at += 1) bytes[at] = raw.charCodeAt(at);
    return bytes;
  };

  const sha256 = async (bytes) => new Uint8Array(await subtle.digest("SHA-256", bytes));

  // The bundle's tar file (POSIX ustar): only what an export writes is read, each header in its one spelling.

  const tarHeader = (name, size) => {
    const block = new Uint8Array(512);
    const put = (words, at) => block.set(utf8.encode(words), at);
    put(name, 0);
    put("0000644", 100);
    put("0000000", 108);
    put("0000000", 116);
    put(size.toString(8).padStart(11, "0"), 124);
    put("00000000000", 136);
    put("        ", 148);
    put("0", 156);
    put("ustar", 257);
    put("00", 263);
    const sum = block.reduce((all, byte) => all + byte, 0);
    put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return block;
  };

  /** A relative path of plain segments. */
  const isPath = (name) =>
    /^[!-\[\]-~]{1,100}$/.test(name) && name.split("/").every((part) => !["", ".", ".."].includes(part));

  const readTar = (bytes) => {
    const files = new Map();
    const isEmpty = (from, to) => bytes.subarray(from, to).every((byte) => byte === 0);
    let at = 0;
    while (at + 512 <= bytes.length && !isEmpty(at, at + 512)) {
      const name = ascii(bytes.subarray(at, at + 100)).replace(/\0[^]*$/, "");
      const digits = ascii(bytes.subarray(at + 124, at + 135));
      const size = /^[0-7]{11}$/.test(digits) ? parseInt(digits, 8) : -1;
      if (!isPath(name) || files.has(name) || size < 0 || !isSame(tarHeader(name, size), bytes.subarray(at, at + 512))) {
        throw new Error("the tar file has a header that no export writes");
      }
      const start = at + 512;
      at = start + Math.ceil(size / 512) * 512;
      if (at > bytes.length || !isEmpty(start + size, at)) throw new Error("the tar file is damaged");
      files.set(name, bytes.subarray(start, start + size));
    }
    if (at + 1024 !== bytes.length || !isEmpty(at, at + 1024)) throw new Error("the tar file is cut off or goes on");
    return files;
  };

  // The one spelling of a line.

  const D = "[0-9a-f]{64}", K = "[0-9a-f]{32}", N = "(?:0|[1-9][0-9]{0,15})", T = "[ !#-\\[\\]-~]";
  const B = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)";
  const V = `(?:system|uid:${N})`, R = `"${N}(?::${D})?"`;
  const STATEMENT =
    `\\{"agency":"${T}*","at":${N},"by":"(?:${V}|SHA256:[A-Za-z0-9+/]{43})","case":"${K}","kind":"[a-z0-9_.]{1,48}",` +
    `"log":"${T}*","member":"${T}*","n":"${K}","parts":\\[(?:"${D}"(?:,"${D}"){0,63})?\\],"purpose":"${T}*",` +
    `"ref":\\[(?:${R}(?:,${R})*)?\\],"role":"${T}*","saw_root":"${D}","saw_size":${N}\\}`;
  const LINE = new RegExp(
    `^\\{"cprev":"${D}","cseq":${N},"outcome":"(?:accepted","policy":"${D}","prev":"${D}"|` +
      `(?:denied|overridden)","policy":"${D}","prev":"${D}","rule":"${T}+"),"seq":${N}` +
      `(?:,"sig":"${B}","st":${STATEMENT},"t":${N},"v":1|,"st":${STATEMENT},"t":${N},"v":1,"vouch":"${V}")\\}\\n$`
  );

  /** The values of a line if the bytes are those that the log would write; else null. */
  const readLine = (raw) => {
    if (raw.length >= LONGEST) return null;
    const written = ascii(raw);
    if (!LINE.test(written)) return null;
    const line = JSON.parse(written);
    const said = line.st;
    const numbers = [line.cseq, line.seq, line.t, said.at, said.saw_size];
    for (const reference of said.ref) numbers.push(Number(reference.split(":")[0]));
    const users = [said.by, line.vouch || ""].filter((by) => by.startsWith("uid:")).map((by) => Number(by.slice(4)));
    if (numbers.some((number) => number > Number.MAX_SAFE_INTEGER) || users.some((user) => user >= 2 ** 32)) return null;
    try {
      if (line.sig) decode(line.sig);
    } catch {
      return null;
    }
    return line;
  };

  /** The lines of a file, each with its line feed; what is too long to be one comes in pieces. */
  const splitLines = (bytes) => {
    const lines = [];
    let start = 0;
    while (start < bytes.length) {
      const end = bytes.subarray(start, start + LONGEST).indexOf(10);
      if (end < 0 && start + LONGEST > bytes.length) break;
      const next = end < 0 ? start + LONGEST : start + end + 1;
      lines.push(bytes.subarray(start, next));
      start = next;
    }
    return { lines, rest: bytes.subarray(start) };
  };

  // The tree (RFC 9162 section 2.1).

  const leafHash = (line) => sha256(joined([0], line));
  const nodeHash = (left, right) => sha256(joined([1], left, right));

  /** The root over leaves: pairs become nodes, and a last one without a sibling moves up as it is. */
  const rootOf = async (leaves) => {
    let row = leaves;
    while (row.length > 1) {
      const above = [];
      for (let at = 0; at + 1 < row.length; at += 2 * RUN) {
        const pairs = [];
        for (let pair = at; pair + 1 < row.length && pair < at + 2 * RUN; pair += 2) pairs.push(nodeHash(row[pair], row[pair + 1]));
        above.push(...(await Promise.all(pairs)));
      }
      if (row.length % 2 === 1) above.push(row[row.length - 1]);
      row = above;
    }
    return row.length === 1 ? row[0] : unhex(EMPTY);
  };

  /** The hashes of all complete subtrees, level by level from the leaves. */
  const treeRows = async (leaves) => {
    const rows = [leaves];
    while (rows[rows.length - 1].length > 1) {
      const row = rows[rows.length - 1], above = [];
      for (let at = 0; at + 1 < row.length; at += 2 * RUN) {
        const pairs = [];
        for (let pair = at; pair + 1 < row.length && pair < at + 2 * RUN; pair += 2) pairs.push(nodeHash(row[pair], row[pair + 1]));
        above.push(...(await Promise.all(pairs)));
      }
      rows.push(above);
    }
    return rows;
  };

  /** The root over the first leaves of a tree: one complete subtree for each bit of the size, from the right. */
  const rootAt = async (rows, size) => {
    let root = null, start = size;
    for (let level = 0; level < rows.length; level += 1) {
      if (Math.floor(start / 2 ** level) % 2 === 0) continue;
      const node = rows[level][Math.floor(start / 2 ** level) - 1];
      root = root === null ? node : await nodeHash(node, root);
      start -= 2 ** level;
    }
    return root === null ? unhex(EMPTY) : root;
  };

  /** The root that a path of siblings leads to; null if it is not as long as it has to be. Nodes that proofs share are kept. */
  const followPath = async (leaf, index, size, path, kept) => {
    let node = leaf, at = BigInt(index), last = BigInt(size) - 1n;
    for (const sibling of path) {
      if (last === 0n) return null;
      const isRight = (at & 1n) === 1n || at === last;
      const key = isRight ? hex(sibling) + hex(node) : hex(node) + hex(sibling);
      if (!kept.has(key)) kept.set(key, isRight ? nodeHash(sibling, node) : nodeHash(node, sibling));
      node = await kept.get(key);
      if (isRight) while (at !== 0n && (at & 1n) === 0n) { at >>= 1n; last >>= 1n; }
      at >>= 1n;
      last >>= 1n;
    }
    return last === 0n ? node : null;
  };

  // Keys and signed notes (C2SP signed-note, tlog-checkpoint).

  const P = 2n ** 255n - 19n;
  const CURVE = 37095705934669439343138083508754565189542113879843219016388785533085940283555n; // d of RFC 8032
  const LOW_ORDER = [0n, 1n, P - 1n]; // and the two roots of d y^4 + 2 y^2 = 1, which isKey looks for

  const power = (base, exponent) => {
    let result = 1n;
    for (let factor = base % P, rest = exponent; rest > 0n; rest >>= 1n, factor = (factor * factor) % P) {
      if (rest & 1n) result = (result * factor) % P;
    }
    return result;
  };

  /** Whether bytes are a point of the curve in its one spelling, and not one of the few with which anything can be "signed". */
  const isKey = (raw) => {
    const number = BigInt(`0x${hex(Uint8Array.from(raw).reverse())}`);
    const y = number & (2n ** 255n - 1n), square = (y * y) % P;
    const isLowOrder = LOW_ORDER.includes(y) || (CURVE * square * square + 2n * square) % P === 1n;
    const product = (((square - 1n + P) % P) * ((CURVE * square + 1n) % P)) % P;
    return y < P && !isLowOrder && (product === 0n || power(product, (P - 1n) / 2n) === 1n);
  };

  /** The name, identifier and bytes of a key in text ("vkey"): a log's, or with type 4 a witness's. */
  const readKey = async (written, type = 1) => {
    const line = written.split("\n")[0], first = line.indexOf("+"), second = line.indexOf("+", first + 1);
    const name = line.slice(0, first), identifier = line.slice(first + 1, second);
    const raw = decode(line.slice(second + 1));
    const right = hex((await sha256(joined(utf8.encode(`${name}\n`), raw))).subarray(0, 4));
    if (!isName(name) || second < 0 || raw[0] !== type || raw.length !== 33 || identifier !== right || !isKey(raw.subarray(1))) {
      throw new Error(`this is not the public key of a ${type === 1 ? "log" : "witness"}`);
    }
    return { name, identifier, raw: raw.subarray(1) };
  };

  const isName = (name) => name !== "" && !/[\s\u0085+\0-\x1f]/u.test(name);

  /** What a signed note says and who signed it. */
  const readNote = (bytes) => {
    const fail = () => { throw new Error("this is not a signed checkpoint"); };
    if (bytes.length > 1000000 || bytes.some((byte) => byte < 32 && byte !== 10)) fail();
    const all = text(bytes), middle = all.lastIndexOf("\n\n");
    if (middle < 0 || !all.endsWith("\n")) fail();
    const said = all.slice(0, middle + 1), signatures = new Map();
    const [origin, size, root, ...more] = said.split("\n");
    const lines = all.slice(middle + 2).split("\n").slice(0, -1);
    if (lines.length < 1 || lines.length > 100) fail();
    for (const line of lines) {
      const words = line.split(" "), value = words.length === 3 ? decode(words[2]) : [];
      const key = words.length === 3 ? `${words[1]} ${hex(value.subarray(0, 4))}` : "";
      if (words[0] !== "\u2014" || value.length < 5 || !isName(words[1]) || signatures.has(key)) fail();
      signatures.set(key, value.subarray(4));
    }
    if (!isName(origin) || !new RegExp(`^${N}$`).test(size) || decode(root).length !== 32 || more.join() !== "") fail();
    if (size === "0" && hex(decode(root)) !== EMPTY) fail();
    return { origin, size: Number(size), root: decode(root), text: utf8.encode(said), signatures };
  };

  /** Whether an Ed25519 key signed bytes; null where this browser has no Ed25519. */
  const isSigned = async (raw, signature, message) => {
    let key;
    try {
      key = await subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
    } catch {
      return null; // the key is a good one, as readKey found
    }
    return subtle.verify({ name: "Ed25519" }, key, signature, message);
  };

  /** Nothing if the key signed the note; else what is wrong. `signature-not-checked` is no fault of the note. */
  const signatureFault = async (note, key) => {
    const signature = key.name === note.origin ? note.signatures.get(`${key.name} ${key.identifier}`) : undefined;
    if (signature === undefined) return "unknown-key";
    if (signature.length !== 64) return "bad-signature";
    const isGood = await isSigned(key.raw, signature, note.text);
    return isGood === null ? "signature-not-checked" : isGood ? null : "bad-signature";
  };

  // Witnesses (C2SP tlog-policy, tlog-cosignature, tlog-witness).

  /** Whose cosignatures count, and how many of them. One key vouches once, and no log is its own witness. */
  const readPolicy = async (written) => {
    const logs = [], witnesses = [], groups = [], members = new Set();
    let quorum;
    const isKnown = (name) => [...witnesses, ...groups].some((one) => one.name === name);
    if (utf8.encode(written).length > 65536) throw new Error("the policy is longer than 65536 bytes");
    for (const [at, line] of written.split("\n").entries()) {
      const demand = (isSo, why) => { if (!isSo) throw new Error(`line ${at + 1} of the policy: ${why}`); };
      const demandNew = (key) => demand(
        ![...logs, ...witnesses.map((one) => one.key)].some(({ raw }) => isSame(raw, key.raw)), "the key stands there twice");
      const demandFree = (name) => demand(name !== "none" && !isKnown(name), `the name '${name}' is taken`);
      demand(!/[\0-\x08\x0b-\x1f\x7f]/.test(line), "it has control characters");
      const [word, name, ...rest] = line.split(/[ \t]+/).filter(Boolean);
      if (word === undefined || word.startsWith("#")) continue;
      if (word === "log") {
        demand(name !== undefined && rest.length <= 1, "a log is: log VKEY");
        const key = await readKey(name).catch(() => demand(false, "this is not the public key of a log"));
        demandNew(key);
        logs.push(key);
      } else if (word === "witness") {
        demand(rest.length === 1 || rest.length === 2, "a witness is: witness NAME VKEY");
        const key = await readKey(rest[0], 4).catch(() => demand(false, "this is not the public key of a witness"));
        demandFree(name);
        demandNew(key);
        witnesses.push({ name, key });
      } else if (word === "group") {
        const [count, ...names] = rest;
        demand(names.length > 0, "a group is: group NAME any|all|COUNT MEMBER...");
        demandFree(name);
        for (const member of names) {
          demand(isKnown(member) && !members.has(member), `'${member}' is not defined above, or is a member already`);
          members.add(member);
        }
        const threshold = count === "any" ? 1 : count === "all" ? names.length : /^[0-9]+$/.test(count) ? Number(count) : 0;
        demand(threshold >= 1 && threshold <= names.length, `'${count}' is neither any, all, nor a number up to ${names.length}`);
        groups.push({ name, threshold, members: names });
      } else {
        demand(word === "quorum" && rest.length === 0 && (name === "none" || isKnown(name)), "it is no log, witness, group or quorum");
        demand(quorum === undefined, "there is a quorum above");
        quorum = name;
      }
    }
    if (quorum === undefined) throw new Error("the policy has no line 'quorum'");
    return { logs, witnesses, groups, quorum: quorum === "none" ? null : quorum };
  };

  /** Whether the word of these witnesses is enough. */
  const isMet = ({ groups, quorum }, names) => {
    const done = new Set(names);
    for (const group of groups) if (group.members.filter((name) => done.has(name)).length >= group.threshold) done.add(group.name);
    return quorum === null || done.has(quorum);
  };

  /** The witnesses of a policy that cosigned a note, with their times; null if one did not make the line that bears its name. */
  const cosigners = async (note, policy, log) => {
    const found = [];
    for (const { name, key } of policy.witnesses) {
      const value = note.signatures.get(`${key.name} ${key.identifier}`);
      if (value === undefined || isSame(key.raw, log.raw)) continue;
      if (value.length !== 72) return null;
      const time = new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0);
      const message = joined(utf8.encode(`cosignature/v1\ntime ${time}\n`), note.text);
      if (time >= 2n ** 63n || !(await isSigned(key.raw, value.subarray(8), message))) return null;
      const agencies = policy.groups.filter((group) => group.members.includes(name)).map((group) => group.name);
      const moment = time < 253402300800n ? new Date(Number(time) * 1000).toISOString().replace(".000Z", "Z") : `${time}`;
      found.push({ name, text: `${name}${agencies.length > 0 ? ` (${agencies.join(", ")})` : ""} at ${moment}` });
    }
    return found;
  };

  /** Whether a path shows that a tree is the beginning of a larger one (RFC 9162 section 2.1.4.2). */
  const grows = async (old, next, path) => {
    if (old.size === 0) return path.length === 0;
    let first = BigInt(old.size) - 1n, second = BigInt(next.size) - 1n;
    const isPower = (BigInt(old.size) & first) === 0n;
    const [seed, ...rest] = isPower ? [old.root, ...path] : path;
    if (seed === undefined) return false;
    const rise = () => { first >>= 1n; second >>= 1n; };
    while ((first & 1n) === 1n) rise();
    let before = seed, after = seed;
    for (const sibling of rest) {
      if (second === 0n) return false;
      if ((first & 1n) === 1n || first === second) {
        before = await nodeHash(sibling, before);
        after = await nodeHash(sibling, after);
        while (first !== 0n && (first & 1n) === 0n) rise();
      } else after = await nodeHash(after, sibling);
      rise();
    }
    return second === 0n && isSame(before, old.root) && isSame(after, next.root);
  };

  /** The size of the smaller tree, the path from it to the larger one, and that one's checkpoint (C2SP tlog-witness). */
  const readGrowth = (file) => {
    const all = ascii(file), end = all.indexOf("\n\n");
    const [old, ...hashes] = all.slice(0, end).split("\n"), path = hashes.map(decode);
    const isGood = file.length <= 1000000 && end > 0 && new RegExp(`^old ${N}$`).test(old) && path.length <= 63 &&
      path.every((hash) => hash.length === 32);
    if (!isGood) throw new Error("that is no proof that one checkpoint grew out of another");
    return { old: Number(old.slice(4)), path, note: file.subarray(end + 2) };
  };

  /** Whether the checkpoint of a case's copy grew out of the cosigned one, by the proof beside it. */
  const joins = async (held, { note, noteBytes, files }) => {
    if (!note || held.origin !== note.origin || held.size > note.size) return false;
    if (held.size === note.size) return isSame(held.root, note.root);
    try {
      const { old, path, note: next } = readGrowth(files.get("witnessed.growth"));
      return old === held.size && isSame(next, noteBytes) && (await grows(held, note, path));
    } catch {
      return false;
    }
  };

  /** Whether a case's checkpoint and a kept one are of one history; null if nothing here tells. */
  const isJoined = async (kept, note, growth) => {
    if (!note) return null;
    if (kept.size === note.size) return isSame(kept.root, note.root);
    const [old, next] = kept.size < note.size ? [kept, note] : [note, kept];
    const isNext = (head) => head.origin === next.origin && head.size === next.size && isSame(head.root, next.root);
    const proofs = growth.filter((proof) => proof.old === old.size && isNext(proof.head));
    for (const { path } of proofs) if (await grows(old, next, path)) return true;
    return proofs.length > 0 ? false : null;
  };

  /** What is wrong with the cosigned checkpoint that came along, whatever the policy. */
  const witnessedFault = async (held, log, copy) => {
    if (held === null) return "witnessed-malformed";
    const fault = log && (await signatureFault(held, log));
    if (fault && fault !== "signature-not-checked") return "witnessed-malformed";
    if (copy.isCase) return (await joins(held, copy)) ? null : "witnessed-contradicted";
    if (held.size > copy.size) return "witnessed-beyond-log";
    return copy.agrees(held) ? null : "witnessed-contradicted";
  };

  /**
   * Which lines witnesses vouch for, by the reader's policy. held: the cosigned checkpoint beside the copy's own; undefined if
   * there is none, null if it is no checkpoint. log: the log's key. copy: the copy, as far as it is needed.
   */
  const judgeWitnesses = async (policy, held, log, copy) => {
    const anchor = [], tail = [], { note } = copy;
    const add = (...values) => anchor.push(verdict("ANCHOR", ...values));
    const wrong = held === undefined ? null : await witnessedFault(held, log, copy);
    if (wrong) anchor.push(failure("ANCHOR", wrong));
    if (!policy) {
      const isCosigned = [note, held].some((one) => one && [...one.signatures.keys()].some((key) => key.split(" ")[0] !== one.origin));
      if (isCosigned) {
        add("notice", "witnesses-not-judged", 0, undefined,
          "Witnesses signed beside the log. Give a policy, obtained elsewhere, that says whose word counts.");
      }
      return { anchor, tail, isShort: false };
    }
    const isLog = (key) => log && isSame(key.raw, log.raw);
    if (log && policy.logs.length > 0 && !policy.logs.some((key) => isLog(key) && key.name === log.name)) {
      anchor.push(failure("ANCHOR", "log-not-in-policy"));
    }
    const dependent = policy.witnesses.filter(({ key }) => isLog(key)).length;
    if (dependent > 0) {
      add("notice", "witness-not-independent", dependent, undefined, "The key of a witness is the log's own: its word counts for nothing.");
    }
    let best = null;
    // The copy's own checkpoint covers more than an older one; what contradicts the copy vouches for nothing.
    for (const one of [note, wrong ? null : held].filter(Boolean)) {
      const fault = log ? await signatureFault(one, log) : "unknown-key";
      if (fault === "signature-not-checked") {
        add("skipped", fault, 0, undefined, "This browser has no Ed25519: what witnesses signed was not checked. Check it elsewhere.");
        return { anchor, tail, isShort: false };
      }
      if (fault) continue;
      const found = await cosigners(one, policy, log);
      if (found === null) {
        anchor.push(failure("ANCHOR", "bad-cosignature"));
        continue;
      }
      const judged = { size: one.size, found, isMet: isMet(policy, found.map(({ name }) => name)) };
      if (!best || (!best.isMet && (judged.isMet || judged.found.length > best.found.length))) best = judged;
    }
    const isEnough = best ? best.isMet : policy.quorum === null;
    const who = best && best.found.length > 0 ? best.found.map((one) => one.text).join(", ") : "no witness of the policy";
    const covered = best ? `The first ${best.size} lines of the record were cosigned by ${who}` : null;
    const witnessed = isEnough && best ? best.size : 0;
    if (isEnough) {
      add("passed", undefined, witnessed, undefined, `${covered || "The policy asks for no witness"}: that is enough under the policy that was given.`);
    } else {
      add("notice", "quorum-not-met", best ? best.found.length : 0, undefined,
        `${covered || "Nothing here was cosigned under the policy"}: not enough under the policy that was given.`);
    }
    if (policy.quorum !== null) {
      // The lines that no witness vouches for; of a case, those beyond the older checkpoint if it is that one that counts.
      let count = Math.max(0, copy.size - witnessed), first = witnessed;
      if (copy.isCase && witnessed > 0) [count, first] = held && held.size === witnessed ? [copy.beyond.count, copy.beyond.first] : [0];
      tail.push(count > 0
        ? verdict("TAIL", "notice", "tail-not-witnessed", count, first, "Lines that not enough witnesses cosigned yet: only the log's own word stands for them.")
        : verdict("TAIL", "passed", undefined, copy.size, undefined, "Every line here is witnessed."));
    }
    return { anchor, tail, isShort: !isEnough };
  };

  // Authors' signatures (OpenSSH PROTOCOL.sshsig, PROTOCOL.u2f; RFC 4253 section 6.6, RFC 5656, RFC 8332, RFC 8709).

  /** Reads the binary form of SSH (RFC 4251 section 5), and throws where it is cut short or goes on. */
  class SSHReader {
    constructor(bytes) {
      this.bytes = bytes;
      this.at = 0;
    }
    take(count) {
      const start = this.at;
      this.at += count;
      if (this.at > this.bytes.length) throw new Error("cut short");
      return this.bytes.subarray(start, this.at);
    }
    word() { return this.take(4).reduce((sum, byte) => sum * 256 + byte, 0); }
    string() { return this.take(this.word()); }
    /** A positive number in its shortest form, without the zero that keeps it from being negative. */
    number(longest) {
      const bytes = this.string(), digits = bytes[0] === 0 ? bytes.subarray(1) : bytes;
      const isShortest = bytes[0] === 0 ? digits[0] > 127 : bytes[0] < 128;
      if (!isShortest || digits.length > longest) throw new Error("a number in another form");
      return digits;
    }
    end() { if (this.at !== this.bytes.length) throw new Error("it goes on"); }
  }
  const sshString = (bytes) => joined([bytes.length >>> 24, bytes.length >>> 16, bytes.length >>> 8, bytes.length], bytes);
  const padded = (bytes, length) => joined(new Uint8Array(length - bytes.length), bytes);

  /** The curves of NIST: what WebCrypto calls them, their hash, and the length of a coordinate. */
  const CURVES = { nistp256: ["P-256", "SHA-256", 32], nistp384: ["P-384", "SHA-384", 48], nistp521: ["P-521", "SHA-512", 66] };
  const KEY_TYPES = [
    "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com", // on a FIDO security key
  ];

  /** The numbers inside a public key; throws for what is none. */
  const readSSHKey = (blob) => {
    const reader = new SSHReader(blob), type = ascii(reader.string()), key = { type, blob };
    if (blob.length > 4096 || !KEY_TYPES.includes(type)) throw new Error("another type of key");
    if (type === "ssh-rsa") {
      key.exponent = reader.number(8);
      key.modulus = reader.number(2048);
    } else if (type.includes("ed25519")) {
      key.point = reader.string();
      if (key.point.length !== 32) throw new Error("no key");
    } else {
      const curve = ascii(reader.string());
      key.curve = CURVES[curve];
      key.point = reader.string();
      if (!type.includes(`-${curve}`) || key.point.length !== 1 + 2 * key.curve[2] || key.point[0] !== 4) throw new Error("no key");
    }
    if (type.startsWith("sk-")) key.application = reader.string();
    reader.end();
    return key;
  };

  /** A signature, the key that it names, and what it is for; throws for what is none, and for RSA with SHA-1. */
  const readSSHSignature = (blob) => {
    const reader = new SSHReader(blob), magic = ascii(reader.take(6)), version = reader.word();
    const key = readSSHKey(reader.string()), namespace = reader.string(), reserved = reader.string(), hash = ascii(reader.string());
    const inner = new SSHReader(reader.string()), type = ascii(inner.string()), bytes = inner.string();
    // A security key adds a byte of flags and a counter.
    const token = key.application ? inner.take(5) : null;
    inner.end();
    reader.end();
    text(namespace); // or it is none
    const isForm = blob.length <= 16384 && magic === "SSHSIG" && version === 1 && namespace.length > 0 && reserved.length === 0;
    const isType = key.modulus ? ["rsa-sha2-256", "rsa-sha2-512"].includes(type) : type === key.type;
    if (!isForm || !isType || !["sha256", "sha512"].includes(hash)) throw new Error("no signature");
    let value = bytes;
    if (key.curve) {
      // SSH has two numbers, WebCrypto two coordinates of one length.
      const numbers = new SSHReader(bytes), length = key.curve[2];
      value = joined(padded(numbers.number(length), length), padded(numbers.number(length), length));
      numbers.end();
    } else if (key.modulus) value = padded(bytes, key.modulus.length); // some agents leave out zeros
    else if (bytes.length !== 64) throw new Error("no signature");
    return { key, namespace, hash, type, value, token };
  };

  /** Whether a key is one by whose signature anything could be "signed", or RSA below 2048 bits (NIST SP 800-131A). */
  const isWeak = ({ point, curve, modulus, exponent }) => {
    if (!modulus) return !curve && !isKey(point);
    const isLong = modulus.length > 256 || (modulus.length === 256 && modulus[0] > 127);
    const isOdd = (digits) => digits[digits.length - 1] % 2 === 1;
    return !isLong || !isOdd(modulus) || !isOdd(exponent) || (exponent.length === 1 && exponent[0] === 1);
  };

  /** Whether a signature's key made it over a message; null where this browser does not take the key. Keys are kept. */
  const isSignedBy = async ({ key, namespace, hash, type, value, token }, message, kept) => {
    const digest = new Uint8Array(await subtle.digest(hash === "sha256" ? "SHA-256" : "SHA-512", message));
    const pieces = [namespace, [], utf8.encode(hash), digest].map((piece) => sshString(Uint8Array.from(piece)));
    let signed = joined(utf8.encode("SSHSIG"), ...pieces);
    if (token) signed = joined(await sha256(key.application), token, await sha256(signed));
    const base64url = (bytes) => btoa(ascii(bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
    const algorithm = key.curve ? { name: "ECDSA", namedCurve: key.curve[0], hash: key.curve[1] }
      : key.modulus ? { name: "RSASSA-PKCS1-v1_5", hash: type === "rsa-sha2-256" ? "SHA-256" : "SHA-512" } : { name: "Ed25519" };
    const form = key.modulus ? { kty: "RSA", n: base64url(key.modulus), e: base64url(key.exponent) } : key.point;
    const name = `${type} ${hex(key.blob)}`;
    const take = () => subtle.importKey(key.modulus ? "jwk" : "raw", form, algorithm, false, ["verify"]).catch(() => null);
    if (!kept.has(name)) kept.set(name, isWeak(key) ? false : take());
    const imported = await kept.get(name);
    if (!imported) return imported;
    // The lowest flag: a person touched the security key.
    return (await subtle.verify(algorithm, imported, value, signed)) && (token === null || token[0] % 2 === 1);
  };

  /** The SSHSIG namespace of all statements of a deployment. */
  const namespaceOf = (origin) => `statement@${origin.split("/")[0]}`;

  const RULES = ["policy.signature_required", "policy.signature_lifted"];
  const KEY_EVENTS = ["user.enrolled", "user.key_added", "user.key_revoked", "user.disabled", ...RULES];

  /**
   * What can be told of a line's signature and of the files that belong to it, without any other line: its key, what is wrong,
   * whether the browser could check it; and the details of an event that says who holds a key. `used` learns of each file.
   */
  const lookAtSigning = async (line, raw, files, used, kept, isCase) => {
    const seen = { isSigned: line.sig !== undefined, altered: 0, missing: 0, isKeyEvent: line.outcome === "accepted" && KEY_EVENTS.includes(line.st.kind) };
    if (seen.isKeyEvent) {
      for (const name of line.st.parts.flatMap((digest) => [`parts/${digest}.json`, `keys/${digest}.json`])) {
        const file = files.get(name);
        if (file === undefined) continue;
        used(name);
        const isListed = name.endsWith(`/${hex(await sha256(file))}.json`);
        if (!isListed && name.startsWith("keys/")) seen.altered += 1;
        seen.isHere = seen.isHere || isListed;
        if (isListed && seen.details === undefined) seen.details = detailsOf(file);
      }
    }
    if (!seen.isSigned) return seen;
    const all = ascii(raw), blob = decode(line.sig);
    const message = raw.subarray(all.indexOf('"st":{') + 5, all.lastIndexOf(',"t":'));
    let signature;
    try { signature = readSSHSignature(blob); } catch { return { ...seen, fault: "signature-wrong" }; }
    // For ssh-keygen by hand, a case has the signed bytes and the signature as files, too.
    const place = `st/${String(line.cseq).padStart(6, "0")}`;
    const armour = ["-----BEGIN SSH SIGNATURE-----", ...line.sig.match(/.{1,70}/g), "-----END SSH SIGNATURE-----", ""].join("\n");
    for (const [name, bytes] of [[`${place}.json`, message], [`${place}.sig`, utf8.encode(armour)]]) {
      if (!files.has(name)) {
        seen.missing += isCase ? 1 : 0;
        continue;
      }
      used(name);
      if (!isSame(files.get(name), bytes)) seen.altered += 1;
    }
    const { key } = signature;
    const fingerprint = `SHA256:${btoa(ascii(await sha256(key.blob))).slice(0, 43)}`;
    if (fingerprint !== line.st.by) return { ...seen, fault: "signature-by-another-key" };
    if (ascii(signature.namespace) !== namespaceOf(line.st.log)) return { ...seen, fault: "signature-for-another-log" };
    const isGood = await isSignedBy(signature, message, kept);
    if (isGood === false) return { ...seen, fault: "signature-wrong" };
    return { ...seen, fingerprint, key: `${key.type} ${btoa(ascii(key.blob))}`, isChecked: isGood !== null };
  };

  /** JSON in its canonical form (RFC 8785), of what parts may hold: no fractions, and no more than 64 levels. */
  const canonical = (value, level = 2) => {
    const isList = Array.isArray(value), isObject = value !== null && typeof value === "object" && !isList;
    if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Error("no number of a part");
    if (typeof value === "string" && /[\ud800-\udfff]|\0/u.test(value)) throw new Error("no text of a part");
    if ((isList || isObject) && level > 64) throw new Error("too deep");
    if (isList) return `[${value.map((one) => canonical(one, level + 1)).join(",")}]`;
    if (!isObject) return JSON.stringify(value);
    return `{${Object.keys(value).sort().map((key) => `${canonical(key)}:${canonical(value[key], level + 1)}`).join(",")}}`;
  };

  /** What the part "details" of an event says; undefined if the file is another part, or is not in the one form that parts have. */
  const detailsOf = (file) => {
    try {
      const { name, salt, value } = JSON.parse(text(file));
      const form = `{"name":${canonical(name)},"salt":"${salt}","value":${canonical(value)}}\n`;
      const isPart = typeof salt === "string" && new RegExp(`^${D}$`).test(salt) && file.length <= 1 << 20;
      return isPart && name === "details" && isSame(utf8.encode(form), file) ? value : undefined;
    } catch {
      return undefined;
    }
  };

  /** A time as allowed_signers has it: 14 digits, UTC. */
  const secondOf = (time) => new Date(Math.min(time, 253402300799000)).toISOString().replace(/\D/g, "").slice(0, 14);

  /** The copy's file of allowed signers: its text, what the keys sign for, whose they were when. Null if it is in another form. */
  const readSigners = (bytes) => {
    const written = ascii(bytes), lines = written.split("\n").slice(0, -1);
    const terms = lines.map((line) =>
      /^([!-~]+) namespaces="([^" ]*)",valid-after="(\d{14})Z"(?:,valid-before="(\d{14})Z")? ([!-~]+) ([!-~]+)$/.exec(line));
    const isForm = bytes.length <= 1048576 && (written === "" || written.endsWith("\n")) && terms.every(Boolean);
    if (!isForm || terms.some((term) => term[2] !== terms[0][2]) || lines.some((line, at) => at > 0 && lines[at - 1] >= line)) return null;
    try {
      const listed = [];
      for (const [, member, , from, until, type, base64] of terms) {
        const key = readSSHKey(decode(base64));
        if (key.type !== type) return null;
        listed.push({ member, from, until, key: `${type} ${base64}` });
      }
      return { written, namespace: terms.length > 0 ? terms[0][2] : "", terms: listed };
    } catch {
      return null;
    }
  };

  /** Whether a rule for signatures is for whoever said something. */
  const isOf = ({ agency, role }, said) => (agency ?? said.agency) === said.agency && (role ?? said.role) === said.role;

  /**
   * Whose signatures stand under the statements, and whether the keys were theirs when they signed. A whole record tells that
   * itself, by the events that enrol and revoke keys; else the copy's own file of allowed signers is what there is. held: the
   * file that the reader has from elsewhere, read; or null.
   */
  class Signatures {
    constructor(isCase, origin, bytes, held) {
      this.isCase = isCase;
      this.origin = origin;
      this.isBundle = bytes !== undefined; // lines alone have no such file, and no events beside them
      this.own = bytes === undefined ? null : readSigners(bytes);
      this.isMalformed = bytes !== undefined && this.own === null;
      this.held = held;
      this.file = bytes === undefined ? held : this.own;
      this.terms = new Map(); // by fingerprint: whose it was from when until when
      this.keys = new Map(); // by fingerprint: those that signed
      this.seen = new Set();
      this.rules = new Map(); // which kinds are to be signed, by agency, role and act
      this.untold = 0; // rules that do not say it
      this.unread = this.good = this.unknown = this.unchecked = this.signed = this.vouched = this.altered = this.missing = this.gone = this.unspoken = 0;
    }

    /** Whether the record itself told so far who held which key. */
    get isDerived() { return !this.isCase && this.unread === 0; }

    /** What tells whose the keys were where the record itself does not: a file of its own is no stand-in for its events. */
    get stated() { return this.isCase ? this.file : this.held; }

    take(line, signing, place, findings) {
      this.altered += signing.altered;
      this.missing += signing.missing;
      if (!signing.isSigned) {
        this.vouched += 1;
        if (line.outcome !== "denied" && line.st.member !== "") {
          if (this.isToBeSigned(line) && !this.isFirstKey(line, signing)) findings.add("signature-missing", place);
          // Such lines do not tell what was done.
          if (line.st.kind === "restricted" && [...this.rules.values()].some((rule) => isOf(rule, line.st))) this.unspoken += 1;
        }
      } else {
        this.signed += 1;
        if (signing.fault) findings.add(signing.fault, place);
        else this.judge(line, signing, place, findings);
      }
      if (!signing.isKeyEvent || this.follow(line.st.kind, signing.details, line.t)) return;
      this.unread += 1;
      if (signing.isHere) findings.add("key-event-malformed", place);
      else this.gone += 1;
    }

    /** Whether a rule of policy asked for the author's signature; who makes such a rule signs it himself. */
    isToBeSigned({ st, outcome }) {
      return (RULES.includes(st.kind) && outcome === "accepted") || [...this.rules.values()].some((rule) =>
        isOf(rule, st) && rule.kinds.includes(st.kind));
    }

    /** Whether a member who has no key gets his first one by himself: he cannot sign that yet. */
    isFirstKey({ st }, { details }) {
      return st.kind === "user.key_added" && details !== null && typeof details === "object" && details.member === st.member &&
        ![...this.terms.values()].some((terms) => terms.some((term) => term.member === st.member && term.until === undefined));
    }

    judge(line, { fingerprint, key, isChecked }, place, findings) {
      const { member, n } = line.st;
      this.keys.set(fingerprint, key);
      if (this.seen.has(`${fingerprint} ${n}`)) findings.add("signature-replayed", place);
      this.seen.add(`${fingerprint} ${n}`);
      const holds = () => (this.terms.get(fingerprint) || []).some((term) => term.member === member && term.until === undefined);
      const isSilent = () => this.stated === this.held && !this.stated.terms.some((term) => term.key === key);
      if (!this.isDerived && (this.stated === null || isSilent())) this.unknown += 1;
      else if (!(this.isDerived ? holds() : this.lists(key, member, line.t))) findings.add("signer-not-enrolled", place);
      else this.good += 1;
      if (!isChecked) this.unchecked += 1;
    }

    /** Whether the file lists a key for a member at a time, both ends included, and for statements of this log. */
    lists(key, member, time) {
      const second = secondOf(time);
      return (this.origin === null || this.stated.namespace === namespaceOf(this.origin)) && this.stated.terms.some((term) =>
        term.key === key && term.member === member && term.from <= second && (term.until === undefined || second <= term.until));
    }

    /** Follows an event that says who holds a key; false if its details do not say what they should, or are not here. */
    follow(kind, facts, time) {
      const isText = (value) => typeof value === "string";
      const open = (key, member) => this.terms.set(key, [...(this.terms.get(key) || []), { member, from: time, until: undefined }]);
      const close = (key, member) => {
        const term = (this.terms.get(key) || []).filter((one) => one.member === member && one.until === undefined).pop();
        if (term) term.until = time;
      };
      if (facts === undefined || facts === null || typeof facts !== "object") return false;
      if (kind === "user.enrolled") {
        if (!isText(facts.id) || !Array.isArray(facts.keys)) return false;
        for (const key of facts.keys.filter(isText)) open(key, facts.id);
        return true;
      }
      if (RULES.includes(kind)) return this.followRule(kind, facts);
      if (!isText(facts.member)) return false;
      if (kind === "user.disabled") for (const key of this.terms.keys()) close(key, facts.member);
      else if (!isText(facts.fingerprint)) return false;
      else if (kind === "user.key_added") open(facts.fingerprint, facts.member);
      else close(facts.fingerprint, facts.member);
      return true;
    }

    followRule(kind, facts) {
      const names = ["agency", "role", "act"], isText = (value) => typeof value === "string";
      if (names.some((name) => Object.hasOwn(facts, name) && !isText(facts[name]))) return false;
      const { agency, role, kinds } = facts, rule = JSON.stringify(names.map((name) => facts[name] ?? null));
      if (kind === RULES[1]) this.rules.delete(rule);
      else if (!Object.hasOwn(facts, "kinds")) this.untold += 1;
      else if (Array.isArray(kinds) && kinds.every(isText)) {
        this.untold += kinds.length === 0 ? 1 : 0;
        this.rules.set(rule, { agency, role, kinds });
      } else return false;
      return true;
    }

    /** What allowed_signers has to say, as the record tells it: the keys that signed, one line for each term. */
    get derived() {
      const namespace = namespaceOf(this.origin), lines = [];
      for (const [fingerprint, key] of this.keys) {
        for (const { member, from, until } of this.terms.get(fingerprint) || []) {
          // ssh-keygen takes no line whose last second is its first.
          const end = until === undefined ? "" : `,valid-before="${secondOf(Math.max(until, from + 1000))}Z"`;
          lines.push(`${member} namespaces="${namespace}",valid-after="${secondOf(from)}Z"${end} ${key}\n`);
        }
      }
      return lines.sort().join("");
    }

    /** The terms that are not those of the file that the reader holds: the same key, the same member's, from then on. */
    get unconfirmed() {
      if (!this.held || this.origin === null) return [];
      const told = this.isDerived ? readSigners(utf8.encode(this.derived)) : this.file;
      return (told ? told.terms : []).filter((term) => !this.held.terms.some((one) =>
        one.key === term.key && one.member === term.member && one.from === term.from &&
        // One of two files may have been made before the key was revoked.
        (one.until === undefined || term.until === undefined || one.until === term.until)));
    }

    /** Whether a term may have begun since the reader's file was made: it does not name the key, or ended it before. */
    isNewer(term) {
      return this.held.terms.every((one) => one.key !== term.key || (one.until !== undefined && one.until <= term.from));
    }

    get contradicted() {
      const isOther = this.held.terms.length > 0 && this.held.namespace !== namespaceOf(this.origin);
      return this.unconfirmed.filter((term) => !this.isNewer(term)).length + (isOther ? 1 : 0);
    }

    verdicts(findings, unlisted) {
      const all = [], say = (...values) => all.push(verdict("SIGNATURES", ...values));
      const found = findings.of("signature-wrong", "signature-by-another-key", "signature-for-another-log", "signature-replayed", "signer-not-enrolled", "key-event-malformed", "signer-saw-another-history", "signature-missing");
      const also = (word, count) => { if (count > 0) found.push({ word, count, first: undefined }); };
      also("signers-malformed", this.isMalformed ? 1 : 0);
      if (this.own && this.origin !== null) {
        const isOther = this.own.terms.length > 0 && this.own.namespace !== namespaceOf(this.origin);
        also("signers-differ", isOther || (this.isDerived && this.derived !== this.own.written) ? 1 : 0);
      }
      if (this.held && this.origin !== null) also("signers-contradicted", this.contradicted);
      also("signature-file-altered", this.altered);
      also("signature-file-missing", this.missing);
      also("signature-file-unlisted", unlisted);
      for (const { word, count, first } of found) all.push(failure("SIGNATURES", word, count, first));
      const isSound = found.length === 0;
      if (this.gone > 0 && !this.isBundle) {
        say("notice", "key-events-elsewhere", this.gone, undefined,
          "These are lines without the events that say who holds a key and what is to be signed: a bundle has them.");
      } else if (this.gone > 0) {
        say("skipped", "key-events-missing", this.gone, undefined,
          "Events that say who holds a key, or what is to be signed, are not here: whether all that they ask for was signed cannot be told.");
      }
      if (this.isCase && this.vouched > 0) {
        say("notice", "signing-rules-elsewhere", this.vouched, undefined,
          "Whether a rule of policy asked for signatures on the lines that have none, a case does not tell.");
      }
      if (this.signed === 0) {
        if (isSound) say("skipped", undefined, 0, undefined, "No line is signed by its author: for who spoke, the daemon vouches.");
        return all;
      }
      if (isSound && this.unchecked > 0) {
        say("skipped", "signature-not-checked", this.unchecked, undefined, "This browser does not take keys of this type: these signatures were not checked. Check them elsewhere.");
      } else if (isSound && this.unknown > 0) {
        say("skipped", "signers-unknown", this.unknown, undefined, "These are signed, and nothing here tells whose the keys were.");
      } else if (isSound) {
        say("passed", undefined, this.good, undefined, "Statements signed by their authors, with keys that were theirs when they were recorded.");
        if (!this.isDerived && !this.held) {
          say("notice", "signers-from-copy", this.file ? this.file.terms.length : 0, undefined,
            "Whose the keys were is told by the copy's own allowed_signers: open that of a whole record (below).");
        }
      }
      const newer = this.unconfirmed.filter((term) => this.isNewer(term));
      if (newer.length > 0) {
        say("skipped", "signers-older", newer.length, undefined,
          `The file of signers that you hold is older than this copy: it does not name the key of ${newer.slice(0, 3).map((term) => term.member).join(", ")}. Get a newer one.`);
      }
      if (this.vouched > 0) say("notice", "vouched-by-daemon", this.vouched, undefined, "Lines that no author signed: for who spoke, the daemon vouches.");
      if (this.untold > 0) {
        say("notice", "signing-rules-untold", this.untold, undefined,
          "Rules for signatures that state no kind of line that they are for: whether all was signed that they ask for was not looked at.");
      }
      if (this.unspoken > 0) {
        say("notice", "signing-rules-unjudged", this.unspoken, undefined,
          "Lines that do not tell what was done, by whom a rule asks for signatures: whether they were to be signed was not looked at.");
      }
      return all;
    }
  }

  // What is left out of a case on purpose: the first and last places of runs.

  const readWithheld = (bytes) => {
    const runs = ascii(bytes).split("\n").slice(0, -1).map((line) => line.split(" ").map(Number));
    const isGood = runs.length > 0 && new RegExp(`^(?:${N} ${N}\\n)+$`).test(ascii(bytes)) &&
      runs.every(([first, last], at) => first <= last && last <= Number.MAX_SAFE_INTEGER && (at === 0 || runs[at - 1][1] + 1 < first));
    return isGood ? runs : null;
  };

  const howMany = (runs) => (runs || []).reduce((sum, [first, last]) => sum + last - first + 1, 0);

  const runOf = (runs, place) => {
    let low = 0, high = runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (runs[middle][1] < place) low = middle + 1;
      else high = middle;
    }
    return low < runs.length && runs[low][0] <= place ? runs[low] : null;
  };

  /** Follows the numbers of lines, and tells a missing line from a moved, a repeated and a second one. */
  class Sequence {
    constructor(withheld) {
      this.withheld = withheld;
      this.next = 0;
      this.seen = new Map();
      this.isWhole = true;
      this.found = [];
    }
    add(word, at) {
      const before = this.found.find((finding) => finding.word === word);
      if (before) before.count += 1;
      else this.found.push({ word, count: 1, first: at });
    }
    /** Whether a line comes after all before it. */
    take(number, leaf) {
      if (runOf(this.withheld, number)) this.add("line-said-withheld", number);
      if (number >= this.next) {
        this.isWhole = this.isWhole && number === this.next;
        this.seen.set(number, leaf);
        this.next = number + 1;
        return true;
      }
      this.isWhole = false;
      const earlier = this.seen.get(number);
      if (earlier === undefined) this.seen.set(number, leaf);
      this.add(earlier === undefined ? "records-out-of-order" : earlier === leaf ? "record-duplicated" : "duplicate-sequence-fork", number);
      return false;
    }
    /** Passes over a line whose number cannot be read. */
    skip() {
      this.isWhole = false;
      this.seen.set(this.next, "?");
      this.next += 1;
    }
    /** What was found; missing lines last, since only at the end it is known that they do not come. */
    findings() {
      const found = [...this.found], last = this.withheld[this.withheld.length - 1];
      if (last && last[1] >= this.next) found.push({ word: "withheld-beyond-end", count: 1, first: last[1] });
      const missing = this.next - this.seen.size - this.withheld.reduce((sum, [a, b]) => sum + b - a + 1, 0);
      if (missing <= 0) return found;
      let first = 0;
      while (first < this.next) {
        const run = runOf(this.withheld, first);
        if (!run && !this.seen.has(first)) break;
        first = run ? run[1] + 1 : first + 1;
      }
      return [...found, { word: "record-missing", count: missing, first }];
    }
  }

  /** What was found of each kind, how often and where first. */
  class Findings {
    constructor() { this.found = new Map(); }
    add(word, at, count = 1) {
      if (count <= 0) return;
      if (!this.found.has(word)) this.found.set(word, { word, count: 0, first: at });
      this.found.get(word).count += count;
    }
    of(...words) { return words.map((word) => this.found.get(word)).filter(Boolean); }
  }

  // Removal by law: which of the parts that are not here were destroyed with authority, and whether everybody was told.

  /** What a purge may rest on, and what it may have to be told of. */
  const REGISTER = ["dissemination.recorded", "breakglass.invoked"];
  const GROUNDS = ["court_order.received", "retention.reviewed", "purge.proposed", ...REGISTER];

  /** The lines, and parts of lines, that a line names. */
  const references = (line) => line.st.ref.map((said) => ({ said, seq: Number(said.split(":")[0]), part: said.split(":")[1] }));

  class Removals {
    constructor() {
      this.missing = new Map(); // by line: the digests that are not here, whether others of it are, its place
      this.grounds = new Map();
      this.approvals = [];
      this.told = new Map();
      this.register = new Map(); // by the line of what was given
    }

    /** Takes a line, which stands at a place, with those of its parts that are not here. */
    take(line, place, missing, isPartial) {
      if (missing.length > 0) this.missing.set(line.seq, { digests: missing, isPartial, place });
      const isEmergency = line.outcome === "overridden" && line.st.kind === "breakglass.invoked";
      if (line.outcome !== "accepted" && !isEmergency) return;
      const named = references(line);
      if (line.st.kind === "purge.approved") this.approvals.push({ line, place });
      else if (line.st.kind !== "purge.notice_sent") {
        if (GROUNDS.includes(line.st.kind)) this.grounds.set(line.seq, line);
        if (REGISTER.includes(line.st.kind) && named.length > 0) {
          this.register.set(named[0].seq, [...(this.register.get(named[0].seq) || []), line]);
        }
      } else if (named.length === 2) this.told.set(`${named[0].seq} ${named[1].seq}`, line);
    }

    /**
     * Two persons with two duties: the approval names the proposal first, of the same case, by another member in another role;
     * the proposal names an order or a review before it; and it names each part that the approval names.
     */
    authority(approval) {
      const named = references(approval), said = approval.st;
      const proposal = named.length > 0 && !named[0].part ? this.grounds.get(named[0].seq) : undefined;
      if (!proposal || proposal.st.kind !== "purge.proposed" || proposal.seq >= approval.seq) return null;
      const asked = references(proposal), asks = proposal.st;
      const isByTwo = asks.member !== "" && said.member !== "" && asks.member !== said.member && asks.role !== said.role;
      const rests = asked.map(({ seq, part }) => (part ? undefined : this.grounds.get(seq))).find((ground) => {
        return ground && ["court_order.received", "retention.reviewed"].includes(ground.st.kind) &&
          ground.seq < proposal.seq && ground.st.case === said.case;
      });
      const isAsked = named.every(({ said: one, part }) => !part || asks.ref.includes(one));
      return asks.case === said.case && isByTwo && rests && isAsked ? rests : null;
    }

    /** The lines of the register that an approval names, or that gave something of which it names a part, before it. */
    givenUnder(approval) {
      const named = references(approval), isRegister = (seq) => this.grounds.has(seq) && REGISTER.includes(this.grounds.get(seq).st.kind);
      const purged = new Set(named.filter(({ part }) => part).map(({ seq }) => seq));
      const found = [...purged].flatMap((seq) => this.register.get(seq) || [])
        .filter((line) => line.st.case === approval.st.case && line.seq < approval.seq);
      return new Set([...named.filter(({ seq, part }) => !part && isRegister(seq)), ...found].map(({ seq }) => seq));
    }

    /** What came of it; lists are of places. */
    result() {
      const result = { destroyed: 0, under: [], orders: [], lost: 0, withheld: 0, unauthorised: [], untold: [] };
      const rest = new Map([...this.missing].map(([seq, one]) => [seq, { ...one, digests: [...one.digests] }]));
      for (const { line, place } of this.approvals) {
        const ground = this.authority(line);
        if (ground === null) {
          result.unauthorised.push(place);
          continue;
        }
        const before = result.destroyed;
        for (const { seq, part } of references(line)) {
          const digests = rest.has(seq) ? rest.get(seq).digests : [];
          if (part && digests.includes(part)) {
            digests.splice(digests.indexOf(part), 1);
            result.destroyed += 1;
          }
        }
        for (const seq of this.givenUnder(line)) {
          const notice = this.told.get(`${line.seq} ${seq}`);
          if (!notice || notice.st.case !== line.st.case || notice.seq <= line.seq) result.untold.push(place);
        }
        if (result.destroyed > before) {
          result.under.push(place);
          result.orders.push(ground);
        }
      }
      const left = [...rest.values()].filter(({ digests }) => digests.length > 0).sort((a, b) => a.place - b.place);
      for (const { digests, isPartial, place } of left) {
        // A copy holds all parts of a line or none: where only some are gone, they were taken away.
        if (isPartial && result.lost === 0) result.firstLost = place;
        result[isPartial ? "lost" : "withheld"] += digests.length;
      }
      return result;
    }
  }

  // Whether what has to be on the record is there, as far as lines without content can show it.

  const HOUR = 3600000; // milliseconds
  const PURGE = ["purge.approved"], NOTICE = ["purge.notice_sent"], EMERGENCY = ["breakglass.invoked"], ORDER = ["court_order.received"];
  /** What a line rests on: the first line that it names is one of these kinds, of the same case and before it. */
  const RESTS = new Map(Object.entries({
    "access.read": REGISTER, "breakglass.expired": EMERGENCY, "breakglass.reviewed": EMERGENCY,
    "breakglass.review_overdue": EMERGENCY, "purge.notice_sent": PURGE, "record.purged": PURGE, "purge.certified": NOTICE,
    "purge.certification_overdue": NOTICE, "record.sealed": ORDER, "record.unsealed": ORDER,
  }));
  /** What a line begins, and by when another says that it ended or ran out. */
  const BEGINS = new Map(Object.entries({
    "breakglass.invoked": [["end", 2 * HOUR], ["review", 24 * HOUR]], "purge.notice_sent": [["certification", 720 * HOUR]],
  }));
  const ENDS = new Map(Object.entries({
    "breakglass.expired": ["end", true], "breakglass.reviewed": ["review", false], "breakglass.review_overdue": ["review", true],
    "purge.certified": ["certification", false], "purge.certification_overdue": ["certification", true],
  }));
  const REVIEWS = ["case.opened", "case.reopened", "case.reviewed"];
  const COVERED = new Set([...RESTS.keys(), ...BEGINS.keys(), ...REGISTER, ...ORDER, ...PURGE, ...REVIEWS, "case.closed", "case.review_overdue"]);

  /** Follows what lines begin, and what they rest on; an hour is allowed, so that nothing depends on how fast a host is. */
  class Coverage {
    constructor(withheld, findings) {
      this.withheld = withheld;
      this.findings = findings;
      this.grounds = new Map();
      this.owed = new Map();
      this.reviews = new Map();
      this.now = this.count = 0;
    }

    take(line, place) {
      if (line.st.member !== "") this.now = Math.max(this.now, line.t);
      const kind = line.st.kind;
      const isEmergency = line.outcome === "overridden" && kind === "breakglass.invoked";
      if (!COVERED.has(kind) || (line.outcome !== "accepted" && !isEmergency)) return;
      const named = references(line);
      if (kind === "access.read" && named.length === 0) return;
      this.count += 1;
      const demand = (isThere) => { if (!isThere) this.findings.add("ground-missing", place); };
      if (RESTS.has(kind)) demand(this.rests(line, place, named));
      if (REGISTER.includes(kind)) demand(named.length > 0 && named[0].seq < line.seq);
      if (kind === "access.read") demand(!this.isOver(line, named[0].seq));
      for (const [what, within] of BEGINS.get(kind) || []) this.owed.set(`${line.seq} ${what}`, { place, due: line.t + within });
      if (ENDS.has(kind)) {
        const [what, isLate] = ENDS.get(kind);
        for (const { seq } of named) {
          this.end(this.owed.get(`${seq} ${what}`), isLate ? 0 : line.t);
          this.owed.delete(`${seq} ${what}`);
        }
      }
      if (kind.startsWith("case.")) {
        this.end(this.reviews.get(line.st.case), kind === "case.review_overdue" ? 0 : line.t);
        this.reviews.delete(line.st.case);
      }
      if (REVIEWS.includes(kind)) this.reviews.set(line.st.case, { place, due: line.t + 2160 * HOUR });
      if ([...REGISTER, ...ORDER, ...PURGE, ...NOTICE].includes(kind)) this.grounds.set(line.seq, line);
    }

    rests(line, place, named) {
      if (named.length === 0 || named[0].part) return false;
      const ground = this.grounds.get(named[0].seq);
      // It may be one of those that are left out of the copy.
      if (!ground) return this.withheld.length > 0 && this.withheld[0][0] < place;
      return RESTS.get(line.st.kind).includes(ground.st.kind) && ground.st.case === line.st.case && ground.seq < line.seq &&
        (!ORDER.includes(ground.st.kind) || ground.st.member !== line.st.member);
    }

    isOver(line, seq) {
      const ground = this.grounds.get(seq);
      return ground !== undefined && EMERGENCY.includes(ground.st.kind) && line.t > ground.t + 3 * HOUR;
    }

    end(duty, time) {
      const isLeftOut = () => this.withheld.length > 0 && this.withheld[this.withheld.length - 1][1] > duty.place;
      if (duty && duty.due + HOUR < time && !isLeftOut()) this.findings.add("deadline-missing", duty.place);
    }

    /** What had run out by the last act of a member was on the record before it. */
    close() {
      const left = [...this.owed.values(), ...this.reviews.values()].sort((one, other) => one.place - other.place);
      for (const duty of left) this.end(duty, this.now);
    }
  }

  /** What a purge rests on, as far as the copy shows it. */
  const orderInWords = async (ground, files, number) => {
    if (ground.st.kind !== "court_order.received") return `the retention review at line ${ground[number]}`;
    let details;
    for (const digest of ground.st.parts) {
      const file = files.get(`parts/${digest}.json`);
      if (details === undefined && file !== undefined && hex(await sha256(file)) === digest) details = detailsOf(file);
    }
    const terms = ["kind", "court", "docket"].map((key) => (details || {})[key]).filter((term) => typeof term === "string");
    return `the court order at line ${ground[number]}${terms.length > 0 ? ` (${terms.join(", ")})` : ""}`;
  };

  /** What the line of a case's export states of its bundle; "unstated" by older ones, "unread" if it cannot be told. */
  const whatIsStated = async (line, files) => {
    let details, isFound = false, isWhole = true;
    for (const digest of line.st.parts) {
      const file = files.get(`parts/${digest}.json`);
      if (file === undefined || hex(await sha256(file)) !== digest) isWhole = false;
      else if (!isFound && detailsOf(file) !== undefined) [details, isFound] = [detailsOf(file), true];
    }
    if (!isFound) return isWhole ? "unstated" : "unread";
    const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
    if (!isObject(details)) return "unread";
    if (!Object.hasOwn(details, "holds")) return "unstated";
    const holds = details.holds;
    const names = isObject(holds) ? Object.keys(holds).filter((name) => name !== "lost").sort().join() : "";
    if (names !== "parts,partsDigest,withheld,withheldDigest") return "unread";
    const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
    const isDigest = (value) => typeof value === "string" && new RegExp(`^${D}$`).test(value);
    if (Object.hasOwn(holds, "lost") && !(isCount(holds.lost) && holds.lost > 0)) return "unread";
    return isCount(holds.parts) && isCount(holds.withheld) && isDigest(holds.partsDigest) && isDigest(holds.withheldDigest)
      ? holds : "unread";
  };

  const proofName = (number) => `proofs/${String(number).padStart(6, "0")}.tlog-proof`;

  /** What is wrong with the proof of a line (C2SP tlog-proof); nothing if it leads to the root of the checkpoint. */
  const proofFault = async (file, leaf, seq, note, noteBytes, kept) => {
    if (seq >= note.size) return "line-beyond-checkpoint";
    if (file === undefined) return "proof-missing";
    let index, path, after;
    try {
      const all = ascii(file), end = all.indexOf("\n\n");
      const [mark, place, ...hashes] = all.slice(0, end).split("\n");
      index = place.slice("index ".length);
      path = hashes.map(decode);
      after = file.subarray(end + 2);
      if (end < 0 || mark !== "c2sp.org/tlog-proof@v1" || !new RegExp(`^index ${N}$`).test(place)) return "proof-malformed";
      if (path.length > 63 || path.some((hash) => hash.length !== 32)) return "proof-malformed";
    } catch {
      return "proof-malformed";
    }
    const root = Number(index) === seq ? await followPath(leaf, seq, note.size, path, kept) : null;
    if (root === null || !isSame(root, note.root)) return "proof-wrong";
    return isSame(after, noteBytes) ? null : "proof-of-another-checkpoint";
  };

  /** Where a name stands in the order of names: proofs come by their numbers, of six digits or more. */
  const placeOf = (name) => {
    const folder = ["proofs/", "st/"].find((folder) => name.startsWith(folder));
    return folder ? `${folder}${String(name.split(".")[0].length).padStart(3, "0")}${name}` : name;
  };

  /** The list of digests, and the log's signature over it. */
  const SUMS = ["SHA256SUMS", "SHA256SUMS.note"];

  /** What lines have beside them that are no export, and need no list. */
  const ALONE = ["entries.jsonl", "checkpoint", "check.py", "verify.py"];

  /** Whether a file is what the log signed for the list of digests with this one, and nothing else; null where it cannot be told. */
  const isListSigned = async (bytes, digest, key) => {
    const said = `accord bundle\nlog ${key.name}\nsha256 ${digest}\n`, start = `${said}\n\u2014 ${key.name} `;
    let value;
    try {
      const written = text(bytes);
      if (bytes.length > 4096 || !written.startsWith(start) || !written.endsWith("\n")) return false;
      value = decode(written.slice(start.length, -1));
    } catch {
      return false;
    }
    if (value.length !== 68 || hex(value.subarray(0, 4)) !== key.identifier) return false;
    return isSigned(key.raw, value.subarray(4), utf8.encode(said));
  };

  /** The list of digests: what is listed and not there or not so, and what is there and not listed. */
  const checkSums = async (files, key, findings) => {
    const list = files.get("SHA256SUMS"), note = files.get("SHA256SUMS.note");
    if (list === undefined) {
      if ([...files.keys()].some((name) => !ALONE.includes(name))) findings.add("sums-missing", undefined);
      return;
    }
    const written = ascii(list);
    const lines = written.split("\n"), names = lines.slice(0, -1).map((line) => line.slice(66));
    const isGood = lines.pop() === "" && lines.every((line) => /^[0-9a-f]{64} {2}/.test(line)) &&
      names.every((name, at) => isPath(name) && (at === 0 || placeOf(names[at - 1]) < placeOf(name)));
    if (!isGood) return findings.add("sums-malformed", undefined);
    for (let at = 0; at < lines.length; at += 1) {
      const file = files.get(names[at]);
      if (file === undefined) findings.add("file-missing", undefined);
      else if (hex(await sha256(file)) !== lines[at].slice(0, 64)) findings.add("file-altered", undefined);
    }
    const listed = new Set(names);
    findings.add("file-unlisted", undefined, [...files.keys()].filter((name) => !listed.has(name) && !SUMS.includes(name)).length);
    if (note === undefined) findings.add("sums-unsigned", undefined);
    else if (key && (await isListSigned(note, hex(await sha256(list)), key)) === false) findings.add("sums-signature-wrong", undefined);
  };

  /**
   * The check of a bundle.
   *
   * files: a Map from names to bytes. trust: what the reader has from elsewhere: key (text of a vkey, or empty), known (texts
   * of checkpoints), growth (texts of proofs that a case's checkpoint and such a one are of one history), policy (text of a policy of witnesses, or empty), signers (bytes of a file of allowed signers, or none),
   * isStrict. Gives the verdicts, the exit status that the programs would end with, and the lines.
   */
  const verify = async (files, trust = {}, progress = () => {}) => {
    if (!subtle) return unchecked("This browser offers no WebCrypto here, so that nothing can be checked.");
    let key, kept, policy, heldSigners, growth;
    try {
      growth = (trust.growth || []).map((text) => readGrowth(utf8.encode(text)));
      for (const proof of growth) proof.head = readNote(proof.note);
      heldSigners = trust.signers ? readSigners(trust.signers) : undefined;
      if (heldSigners === null) throw new Error("that is no file of allowed signers as a bundle has it");
      policy = trust.policy ? await readPolicy(trust.policy) : null;
      key = trust.key ? await readKey(trust.key.trim()) : null;
      // A policy with one log says from elsewhere whose record this is.
      if (!key && policy && policy.logs.length === 1) key = policy.logs[0];
      kept = (trust.known || []).map((note) => readNote(utf8.encode(note)));
      for (const note of kept) {
        const fault = key && (await signatureFault(note, key));
        if (fault && fault !== "signature-not-checked") return unchecked("The checkpoint that you gave is not signed by the key that you gave.");
      }
    } catch (error) {
      return unchecked(`What you gave cannot be used: ${error.message}.`);
    }
    const content = files.get("entries.jsonl");
    if (content === undefined) return unchecked("There are no lines.");

    const noteBytes = files.get("checkpoint");
    let held = files.has("witnessed") ? null : undefined;
    try { held = files.has("witnessed") ? readNote(files.get("witnessed")) : held; } catch { /* said below */ }
    let note = null, own = null, isKeyMalformed = false;
    try { note = noteBytes === undefined ? null : readNote(noteBytes); } catch { /* said below */ }
    try {
      own = files.has("log.vkey") ? await readKey(text(files.get("log.vkey"))) : null;
      isKeyMalformed = own !== null && !/^[^\n]*\n$/.test(text(files.get("log.vkey")));
    } catch {
      isKeyMalformed = true;
    }
    if (isKeyMalformed) own = null;

    const findings = new Findings();
    const names = (folder) => [...files.keys()].filter((name) => name.startsWith(folder));
    // What the bundle says of itself is not asked: lines with proofs are one case, lines without are a record.
    const isCase = names("proofs/").length > 0;
    const unused = new Set(["proofs/", "parts/", "keys/", "st/"].flatMap(names));
    const withheld = isCase && files.has("withheld") ? readWithheld(files.get("withheld")) : [];
    if ((files.has("withheld") ? readWithheld(files.get("withheld")) : []) === null) findings.add("withheld-malformed", 0);
    const order = new Sequence(withheld || []);
    const shared = new Map(), streams = new Map(), leaves = [], lines = [], removals = new Removals(), coverage = new Coverage(withheld || [], findings);
    const signatures = new Signatures(isCase, note ? note.origin : null, files.get("allowed_signers"), heldSigners ?? null), keys = new Map();
    // A whole record without any such file is copied without content: its parts are not missing.
    const hasParts = ["parts/", "proofs/", "keys/", "st/"].some((folder) => names(folder).length > 0);
    const seen = []; // what authors signed to have seen
    const partNames = []; // of the parts that are here, but for those of the last line
    const beyond = { count: 0, first: undefined }; // lines of a case beyond the cosigned checkpoint
    let linked = 0, stream = null, last = null, closing = null, lastNames = [], given = 0, absent = 0, lookedAtParts = false;
    const [number, link] = isCase ? ["cseq", "cprev"] : ["seq", "prev"];

    const follow = (line, leaf) => {
      if (!order.take(line[number], leaf)) return;
      if (line[number] === 0) {
        linked += 1;
        if (line[link] !== EMPTY) findings.add("link-broken", 0);
      } else if (last) {
        if (last.line[number] + 1 === line[number]) {
          linked += 1;
          // One of the two was changed; what the later one states is what the earlier one was.
          if (line[link] !== last.leaf) findings.add("line-altered", last.line[number]);
        }
        if (line.t < last.line.t) findings.add("time-runs-back", line[number]);
        if (line.seq <= last.line.seq) findings.add("position-runs-back", line[number]);
      }
      if (!isCase && order.isWhole) {
        const before = streams.get(line.st.case) || { next: 0, leaf: EMPTY };
        if (line.cseq !== before.next || line.cprev !== before.leaf) findings.add("link-broken", line.seq);
        streams.set(line.st.case, { next: line.cseq + 1, leaf });
      }
      last = { line, leaf };
    };

    const cut = splitLines(content);
    for (let at = 0; at < cut.lines.length; at += RUN) {
      progress(at, cut.lines.length);
      // What can be told of a line alone is asked for many at a time; the rest follows in order.
      const run = await Promise.all(cut.lines.slice(at, at + RUN).map(async (raw) => {
        const leaf = await leafHash(raw), line = readLine(raw);
        if (line === null) return { leaf, line };
        const parts = await Promise.all(line.st.parts.map(async (digest) => {
          const file = files.get(`parts/${digest}.json`);
          return file === undefined ? null : hex(await sha256(file)) === digest;
        }));
        const proof = files.get(proofName(line.cseq));
        const fault = isCase && note ? await proofFault(proof, leaf, line.seq, note, noteBytes, shared) : null;
        const signing = await lookAtSigning(line, raw, files, (name) => unused.delete(name), keys, isCase);
        return { leaf, line, parts, fault, signing };
      }));
      for (const { leaf, line, parts, fault, signing } of run) {
        const index = leaves.length;
        leaves.push(leaf);
        lines.push(line);
        closing = null;
        for (const name of lastNames) partNames.push(`${name}\n`);
        lastNames = line === null ? [] : line.st.parts.filter((_, at) => parts[at] === true);
        if (line === null) {
          findings.add("malformed-line", index);
          order.skip();
          last = null;
          continue;
        }
        unused.delete(proofName(line.cseq));
        for (const digest of line.st.parts) unused.delete(`parts/${digest}.json`);
        if (isCase && held && line.seq >= held.size) {
          if (beyond.count === 0) beyond.first = line[number];
          beyond.count += 1;
        }
        if (line.sig !== undefined && !isCase) seen.push({ size: line.st.saw_size, root: line.st.saw_root, before: index, place: line[number] });
        if (line.st.kind === "access.exported" && line.outcome === "accepted") closing = line;
        if (note && line.st.log !== note.origin) findings.add("line-of-another-log", line[number]);
        if (fault) findings.add(fault, line[number]);
        const here = parts.filter((part) => part === true).length;
        const missing = hasParts ? line.st.parts.filter((_, at) => parts[at] === null) : [];
        given += here;
        absent += missing.length;
        removals.take(line, line[number], missing, here > 0);
        coverage.take(line, line[number]);
        signatures.take(line, signing, line[number], findings);
        lookedAtParts = lookedAtParts || parts.some((part) => part !== null);
        findings.add("part-altered", line[number], parts.filter((part) => part === false).length);
        if (isCase && stream !== null && line.st.case !== stream) {
          findings.add("line-of-another-case", line[number]);
          continue;
        }
        stream = isCase ? line.st.case : stream;
        follow(line, hex(leaf));
      }
    }
    if (cut.rest.length > 0) findings.add("truncated-last-line", leaves.length);
    const rows = seen.some((saw) => saw.size > 0) ? await treeRows(leaves) : [];
    for (const saw of seen) {
      // Each author is a witness: what he signed to have seen is the beginning of this record, before his line.
      const isHere = saw.size <= saw.before && hex(await rootAt(rows, saw.size)) === saw.root;
      if (!isHere) findings.add("signer-saw-another-history", saw.place);
    }
    await checkSums(files, key || own, findings);
    const unlisted = (folder) => [...unused].filter((name) => name.startsWith(folder)).length;
    lookedAtParts = lookedAtParts || unlisted("parts/") > 0;
    progress(cut.lines.length, cut.lines.length);

    // The verdicts.

    const size = leaves.length;
    if (size === 0 && noteBytes === undefined && kept.length === 0 && cut.rest.length === 0) {
      return { verdicts: [verdict("FORMAT", "skipped", "no-lines", 0, undefined, "There is no line.")], exitCode: 40, lines };
    }
    const roots = new Map([[0, unhex(EMPTY)]]);
    for (const wanted of [note, held, ...kept].filter(Boolean).map((head) => head.size)) {
      if (!isCase && wanted <= size && !roots.has(wanted)) roots.set(wanted, await rootOf(leaves.slice(0, wanted)));
    }
    // What the export states of its bundle, and what of it is here.
    const stated = isCase && closing ? await whatIsStated(closing, files) : null;
    const runs = (withheld || []).map(([first, to]) => `${first} ${to}\n`).join("");
    const isStated = stated !== null && typeof stated === "object";
    const isSameAs = async (count, digest, wanted, words) => count === wanted && digest === hex(await sha256(utf8.encode(words)));
    const linesDiffer = isStated && !(await isSameAs(stated.withheld, stated.withheldDigest, howMany(withheld), runs));
    const partsDiffer = isStated && !(await isSameAs(stated.parts, stated.partsDigest, partNames.length, partNames.join("")));
    const joined = []; // of a case: whether each checkpoint that the reader holds is of its history
    for (const head of isCase ? kept : []) joined.push(await isJoined(head, note, growth));
    const agrees = (head) => roots.has(head.size) && isSame(roots.get(head.size), head.root);
    const left = howMany(withheld);
    const verdicts = [];
    const say = (...values) => verdicts.push(verdict(...values));
    const fail = (...values) => verdicts.push(failure(...values));
    const judge = (check, found, count) => {
      for (const finding of found) fail(check, finding.word, finding.count, finding.first);
      if (found.length === 0) say(check, "passed", undefined, count, undefined, `${count} lines looked at.`);
    };

    const log = note ? ` of ${note.origin}` : "";
    if (isCase) {
      say("SCOPE", "notice", "one-case", size, undefined,
        `One case${log}, stream ${stream || "that no line names"}; places are those in the case. Of other cases it says nothing.`);
    } else {
      say("SCOPE", "notice", "whole-record", size, undefined, `A whole record${log}, from its first line; places are those in the record.`);
    }
    judge("FORMAT", findings.of("malformed-line", "truncated-last-line", "sums-missing", "sums-malformed", "sums-unsigned", "sums-signature-wrong", "file-altered", "file-missing", "file-unlisted"), size);
    judge("LINKS", findings.of("line-altered", "link-broken", "line-of-another-case"), linked);
    const malformed = findings.of("malformed-line")[0];
    judge("SEQUENCE", [...order.findings(), ...findings.of("time-runs-back", "position-runs-back", "withheld-malformed"),
      ...(linesDiffer ? [{ word: "withheld-not-as-exported", count: 1, first: undefined }] : [])], size - (malformed ? malformed.count : 0));
    if (left > 0) {
      say("SEQUENCE", "notice", "lines-withheld", left, withheld[0][0], "Lines of the case are left out of this copy, as it says: its reader may not know of them.");
    }

    if (isKeyMalformed) fail("ANCHOR", "key-malformed");
    if (noteBytes === undefined) {
      const isOpen = kept.length === 0 || isCase;
      say("ANCHOR", "skipped", isOpen ? "no-checkpoint" : undefined, 0, undefined,
        isOpen ? "There is no checkpoint: the lines agree with one another, which whoever rewrites them can see to." : "The copy has no checkpoint of its own.");
    } else if (note === null) {
      fail("ANCHOR", "checkpoint-malformed");
    } else {
      const fault = key || own ? await signatureFault(note, key || own) : null;
      if (fault === "signature-not-checked") {
        say("ANCHOR", "skipped", fault, 0, undefined, "This browser has no Ed25519: the checkpoint's signature was not checked. Compare the key, and check the signature elsewhere.");
      } else if (fault) fail("ANCHOR", fault);
      for (const finding of findings.of("line-of-another-log")) fail("ANCHOR", finding.word, finding.count, finding.first);
      if (isCase) {
        const found = findings.of("line-beyond-checkpoint", "proof-missing", "proof-malformed", "proof-wrong", "proof-of-another-checkpoint");
        if (unlisted("proofs/") > 0) found.push({ word: "proof-unlisted", count: unlisted("proofs/"), first: undefined });
        for (const finding of found) fail("ANCHOR", finding.word, finding.count, finding.first);
        if (found.length === 0) say("ANCHOR", "passed", undefined, size, undefined, `The proof of each line leads to the root of the checkpoint at ${note.size}.`);
      } else if (note.size > size) fail("ANCHOR", "checkpoint-beyond-log", 1, size);
      else if (!agrees(note)) fail("ANCHOR", "root-mismatch");
      else say("ANCHOR", "passed", undefined, note.size, undefined, `The lines give the root of the checkpoint at ${note.size}.`);
      const isNote = (head) => head.origin === note.origin && head.size === note.size && isSame(head.root, note.root);
      const ours = isCase ? joined : kept.map((head) => agrees(head) || isNote(head));
      const agreed = Math.max(0, ...kept.filter((head, at) => ours[at] && head.origin === note.origin).map((head) => head.size));
      if (!key && agreed < note.size) {
        const what = agreed === 0
          ? "Internally consistent at best, trust not established: whoever made this copy could have made its key."
          : `Trust is established for ${agreed} lines by a checkpoint from elsewhere, and not for those that follow.`;
        say("ANCHOR", "notice", "trust-not-established", 0, undefined, `${what} Give the log's key, obtained elsewhere.`);
      }
    }

    let contradictions = 0;
    for (const [at, head] of kept.entries()) {
      const before = verdicts.length;
      if (note && head.origin !== note.origin) fail("ANCHOR", "known-of-another-log");
      else if (isCase && joined[at] === null) {
        say("ANCHOR", "skipped", "known-not-comparable", 0, undefined, "A case is compared with a checkpoint of another size by a proof: get it (accord audit growth), or export the whole record.");
      } else if (!isCase && head.size > size) fail("ANCHOR", "known-checkpoint-beyond-log", 1, size);
      else if (isCase ? !joined[at] : !agrees(head)) fail("ANCHOR", "known-checkpoint-contradicted");
      else say("ANCHOR", "passed", undefined, head.size, undefined, `It is the history of the checkpoint that you hold, at ${head.size}.`);
      if (verdicts[before].result === "failed") contradictions += 1;
    }
    const vouched = await judgeWitnesses(policy, held, key || own, { note, noteBytes, files, isCase, size, agrees, beyond });
    verdicts.push(...vouched.anchor);

    if (isCase && stated === "unread") fail("TAIL", "export-unread", 1, closing.cseq);
    else if (isCase && closing) {
      say("TAIL", "passed", undefined, closing.cseq + 1, undefined,
        `The last line is an export of this case: at line ${closing.seq} of the record the case had exactly ${closing.cseq + 1} lines` +
          `${left > 0 ? `, ${left} of them left out here` : ""}. That lines followed cannot be seen in a case's bundle.`);
      if (stated === "unstated") {
        say("TAIL", "notice", "export-unstated", 0, undefined,
          "The export does not state what was left out of it: that no more is than was then, this copy cannot show.");
      }
    } else if (isCase) fail("TAIL", "tail-cut");
    else if (note && note.size < size) {
      say("TAIL", "notice", "tail-not-covered", size - note.size, note.size, "No checkpoint covers the last lines; that more followed them cannot be seen here.");
    } else say("TAIL", "skipped", undefined, 0, undefined, "That lines followed those of the checkpoint cannot be seen in a copy.");
    verdicts.push(...vouched.tail);

    const removal = removals.result();
    if (!lookedAtParts && !isCase && removal.unauthorised.length === 0) {
      say("PAYLOADS", "skipped", undefined, 0, undefined, "No parts are here: a whole record is copied with its commitments, not with its content.");
    } else {
      const found = findings.of("part-altered");
      const also = (word, count, first) => { if (count > 0) found.push({ word, count, first }); };
      also("part-unlisted", unlisted("parts/"));
      also("parts-not-as-exported", partsDiffer ? 1 : 0);
      also("parts-lost-at-export", isStated ? stated.lost ?? 0 : 0);
      also("part-lost", removal.lost, removal.firstLost);
      also("purge-without-authority", removal.unauthorised.length, removal.unauthorised[0]);
      for (const finding of found) fail("PAYLOADS", finding.word, finding.count, finding.first);
      if (found.length === 0) say("PAYLOADS", "passed", undefined, given, undefined, "These parts are as listed.");
      if (removal.destroyed > 0) {
        const words = removal.orders.slice(0, 8).map(async (ground, at) =>
          `${await orderInWords(ground, files, number)}, approved at line ${removal.under[at]}`);
        say("PAYLOADS", "notice", "parts-destroyed", removal.destroyed, removal.under[0],
          `Purged by two persons under ${(await Promise.all(words)).join("; under ")}.`);
      }
      if (removal.withheld > 0) {
        say("PAYLOADS", "notice", "parts-absent", removal.withheld, undefined, "Parts that are listed and not here: withheld from this reader.");
      }
    }
    verdicts.push(...signatures.verdicts(findings, unlisted("keys/") + unlisted("st/")));
    const open = "Not checked: what was decided rests on content. The daemon decides it again: accord audit replay.";
    say("POLICY REPLAY", "skipped", undefined, 0, undefined, open);
    coverage.close();
    const uncovered = findings.of("ground-missing", "deadline-missing");
    if (removal.untold.length > 0) uncovered.unshift({ word: "purge-notice-missing", count: removal.untold.length, first: removal.untold[0] });
    for (const { word, count, first } of uncovered) fail("COVERAGE", word, count, first);
    if (uncovered.length === 0 && coverage.count === 0) {
      say("COVERAGE", "skipped", undefined, 0, undefined, "Nothing was released, purged or sealed, and no time began to run.");
    } else if (uncovered.length === 0) {
      say("COVERAGE", "passed", undefined, coverage.count, undefined,
        "Releases, purges, seals and times that run: what has to follow them, and what they rest on, is on the record. That each reading is cannot be seen.");
    }

    const failed = verdicts.filter((one) => one.result === "failed").length;
    const isOpen = verdicts.some((one) => ["no-checkpoint", "known-not-comparable", "signature-not-checked", "signers-unknown", "signers-older", "key-events-missing"].includes(one.finding));
    const isLess = trust.isStrict && (left > 0 || (absent > 0 && (lookedAtParts || isCase)));
    const exitCode = failed > contradictions ? 30 : contradictions > 0 ? 20 : isOpen ? 40 : vouched.isShort ? 10 : isLess ? 11 : 0;
    return { verdicts, exitCode, lines, note, own, isCase };
  };

  const failure = (check, word, count = 1, first = undefined) => verdict(check, "failed", word, count, first, EXPLANATIONS[word] || "");
  const verdict = (check, result, finding, count, first, message) => ({ check, result, finding, count, first, message });
  const unchecked = (message) => ({ verdicts: [verdict("FORMAT", "skipped", "not-checked", 0, undefined, message)], exitCode: 40, lines: [] });

  const EXPLANATIONS = {
    "malformed-line": "A line is not in the one form that lines have.",
    "truncated-last-line": "The last line is cut short, as by a crash.",
    "sums-missing": "The list of the bundle's digests is missing.",
    "sums-malformed": "The list of the bundle's digests is not in the one form that it has.",
    "sums-unsigned": "The log's signature over the list of digests is missing.",
    "sums-signature-wrong": "The list of digests is not one that the log signed: it was made anew.",
    "file-altered": "A file is not the one that the list of digests names.",
    "file-missing": "A file is missing that the list of digests names.",
    "file-unlisted": "A file is there that the list of digests does not name: it is not of this export.",
    "line-altered": "A line is not the one that the next line was appended to.",
    "link-broken": "A line does not follow the one before it in its case's stream.",
    "record-missing": "Lines are missing.",
    "line-said-withheld": "A line is here that is said to be left out.",
    "withheld-beyond-end": "Lines are said to be left out after the last line.",
    "withheld-malformed": "What says which lines are left out is not in the one form that it has.",
    "records-out-of-order": "Lines are not in their order.",
    "record-duplicated": "A line stands there twice.",
    "duplicate-sequence-fork": "Two different lines have the same number: a fork.",
    "time-runs-back": "A line is dated before the one that it follows.",
    "part-altered": "A part is not the one that its line lists.",
    "part-unlisted": "There is a part that no line lists.",
    "part-lost": "A part that a line lists is gone, and no line says by whose order.",
    "purge-without-authority": "A purge was approved without an order or a review, or not by a second person with another duty.",
    "purge-notice-missing": "An agency that was given what was purged has not been told: its notice is not on the record.",
    "ground-missing": "A line rests on one that is not on the record: a reading on a release that was open, a release on what was given, a seal on its order, what follows a purge on the purge.",
    "deadline-missing": "A time ran out, and no line says so, nor that what was due was done.",
    "signature-wrong": "A line carries a signature that was made over something else.",
    "signature-by-another-key": "A line is signed by another key than its statement names.",
    "signature-for-another-log": "A line is signed for another deployment, or for another purpose.",
    "signature-replayed": "A signed statement stands in the record twice.",
    "signer-not-enrolled": "A line is signed by a key that was not its author's at the time.",
    "signer-saw-another-history": "The author of a line signed to have seen another history than this one: the record was rewritten since.",
    "signature-missing": "A line is not signed by its author, where a rule of policy asked for that.",
    "key-event-malformed": "An event that says who holds a key does not say it in the one form that it has.",
    "signers-malformed": "The file of allowed signers is not in the one form that it has.",
    "signers-contradicted": "The copy names keys, or times of keys, that the file which you hold does not.",
    "signers-differ": "The file of allowed signers is not what the record tells of keys.",
    "signature-file-altered": "A file that belongs to a signature is not what its line says.",
    "signature-file-missing": "The signed bytes of a line, or the signature, are not among the copy's files.",
    "signature-file-unlisted": "There is a file of a signature that no line has.",
    "checkpoint-malformed": "The checkpoint is not a signed note of a log.",
    "key-malformed": "The key in the copy is not the public key of a log.",
    "unknown-key": "The checkpoint is not signed by the key that was given.",
    "bad-signature": "The signature of the checkpoint is wrong.",
    "checkpoint-beyond-log": "The copy ends before its checkpoint: lines were cut off.",
    "root-mismatch": "The lines do not give the root of the checkpoint: something was rewritten.",
    "known-checkpoint-beyond-log": "The copy ends before a checkpoint that you hold.",
    "known-checkpoint-contradicted": "The copy is another history than a checkpoint that you hold.",
    "line-of-another-log": "A line says that it is of another log than the checkpoint.",
    "line-of-another-case": "A line is of another case than the first one.",
    "position-runs-back": "A line lies in the record before the one that it follows in the case.",
    "line-beyond-checkpoint": "A line lies beyond the checkpoint, so that nobody has signed for it.",
    "proof-missing": "A line has no proof that it lies in the tree of the checkpoint.",
    "proof-malformed": "The proof of a line is not in the one form that proofs have.",
    "proof-wrong": "A line is not the one at its place in the tree of the checkpoint: something was rewritten.",
    "proof-of-another-checkpoint": "The proof of a line carries another checkpoint than the bundle.",
    "proof-unlisted": "There is a proof of a line that is not here.",
    "withheld-not-as-exported": "The lines that are left out are not those that the export left out: lines were taken out of this copy.",
    "parts-not-as-exported": "The parts that are here are not those that were exported: parts were taken out of this copy.",
    "parts-lost-at-export": "Parts that belong in this copy were missing from the record when it was exported, and no order says so.",
    "export-unread": "What the export states of this copy is not here, or is not in the one form that it has.",
    "tail-cut": "The last line is not the export that a case's bundle ends with: lines were cut off.",
    "witnessed-malformed": "The cosigned checkpoint that came along is not one of this log.",
    "witnessed-beyond-log": "The copy ends before a checkpoint that witnesses cosigned.",
    "witnessed-contradicted": "The copy is another history than a checkpoint that witnesses cosigned.",
    "bad-cosignature": "A line that bears the name of a witness is not that witness's.",
    "log-not-in-policy": "The policy that was given is for other logs.",
    "known-of-another-log": "A checkpoint that you hold is of another log.",
  };

  return { verify, readTar, readLine, decode, hex, sha256, ascii };
})();
if (typeof module !== "undefined") module.exports = Accord;
