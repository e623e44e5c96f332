"use strict";
/*
 * Shows the bundle in this page: verdicts, charts and a timeline. What is checked, and how, stands in the program before this
 * one; here is nothing that judges. Everything from the bundle gets into the page as text, never as markup.
 */
(() => {
  const $ = (id) => document.getElementById(id);

  /** An element with attributes and children; text becomes text. */
  const make = (name, attributes = {}, ...children) => {
    const isDrawing = ["svg", "g", "rect", "line", "text", "title", "desc"].includes(name);
    const element = isDrawing ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
  const moment = (milliseconds) => new Date(milliseconds).toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC");
  const who = (line) => line.st.member || (line.st.by === "system" ? "the daemon" : line.st.by);
  const agencyOf = (line) => line.st.agency || "none";
  const kindOf = (line) => {
    const words = line.st.kind.replace(/[._]/g, " ");
    return words[0].toUpperCase() + words.slice(1);
  };

  /** The bundle's tar file: lines of base64, each in its one spelling. */
  const bundleBytes = () => {
    const rows = $("bundle").textContent.split("\n");
    if (rows.shift() !== "" || rows.pop() !== "") throw new Error("the bundle in this page is not as it was written");
    const pieces = rows.map(Accord.decode);
    if (pieces.slice(0, -1).some((piece) => piece.length !== 3072)) throw new Error("the bundle in this page is not as it was written");
    const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    pieces.reduce((at, piece) => (all.set(piece, at), at + piece.length), 0);
    return all;
  };

  // Verdicts.

  const MARKS = { passed: "\u2713", failed: "\u2717", notice: "!", skipped: "\u2013" };

  /** Findings about authors' signatures that are no fault, and leave open whose they are. */
  const OPEN = ["signature-not-checked", "signers-unknown", "key-events-missing"];

  const conclusion = (report) => {
    const isTrusted = !report.verdicts.some((verdict) => verdict.finding === "trust-not-established");
    if (report.exitCode === 0 && isTrusted) {
      return ["passed", "Verified", "Nothing was changed since the log signed this checkpoint. That everything was recorded is not shown."];
    }
    if (report.exitCode === 0) {
      return ["notice", "Intact, trust not established", "Internally consistent. Whose record it is, only the log's key or a checkpoint from elsewhere can show: paste it below."];
    }
    if (report.exitCode === 10) {
      return ["notice", "Intact, too few witnesses", `${isTrusted ? "Nothing was changed since the log signed this checkpoint." : "Internally consistent, trust not established."} Not enough of the witnesses that your policy asks for have cosigned it: who runs the log could still show others another history.`];
    }
    if (report.exitCode === 20) {
      return ["failed", "Another history", "This is another history than the one you hold a checkpoint of. Keep both, and call oversight."];
    }
    if (report.exitCode === 40) {
      const isSkipped = (check, findings) => report.verdicts.some((verdict) =>
        verdict.check === check && verdict.result === "skipped" && (!findings || findings.includes(verdict.finding)));
      const isOfAuthors = isSkipped("SIGNATURES", OPEN) && !isSkipped("ANCHOR");
      const what = isOfAuthors ? "whether authors signed what stands under their names" : "whether this is what the log signed";
      return ["notice", "Not checked", `It could not be checked here ${what}. Nothing that was checked is wrong.`];
    }
    return ["failed", "INVALID", "This is not what the log signed, or not the log that you trust, or its record breaks its own rules. The checks that failed say which."];
  };

  const showReport = (report) => {
    const [result, word, sentence] = conclusion(report);
    document.documentElement.dataset.result = result;
    document.documentElement.dataset.status = report.exitCode;
    $("banner").className = `banner ${result}`;
    $("banner").replaceChildren(make("strong", {}, `${MARKS[result]} ${word}`), make("span", {}, sentence));
    $("verdicts").tBodies[0].replaceChildren(...report.verdicts.map((verdict) => make("tr", { class: verdict.result },
      make("th", { scope: "row" }, verdict.check),
      make("td", { class: "result" }, `${MARKS[verdict.result]} ${verdict.result}`),
      make("td", {}, verdict.finding || ""),
      make("td", { class: "number" }, verdict.count > 0 ? String(verdict.count) : ""),
      make("td", { class: "number" }, verdict.first === undefined ? "" : String(verdict.first)),
      make("td", {}, verdict.message))));
  };

  const showFacts = async (bytes, files, report) => {
    const facts = [["SHA-256 of the bundle (as the export printed it)", Accord.hex(await Accord.sha256(bytes))]];
    if (files.has("log.vkey")) facts.push(["Key in the bundle", Accord.ascii(files.get("log.vkey")).trim()]);
    if (report.own) facts.push(["SHA-256 of that key's 32 bytes", Accord.hex(await Accord.sha256(report.own.raw))]);
    if (report.note) {
      facts.push(["Checkpoint: name, lines, root", `${report.note.origin}\n${report.note.size}\n${Accord.hex(report.note.root)}`]);
    }
    $("facts").replaceChildren(...facts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, make("code", {}, value))]));
  };

  // What lines say, for people.

  /** The parts of a line: those here, read; and how many are not. A part that is not the one listed is not shown. */
  const partsOf = async (files, line) => {
    const parts = [];
    let absent = 0;
    for (const digest of line.st.parts) {
      const file = files.get(`parts/${digest}.json`);
      if (file === undefined) {
        absent += 1;
        continue;
      }
      try {
        if (Accord.hex(await Accord.sha256(file)) !== digest) throw new Error("altered");
        const { name, value } = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(file));
        parts.push({ name: String(name), value });
      } catch {
        parts.push({ name: "altered", value: "This part is not the one that its line lists. It is not shown." });
      }
    }
    return { parts, absent };
  };

  const written = (value) => (value !== null && typeof value === "object"
    ? Array.isArray(value) ? value.map(written).join(", ") : Object.entries(value).map(([key, one]) => `${key.replace(/_/g, " ")} ${written(one)}`).join("; ")
    : String(value));

  // Charts: each is a drawing with a text alternative, and a table of the same numbers.

  const svg = (width, height, title, description) =>
    make("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `${title}. ${description}` });

  const figure = (title, drawing, legend, head, rows) => make("figure", {},
    make("figcaption", {}, title),
    legend.length > 1 ? make("ul", { class: "legend" }, ...legend.map((name, at) => make("li", {}, make("span", { class: `key c${at}`, "aria-hidden": "true" }), name))) : "",
    make("div", { class: "scroll", role: "region", "aria-label": title, tabindex: "0" }, drawing),
    make("details", {}, make("summary", {}, "The same as a table"),
      make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${title}, as a table` }, make("table", {},
        make("thead", {}, make("tr", {}, ...head.map((name, at) => make("th", { scope: "col", class: at > 0 ? "number" : "" }, name)))),
        make("tbody", {}, ...rows.map(([name, ...cells]) => make("tr", {}, make("th", { scope: "row" }, name), ...cells.map((cell) => make("td", { class: "number" }, String(cell))))))))));

  /** How often each name comes, the most frequent first; those beyond a number are "others". */
  const ranked = (names, most) => {
    const counts = new Map();
    for (const name of names) counts.set(name, (counts.get(name) || 0) + 1);
    const all = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
    return all.length > most ? [...all.slice(0, most - 1), "others"] : all;
  };

  const HOUR = 3600000;
  const STEPS = [[HOUR / 60, "minute", 16], [HOUR, "hour", 13], [24 * HOUR, "day", 10], [7 * 24 * HOUR, "week from", 10], [28 * 24 * HOUR, "four weeks from", 10], [364 * 24 * HOUR, "52 weeks from", 10]];

  /** Columns over time, one stack of agencies each. */
  const overTime = (lines) => {
    const times = lines.map((line) => line.t);
    const first = times.reduce((a, b) => Math.min(a, b)), last = times.reduce((a, b) => Math.max(a, b));
    const [step, unit, digits] = STEPS.find(([size]) => (last - first) / size < 48) || STEPS[STEPS.length - 1];
    const start = Math.floor(first / step);
    const count = Math.min(400, Math.floor(last / step) - start + 1);
    const agencies = ranked(lines.map(agencyOf), 7);
    const table = Array.from({ length: count }, () => agencies.map(() => 0));
    for (const line of lines) {
      const at = agencies.indexOf(agencyOf(line));
      table[Math.min(count - 1, Math.floor(line.t / step) - start)][at < 0 ? agencies.length - 1 : at] += 1;
    }
    const name = (at) => new Date((start + at) * step).toISOString().slice(0, digits).replace("T", " ") + (digits === 13 ? "h" : "");
    const sums = table.map((row) => row.reduce((a, b) => a + b));
    const most = Math.max(...sums);
    const width = 760, height = 240, left = 48, bottom = 40, top = 16, wide = Math.min(56, (width - left) / count);
    const title = `Lines recorded, by ${unit.replace(" from", "")} and agency`;
    const drawing = svg(width, height, title, `${plural(count, "column")}, from ${name(0)} to ${name(count - 1)} UTC; at most ${plural(most, "line")} in one.`);
    const scale = (height - bottom - top) / most;
    for (const mark of most > 1 ? [0, Math.round(most / 2), most] : [0, 1]) {
      const y = height - bottom - mark * scale;
      drawing.append(make("line", { x1: left, x2: width, y1: y, y2: y, class: "grid" }), make("text", { x: left - 6, y: y + 4, "text-anchor": "end" }, String(mark)));
    }
    const every = Math.ceil((digits > 10 ? 130 : 90) / wide);
    table.forEach((row, at) => {
      let y = height - bottom;
      const column = make("g", {}, make("title", {}, `${unit} ${name(at)}: ${row.map((value, which) => (value ? `${agencies[which]} ${value}` : "")).filter(Boolean).join(", ") || "none"}`));
      row.forEach((value, which) => {
        y -= value * scale;
        if (value > 0) column.append(make("rect", { x: left + at * wide + wide * 0.08, y, width: wide * 0.84, height: value * scale, class: `c${which}` }));
      });
      drawing.append(column);
      if (at % every === 0) drawing.append(make("text", { x: left + at * wide, y: height - bottom + 18 }, name(at)));
    });
    const rows = table.map((row, at) => [`${unit} ${name(at)}`, ...row]).filter((row, at) => sums[at] > 0);
    return figure(`${title} (UTC)`, drawing, agencies, ["When", ...agencies], rows);
  };

  const GROUPS = ["casework", "information", "passing on", "readings and exports", "registry and daemon", "refused"];
  const groupOf = (line) => {
    if (line.outcome === "denied") return 5;
    const family = line.st.kind.split(".")[0];
    return { case: 0, entry: 1, dissemination: 2, permission: 2, access: 3 }[family] ?? 4;
  };

  /** Bars, one for each member, by what they did. */
  const byMember = (lines) => {
    const name = (line) => (line.st.member ? `${line.st.member} (${agencyOf(line)})` : who(line));
    const members = ranked(lines.map(name), 20);
    const table = members.map(() => GROUPS.map(() => 0));
    for (const line of lines) {
      const at = members.indexOf(name(line));
      table[at < 0 ? members.length - 1 : at][groupOf(line)] += 1;
    }
    const sums = table.map((row) => row.reduce((a, b) => a + b));
    const most = Math.max(...sums), left = 250, width = 760, tall = 24;
    const title = "Acts, readings and refusals of each member";
    const drawing = svg(width, members.length * tall + 8, title, `${plural(members.length, "bar")}; the longest is that of ${members[sums.indexOf(most)]} with ${plural(most, "line")}.`);
    table.forEach((row, at) => {
      let x = left;
      const label = members[at].length > 36 ? `${members[at].slice(0, 35)}\u2026` : members[at];
      const bar = make("g", {}, make("title", {}, `${members[at]}: ${row.map((value, which) => (value ? `${GROUPS[which]} ${value}` : "")).filter(Boolean).join(", ")}`),
        make("text", { x: left - 8, y: at * tall + 18, "text-anchor": "end" }, label));
      row.forEach((value, which) => {
        const wide = (value * (width - left - 60)) / most;
        if (value > 0) bar.append(make("rect", { x, y: at * tall + 5, width: wide, height: tall - 8, class: `c${which}` }));
        x += wide;
      });
      bar.append(make("text", { x: x + 6, y: at * tall + 18 }, String(sums[at])));
      drawing.append(bar);
    });
    return figure(title, drawing, GROUPS, ["Member", ...GROUPS], table.map((row, at) => [members[at], ...row]));
  };

  // The timeline.

  const timeline = (report, files) => {
    const lines = report.lines.filter(Boolean);
    const place = report.isCase ? "cseq" : "seq";
    const options = (id, names) => $(id).append(...[...new Set(names)].sort().map((name) => make("option", {}, name)));
    options("agency", lines.map(agencyOf));
    options("kind", lines.map(kindOf));
    let begin = 0;

    const words = (line) => {
      const content = line.st.parts.map((digest) => files.get(`parts/${digest}.json`)).filter(Boolean).map((file) => new TextDecoder().decode(file));
      return [line[place], moment(line.t), who(line), agencyOf(line), line.st.role, line.st.purpose, kindOf(line), line.st.kind, line.outcome, line.rule || "", ...content].join(" ").toLowerCase();
    };
    const chosen = () => {
      const sought = $("words").value.trim().toLowerCase(), agency = $("agency").value, kind = $("kind").value;
      return lines.filter((line) => (!agency || agencyOf(line) === agency) && (!kind || kindOf(line) === kind) && (!sought || words(line).includes(sought)));
    };

    const row = async (line) => {
      const { parts, absent } = await partsOf(files, line);
      const content = make("td", { class: "content" });
      for (const { name, value } of parts) {
        const text = written(value);
        if (text !== "") content.append(make("p", { class: name === "altered" ? "wrong" : name === "details" ? "details" : "" }, name === "details" || name === "text" ? "" : make("span", { class: "label" }, `${name}: `), text));
      }
      if (absent > 0) content.append(make("p", { class: "details" }, `${plural(absent, "part")} not in this copy`));
      const what = make("td", {}, make("span", { class: "what" }, kindOf(line)));
      if (line.outcome !== "accepted") what.append(make("span", { class: "refused" }, `${line.outcome === "denied" ? "refused" : line.outcome} under ${line.rule}`));
      if (line.st.purpose) what.append(make("span", { class: "details" }, `for ${line.st.purpose}`));
      const person = make("td", {}, make("span", { class: "what" }, who(line)));
      const role = [line.st.agency, line.st.role].filter(Boolean).join(", ");
      if (role) person.append(make("span", { class: "details" }, role));
      const number = make("th", { scope: "row", class: "number" }, String(line[place]));
      number.append(make("span", { class: "details" }, report.isCase ? `record ${line.seq}` : /^0+$/.test(line.st.case) ? "registry" : `case ${line.st.case.slice(0, 8)}`));
      return make("tr", { class: line.outcome }, number, make("td", { class: "when" }, moment(line.t)), person, what, content);
    };

    const gap = (first, last) => make("tr", { class: "gap" }, make("td", { colspan: "5" },
      first === last ? `Place ${first} is not in this copy.` : `Places ${first} to ${last} are not in this copy.`));

    let turn = 0;
    const draw = async () => {
      const mine = (turn += 1);
      const found = chosen();
      const count = Number($("rows").value) || found.length;
      begin = Math.max(0, Math.min(begin, found.length - 1));
      begin = count > 0 ? begin - (begin % count) : 0;
      const part = found.slice(begin, begin + count);
      const rows = [];
      let expected = begin === 0 ? 0 : lines[lines.indexOf(part[0]) - 1]?.[place] + 1;
      for (const line of part) {
        if (report.isCase && found.length === lines.length && line[place] > expected) rows.push(gap(expected, line[place] - 1));
        rows.push(await row(line));
        expected = line[place] + 1;
      }
      if (mine !== turn) return;
      $("timeline").tBodies[0].replaceChildren(...rows);
      $("shown").textContent = found.length === 0 ? "No line." : `${begin + 1} to ${begin + part.length} of ${plural(found.length, "line")}`;
      $("earlier").disabled = begin === 0;
      $("later").disabled = begin + count >= found.length;
    };
    const turnTo = (change) => { begin = Math.max(0, begin + change * (Number($("rows").value) || lines.length)); return draw(); };
    $("earlier").addEventListener("click", () => turnTo(-1));
    $("later").addEventListener("click", () => turnTo(1));
    for (const id of ["words", "agency", "kind", "rows"]) $(id).addEventListener("input", () => { begin = 0; draw(); });
    $("filter").addEventListener("submit", (event) => event.preventDefault());
    return draw();
  };

  /** What this is, in one sentence, from the lines themselves. */
  const showAbout = async (report, files) => {
    const lines = report.lines.filter(Boolean);
    const drafted = report.isCase && lines.find((line) => line.st.kind === "case.drafted");
    const details = drafted ? (await partsOf(files, drafted)).parts.find((part) => part.name === "details")?.value : null;
    if (details && details.title) $("title").textContent = `Case ${details.title}${details.number ? `, ${details.number}` : ""}`;
    else $("title").textContent = report.isCase ? "A case and its verification" : "A whole record and its verification";
    document.title = $("title").textContent;
    const last = lines[lines.length - 1];
    if (!last) return;
    const maker = last.st.kind === "access.exported" ? ` Exported by ${who(last)}${last.st.agency ? ` (${last.st.agency})` : ""} on ${moment(last.t)}.` : "";
    $("about").textContent = `${plural(lines.length, "line")} of ${last.st.log}, recorded from ${moment(lines[0].t)} to ${moment(last.t)}.${maker}`;
  };

  const start = async () => {
    let bytes, files, damage;
    try {
      bytes = bundleBytes();
      files = Accord.readTar(bytes);
    } catch (error) {
      damage = { check: "FORMAT", result: "failed", finding: "bundle-damaged", count: 1, message: `The bundle cannot be read: ${error.message}.` };
    }
    const check = async () => {
      if (damage) {
        // Not as any export writes it, whatever key is given: whoever changed the page did that.
        showReport({ exitCode: 30, verdicts: [damage] });
        return { lines: [] };
      }
      const known = $("known").value.trim() === "" ? [] : [`${$("known").value.trim()}\n`];
      const growth = $("growth").value.trim() === "" ? [] : [`${$("growth").value.trim()}\n`];
      const policy = $("policy").value.trim() === "" ? "" : $("policy").value;
      const opened = $("signers").files[0];
      const signers = opened && new Uint8Array(await opened.arrayBuffer());
      const report = await Accord.verify(files, { key: $("key").value, known, growth, policy, signers }, (done, of) => {
        $("banner").textContent = `Checking: ${done} of ${of} lines\u2026`;
      });
      showReport(report);
      return report;
    };
    $("trust").addEventListener("submit", (event) => { event.preventDefault(); check(); });
    $("save").disabled = damage !== undefined;
    $("save").addEventListener("click", () => {
      const address = URL.createObjectURL(new Blob([bytes], { type: "application/x-tar" }));
      make("a", { href: address, download: "bundle.tar" }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60000);
    });
    const report = await check();
    if (report.lines.length === 0) return;
    await showFacts(bytes, files, report);
    await showAbout(report, files);
    const lines = report.lines.filter(Boolean);
    if (lines.length > 0) $("charts").append(overTime(lines), byMember(lines));
    await timeline(report, files);
    document.documentElement.dataset.ready = "true";
  };
  start();
})();
