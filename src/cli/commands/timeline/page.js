"use strict";
// Shows the facts as they stood at the event under the slider. Judges nothing: how facts stood is
// in data.frames. Text reaches the page by text nodes alone.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const SHAPES = { asserted: "○", confirmed: "●", disputed: "▲", retracted: "✕" };
const facts = new Map(data.facts.map((fact) => [fact.fact, fact]));
const points = new Map(data.documents.map((d) => [d.document, d.text === null ? null : Array.from(d.text)]));
const INVISIBLE = /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]|[\u{e0000}-\u{e007f}]/gu;

function el(name, attributes, ...children) {
  const svg = ["svg", "rect", "circle", "path", "line", "text", "g"].includes(name);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

// A stranger's text: characters that could not be seen, or that turn text around, are shown.
function shown(text) {
  const out = [];
  let at = 0;
  for (const odd of text.matchAll(INVISIBLE)) {
    const code = odd[0].codePointAt(0).toString(16).padStart(4, "0");
    out.push(text.slice(at, odd.index), el("span", { class: "odd" }, "\\u{" + code + "}"));
    at = odd.index + odd[0].length;
  }
  return [...out, text.slice(at)];
}

// The same inside a sentence: its direction is its own and turns nothing around it.
const own = (text) => el("bdi", {}, shown(text));

const clock = data.zone === "UTC" ? null : new Intl.DateTimeFormat("en-GB", {
  timeZone: data.zone, hourCycle: "h23", timeZoneName: "longOffset",
  year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
});
const time = (at) => {
  if (at === null) return "time unknown";
  if (clock === null) return at.slice(0, 16).replace("T", " ") + " UTC";
  const part = Object.fromEntries(clock.formatToParts(new Date(at)).map((one) => [one.type, one.value]));
  return part.year + "-" + part.month + "-" + part.day + " " + part.hour + ":" + part.minute + " " + part.timeZoneName;
};
const named = (row) => (row.by_now ? row.by + " (now " + row.by_now + ")" : row.by);
const count = (n, what) => n + " " + what + (n === 1 ? "" : "s");
const shape = (status) => el("span", { class: "shape", "aria-hidden": "true" }, SHAPES[status]);
const statusWord = (status) => el("span", { class: "status", "data-status": status }, shape(status), " " + status);

// How every fact stood after an event, by fact.
function standings(position) {
  const all = new Map();
  for (const frame of data.frames) {
    if (frame.position > position) break;
    for (const standing of frame.changed) all.set(standing.fact, standing);
    for (const fact of frame.gone || []) all.delete(fact);
  }
  return all;
}

// What described every document after an event, and whether it was suspect, by document.
function descriptions(position) {
  const all = new Map();
  for (const frame of data.frames) {
    if (frame.position > position) break;
    for (const state of frame.documents || []) all.set(state.document, state);
  }
  return all;
}

function changedBy(position) {
  const frame = data.frames.find((frame) => frame.position === position);
  return new Set(frame ? frame.changed.map((standing) => standing.fact) : []);
}

function revisionIndex(fact, standing) {
  return fact.revisions.findIndex((revision) => revision.event === standing.revision);
}

// ---- the document's text -------------------------------------------------------------------

// Spans that the facts quote now, in code points.
function spansOf(document, standing) {
  const spans = [];
  for (const [number, stands] of standing) {
    const revision = facts.get(number).revisions[revisionIndex(facts.get(number), stands)];
    for (const row of revision ? revision.evidence : []) {
      if (row.document === document && row.span) {
        spans.push({ fact: number, status: stands.status, start: row.span.start, end: row.span.end });
      }
    }
  }
  return spans;
}

function textOf(document, standing) {
  const text = points.get(document);
  const spans = spansOf(document, standing).filter((span) => span.end <= text.length);
  const borders = new Set([0, text.length]);
  for (const span of spans) borders.add(span.start).add(span.end);
  const sorted = [...borders].sort((a, b) => a - b);
  const out = el("div", { class: "text", dir: "auto" });
  for (let i = 0; i + 1 < sorted.length; i++) {
    const [start, end] = [sorted[i], sorted[i + 1]];
    const over = spans.filter((span) => span.start <= start && end <= span.end);
    over.sort((a, b) => a.end - a.start - (b.end - b.start) || a.fact - b.fact);
    const words = shown(text.slice(start, end).join(""));
    if (over.length === 0) { out.append(...words); continue; }
    const begins = over.filter((span) => span.start === start).reverse();
    const labels = begins.map((span) => el("sup", { "data-status": span.status },
      shape(span.status), String(span.fact), el("span", { class: "hidden" }, " " + span.status + ": ")));
    const facts = [...new Set(over.map((span) => span.fact))];
    const title = facts.map((fact) => "fact " + fact + ", " + standing.get(fact).status).join("; ");
    out.append(el("a", { href: "#fact-" + over[0].fact, "data-status": over[0].status, "data-facts": facts.join(" "), title }, labels, words));
  }
  return out;
}

function documents(position, standing) {
  const there = data.documents.filter((d) => d.document <= position);
  const states = descriptions(position);
  const about = (d) => d.descriptions.find((one) => one.event === states.get(d.document)?.described_by) || {};
  return there.map((d) => [d, about(d), states.get(d.document)?.suspect]).map(([d, told, suspect]) => el("article", { class: "document", "data-document": d.document, "aria-labelledby": "document-" + d.document },
    el("h2", { id: "document-" + d.document }, "Document " + d.document + ": ", own(told.title || "title not available")),
    el("p", { class: "about" }, told.publisher ? [own(told.publisher), " · "] : null, shown([told.published && "published " + told.published, suspect && "suspect", d.sha256 && "sha256 " + d.sha256].filter(Boolean).join(" · "))),
    d.text === null ? el("p", {}, "[" + d.why.replace(/^\[|\]$/g, "") + "]") : el("div", { lang: told.lang || null }, textOf(d.document, standing))));
}

// ---- facts ---------------------------------------------------------------------------------

// Who says that who says it: one box in the other, the claim in the innermost.
function chain(words) {
  const claim = words.claim === null ? "[the words are " + (words.withheld || "withheld") + "]" : words.claim;
  let inner = el("p", { class: "claim", lang: words.lang, dir: "auto" }, shown(claim));
  for (const hop of [...words.attribution].reverse()) {
    const role = hop.role ? [" (", own(hop.role), ")"] : null;
    const unnamed = hop.unnamed_because ? [" (unnamed: ", own(hop.unnamed_because), ")"] : null;
    const act = " " + hop.act.replace(/ that$/, "") + " that";
    inner = el("div", { class: "hop" }, el("p", { class: "who" }, own(hop.agent), role, unnamed, shown(act)), inner);
  }
  if (words.claim === null) return inner;
  const supports = words.evidence.filter((row) => row.stance === "supports").map((row) => row.document);
  const source = words.vouch === "so" ? "The signer vouches that" : "Document " + [...new Set(supports)].join(" and ") + " says that";
  return el("div", { class: "hop" }, el("p", { class: "who" }, source), inner);
}

// The claim before a correction and after it.
function change(fact, index) {
  const marks = fact.marks[index];
  if (!marks || marks.length === 0) return null;
  const side = (heading, part, tag) => el("div", {}, el("p", { class: "side" }, heading),
    el("p", { dir: "auto" }, marks.filter(([kind]) => kind === "same" || kind === part)
      .map(([kind, text]) => (kind === part ? el(tag, {}, shown(text)) : shown(text)))));
  return el("div", { class: "change" }, side("Before", "gone", "del"), side("Corrected to", "new", "ins"));
}

// What ended a dispute, a retraction or a relation, or ended it until it was undone.
const ends = (row) => [row.ended, ...(row.other_ends || [])].filter(Boolean);

// All that was done to a fact: event, who, when, what.
function acts(fact) {
  const all = [];
  const act = (row, what) => all.push({ ...row, what });
  const blamed = (row) => row.reason + ", error in the " + row.error_in;
  fact.revisions.forEach((row, index) => act(row, index === 0 ? "asserted" : "corrected (" + blamed(row) + ")"));
  fact.confirmations.forEach((row) => act(row, "confirmed (" + row.how + ")"));
  fact.disputes.forEach((row) => act(row, "disputed (" + blamed(row) + ")"));
  fact.retractions.forEach((row) => act(row, "retracted (" + blamed(row) + ")"));
  for (const row of [...fact.disputes, ...fact.retractions]) {
    for (const end of ends(row)) if (end.type !== "fact.corrected") act(end, end.type.replace("fact.", "") + ", ends " + row.event);
  }
  for (const row of fact.relations) {
    act(row, "related: fact " + row.from + " " + row.rel + " fact " + row.to);
    for (const end of ends(row)) act(end, "withdrew relation " + row.event);
  }
  fact.bodies.forEach((row) => act(row, row.reason ? "redacted the words of " + row.of + " (" + row.reason + ")" : "released the words of " + row.of));
  return all.sort((a, b) => a.event - b.event);
}

function actLine(act, position) {
  const undone = act.undone_by !== null && act.undone_by <= position;
  const line = [act.event + " · " + time(act.at) + " · ", own(named(act)), " ", shown(act.what),
    act.statement ? [": “", own(act.statement), "”"] : null];
  return el("li", {}, undone ? [el("s", {}, line), " undone by " + act.undone_by + ", which revoked a stolen or lost key"] : line);
}

function badges(fact, standing, isNow) {
  const flags = [[isNow, "changed by this event", "now"], [standing.corrected > 0, "corrected ×" + standing.corrected],
    [standing.suspect, "suspect: signed by a stolen or lost key"], [standing.document_disputed, "the document is disputed"],
    [standing.described_anew.length > 0, "the document was described anew by " + standing.described_anew.join(", ")],
    ...standing.suspect_documents.map((document) => [true, "document " + document + " is suspect"]),
    [standing.sealed, "sealed"], [standing.redacted, "redacted"], [data.undated.includes(fact.fact), "without a date"]];
  return flags.filter(([so]) => so).map(([, word, kind]) => el("span", { class: "badge " + (kind || "") }, word));
}

function card(fact, standing, position, isNow) {
  const index = revisionIndex(fact, standing);
  const words = fact.revisions[index];
  const rows = [];
  if (words.when) rows.push(["When", [words.when.edtf, words.when.as_written && "“" + words.when.as_written + "”", "(" + words.when.basis + ")"].filter(Boolean).join(" ")]);
  if (words.topics.length > 0) rows.push(["Topics", words.topics.map((topic) => topic.name).join(", ")]);
  rows.push(["Signed", named(words) + ", " + time(words.at)]);
  if (standing.confirmed_by.length > 0) rows.push(["Confirmed", "by " + standing.confirmed_by.join(", ")]);
  const done = acts(fact).filter((act) => act.event <= position);
  return el("li", { class: "fact", id: "fact-" + fact.fact, "data-status": standing.status, tabindex: "-1" },
    el("h3", {}, "Fact " + fact.fact + " ", statusWord(standing.status), badges(fact, standing, isNow)),
    chain(words), change(fact, index),
    el("dl", {}, rows.map(([name, value]) => [el("dt", {}, name), el("dd", { dir: "auto" }, shown(value))])),
    el("details", { open: isNow || standing.status === "disputed" || standing.status === "retracted" },
      el("summary", {}, count(done.length, "act") + " on this fact"), el("ol", {}, done.map((act) => actLine(act, position)))));
}

// ---- the overview --------------------------------------------------------------------------

const LEFT = 34, WIDE = 1000, HIGH = 8, TOP = 26;
const x = (index) => LEFT + ((index + 0.5) * (WIDE - LEFT)) / data.steps.length;

function mark(status, cx, cy) {
  const paths = { disputed: `M${cx - 3.5} ${cy + 2.6}L${cx} ${cy - 3.4}L${cx + 3.5} ${cy + 2.6}Z`,
    retracted: `M${cx - 2.6} ${cy - 2.6}L${cx + 2.6} ${cy + 2.6}M${cx - 2.6} ${cy + 2.6}L${cx + 2.6} ${cy - 2.6}` };
  const name = paths[status] ? "path" : "circle";
  const place = paths[status] ? { d: paths[status] } : { cx, cy, r: 2.6 };
  return el(name, { class: "mark" + (status === "asserted" ? " hollow" : ""), "data-status": status, ...place });
}

// The day of an event in a question by date: that of the greatest time of it and all before it.
const dayOf = (step) => (step.latest === null ? "" : time(step.latest).slice(0, 10));
const days = data.steps.map((step, index) => [dayOf(step), index]).filter(([day, index]) => index === 0 || day !== dayOf(data.steps[index - 1]));
const indexOf = new Map(data.steps.map((step, index) => [step.position, index]));
// Of each fact how it stood from which step on; null where it stood no more.
const lives = new Map(data.facts.map((fact) => [fact.fact, []]));
for (const frame of data.frames) {
  for (const standing of frame.changed) lives.get(standing.fact)?.push([indexOf.get(frame.position), standing]);
  for (const fact of frame.gone || []) lives.get(fact)?.push([indexOf.get(frame.position), null]);
}

function overview(current) {
  const high = TOP + data.facts.length * HIGH + 4;
  const svg = el("svg", { viewBox: `0 0 ${WIDE} ${high}`, role: "img", "aria-label": "Rows are facts, columns are events; the list of facts below says the same in words" });
  days.forEach(([day, index], at) => {
    const left = x(index) - (x(1) - x(0)) / 2;
    svg.append(el("line", { class: "day", x1: left, x2: left, y1: at % 2 ? 12 : 2, y2: high }), el("text", { x: left + 2, y: at % 2 ? 21 : 10 }, day));
  });
  // What comes after the point is there, and pale.
  const later = (index) => (index > current ? " later" : "");
  data.facts.forEach((fact, row) => {
    const middle = TOP + row * HIGH + HIGH / 2;
    const own = lives.get(fact.fact);
    svg.append(el("text", { x: LEFT - 6, y: middle + 3, "text-anchor": "end" }, String(fact.fact)));
    own.forEach(([index, standing], at) => {
      if (standing === null) return;
      const end = at + 1 < own.length ? x(own[at + 1][0]) : WIDE - 2;
      const cut = index > current ? x(index) : Math.min(end, x(current));
      for (const [from, to, pale] of [[x(index), cut, ""], [cut, end, " later"]]) {
        if (to > from) svg.append(el("rect", { class: "bar" + pale + (standing.suspect ? " suspect" : ""), "data-status": standing.status, x: from, y: middle - 2, width: to - from, height: 4 }));
      }
    });
    own.forEach(([index, standing]) => {
      if (standing === null) return;
      // By this event itself: a revocation that undid a correction corrected nothing.
      const corrected = standing.corrected > 0 && standing.revision === data.steps[index].position;
      if (corrected) svg.append(el("path", { class: "corrected" + later(index), d: `M${x(index)} ${middle - 5.5}l5.5 5.5l-5.5 5.5l-5.5 -5.5Z` }));
      const shape = mark(standing.status, x(index), middle);
      if (index > current) shape.classList.add("later");
      svg.append(shape);
    });
  });
  svg.append(el("line", { class: "cursor", x1: x(current), x2: x(current), y1: 0, y2: high }));
  svg.addEventListener("click", (event) => {
    const box = svg.getBoundingClientRect();
    const at = ((event.clientX - box.left) * WIDE) / box.width;
    go(Math.round(((at - LEFT) * data.steps.length) / (WIDE - LEFT) - 0.5));
  });
  return svg;
}

// ---- time ----------------------------------------------------------------------------------

const slider = byId("slider");

function happened(step, standing) {
  const kind = step.type === null ? "an event that is not in form" : step.type.replace(".", " ");
  const on = step.on.filter((on) => on !== step.position).map((on) => (facts.has(on) ? el("a", { href: "#fact-" + on }, "fact " + on) : (points.has(on) ? "document " : "fact ") + on));
  const parts = [el("p", {}, el("strong", {}, kind), on.length > 0 ? [" on ", on.flatMap((link, at) => (at > 0 ? [" and ", link] : [link]))] : null,
    " by ", own(step.by ? named(step) : "nobody"), ", " + time(step.at), step.why ? [" (", own(step.why), ")"] : null)];
  const words = step.words === null ? step.withheld : step.words;
  if (words) parts.push(el("p", { dir: "auto" }, "“", shown(words), "”"));
  for (const line of step.effect) parts.push(el("p", { dir: "auto" }, shown(line)));
  const fact = step.type === "fact.corrected" ? facts.get(step.on[0]) : null;
  if (fact) parts.push(change(fact, fact.revisions.findIndex((revision) => revision.event === step.position)));
  if (step.undone_by !== null && step.undone_by <= data.as_of.as_of) parts.push(el("p", {}, "Event " + step.undone_by + " undid this later: it revoked a stolen or lost key."));
  if (!step.applied) parts.push(el("p", {}, "It breaks a rule and was not applied."));
  parts.push(el("p", { class: "about" }, "hash ", el("span", { class: "hash" }, step.hash)));
  return parts;
}

function tally(standing) {
  const counts = { asserted: 0, confirmed: 0, disputed: 0, retracted: 0 };
  for (const stands of standing.values()) counts[stands.status] += 1;
  return counts;
}

function wanted(standing, changed) {
  const which = byId("which").value;
  return (number) => which === "all" || (which === "changed" && changed.has(number)) || standing.get(number).status === which || (which === "corrected" && standing.get(number).corrected > 0);
}

function render() {
  const index = Number(slider.value);
  const step = data.steps[index];
  const standing = standings(step.position);
  const changed = changedBy(step.position);
  const counts = tally(standing);
  const where = "position " + step.position + " of " + data.as_of.as_of + ", " + time(step.at);
  slider.setAttribute("aria-valuetext", where);
  byId("now").replaceChildren("As of ", el("strong", {}, where));
  byId("day").value = dayOf(step);
  byId("back").disabled = index === 0;
  byId("on").disabled = index === data.steps.length - 1;
  byId("counts").replaceChildren(...Object.keys(counts).map((status) => el("li", {}, statusWord(status), " " + counts[status])));
  byId("happened").replaceChildren(...happened(step, standing).filter(Boolean));
  byId("documents").replaceChildren(...documents(step.position, standing));
  const keep = wanted(standing, changed);
  const cards = [...standing.keys()].sort((a, b) => a - b).filter(keep)
    .map((number) => card(facts.get(number), standing.get(number), step.position, changed.has(number)));
  byId("cards").replaceChildren(...cards);
  byId("facts-heading").textContent = cards.length === standing.size ? count(standing.size, "fact") : cards.length + " of " + count(standing.size, "fact");
  if (data.facts.length <= 300) byId("overview").replaceChildren(overview(index));
  const told = Object.keys(counts).filter((status) => counts[status] > 0).map((status) => counts[status] + " " + status);
  look(changed);
  byId("summary").textContent = "As of " + where + ": " + (step.type || "event") + (step.by ? " by " + step.by : "") + ". " + count(standing.size, "fact") + (told.length > 0 ? ": " + told.join(", ") : "") + ".";
}

// What this event changed is lit, and stands in sight in the document's own pane.
function look(changed) {
  if (changed.size > 5) return;
  light([...changed].map(String));
  const link = document.querySelector(".text a.lit");
  const pane = byId("documents");
  if (link && pane.scrollHeight > pane.clientHeight) {
    pane.scrollTop += link.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
  }
}

function go(index) {
  slider.value = String(Math.max(0, Math.min(data.steps.length - 1, index)));
  render();
}

function light(numbers) {
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  for (const link of document.querySelectorAll(".text a")) {
    if (link.dataset.facts.split(" ").some((fact) => numbers.includes(fact))) link.classList.add("lit");
  }
  for (const number of numbers) byId("fact-" + number)?.classList.add("lit");
}

function point(event) {
  const link = event.target.closest(".text a");
  const fact = event.target.closest(".fact");
  light(link ? link.dataset.facts.split(" ") : fact ? [fact.id.slice(5)] : []);
}

if (data.steps.length > 0) {
  for (const section of document.querySelectorAll(".needs-script")) section.hidden = false;
  slider.max = String(data.steps.length - 1);
  byId("days").append(...days.map(([, index]) => el("option", { value: index })));
  byId("day").append(...days.map(([day]) => el("option", { value: day }, day)));
  slider.addEventListener("input", render);
  byId("which").addEventListener("change", render);
  byId("back").addEventListener("click", () => go(Number(slider.value) - 1));
  byId("on").addEventListener("click", () => go(Number(slider.value) + 1));
  byId("day").addEventListener("change", () => go(data.steps.findLastIndex((step) => dayOf(step) === byId("day").value)));
  document.addEventListener("mouseover", point);
  document.addEventListener("focusin", point);
  // A link to a fact that is not shown shows all of them first.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#fact-']");
    if (!link) return;
    event.preventDefault();
    if (!byId(link.hash.slice(1))) { byId("which").value = "all"; render(); }
    byId(link.hash.slice(1))?.focus();
  });
  if (data.facts.length > 300) document.querySelector(".overview").hidden = true;
  go(data.steps.length - 1);
}
