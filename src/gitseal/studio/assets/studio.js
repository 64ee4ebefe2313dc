"use strict";
(() => {
  const SHOWN_SECONDS = 30, COPIED_SECONDS = 60, LOOK_SECONDS = 3, PROOF_SECONDS = 5;
  const MASK = "••••••••", ENDED = "gitseal studio has ended. Start it again in a terminal: gitseal studio";
  const SILENT = "gitseal studio did not answer in time, so this page is empty now. Start it again in a terminal: gitseal studio";
  const WHY_ASKED = [
    "This clone meets it for the first time, and somebody who must not read your secrets may have slipped it in.",
    "No writes nothing: ask the team, and do it again once somebody you know says that it is right.",
  ];
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const talk = one("#talk");

  // A command stays as it is typed.
  const sentence = (words) => (!words || /^git(seal)? /.test(words) ? words : words[0].toUpperCase() + words.slice(1));
  // Hides the one value that is shown, if one is.
  let hide = () => {};
  // Beside the form that it is about, or at the top.
  const say = (words, hint, form) => {
    let place = talk;
    if (form) {
      place = one(".problem", form) ?? form.appendChild(document.createElement("p"));
      place.className = "problem";
      place.setAttribute("role", "alert");
    }
    place.textContent = hint ? `${sentence(words)}\n${sentence(hint)}` : sentence(words);
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
    return place;
  };

  // Whatever answers on this port from now on may be another program, so the page keeps nothing that it could be sent or shown.
  const lock = (words) => {
    clearTimeout(looking);
    hide();
    document.title = "gitseal studio";
    document.body.replaceChildren(talk);
    say(words);
  };

  const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const proofKey = document.body.dataset.proof;
  document.body.removeAttribute("data-proof");

  // Typing and pointing count as use, which the server cannot see otherwise.
  let isUsed = false;
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, () => { isUsed = true; }, true);

  // True if whoever answers on this port served this page. Anything else on it could ask for values and passphrases.
  const isOurs = async () => {
    const nonce = hex(crypto.getRandomValues(new Uint8Array(16)));
    const raw = new Uint8Array(proofKey.match(/../g).map((digits) => parseInt(digits, 16)));
    const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const expected = hex(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(nonce)));
    const was = isUsed;
    isUsed = false;
    let words = ENDED;
    try {
      // Whoever took the port may just keep silent.
      const signal = AbortSignal.timeout(PROOF_SECONDS * 1000);
      const answer = await fetch(`/alive?nonce=${nonce}${was ? "&used=1" : ""}`, { redirect: "error", signal });
      const told = await answer.json();
      if (told.proof === expected) {
        one("#changed").hidden = !state || told.state === state;
        return true;
      }
    } catch (error) {
      // Nobody answers, or not in our words.
      if (error.name === "TimeoutError") words = SILENT;
    }
    lock(words);
    return false;
  };

  const post = async (address, body, form) => {
    if (!await isOurs()) return null;
    let answer, told;
    try {
      answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), redirect: "error" });
      if (answer.status === 403) {
        lock(await answer.text());
        return null;
      }
      told = await answer.json();
    } catch {
      lock(ENDED);
      return null;
    }
    if (told.error) {
      const place = say(told.error, told.hint, form);
      if (told.changed && body.name) lookAgain(place, body.name, form);
      return null;
    }
    if (told.question) return ask(told.question, form);
    return told;
  };

  // Somebody else changed the name. What was typed stays; what was seen is what is there now, once the person says so.
  const lookAgain = (place, name, form) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "I know; let me do it all the same";
    button.addEventListener("click", async () => {
      if (!await isOurs()) return;
      const answer = await fetch(`/seen?name=${encodeURIComponent(name)}`, { redirect: "error" });
      const seen = answer.ok ? await answer.json() : {};
      for (const field of all("input[name=environments]", form)) field.dataset.seen = seen[field.value] ?? "-";
      place.hidden = true;
    });
    place.append("\n", button);
  };

  // Resolves with what the action gives in the end; with null if somebody says no.
  const ask = (question, form) => new Promise((resolve) => {
    const dialog = one("#question"), field = one("#question-passphrase"), input = one("input", field);
    const lines = question.prompt ? [sentence(question.prompt)] : [...question.questions, ...WHY_ASKED];
    one("#question-words").replaceChildren(...lines.map((words) => {
      const line = document.createElement("p");
      line.textContent = words;
      return line;
    }));
    field.hidden = !question.prompt;
    one("#question-yes").textContent = question.prompt ? "Unlock" : "Believe it";
    one("#question-no").textContent = question.prompt ? "Cancel" : "No";
    const end = (result) => {
      input.value = "";
      dialog.onclose = null;
      dialog.close();
      resolve(result);
    };
    one("form", dialog).onsubmit = (event) => {
      event.preventDefault();
      const body = { id: question.id };
      if (question.prompt) body.passphrase = input.value;
      end(post("/answer", body, form));
    };
    one("#question-no").onclick = () => end(null);
    dialog.onclose = () => end(null);
    dialog.showModal();
    (question.prompt ? input : one("#question-no")).focus();
  });

  const go = (told) => {
    if (told && told.to) location.assign(told.to);
  };

  for (const form of all("form[data-post]")) {
    for (const button of all("button", form)) button.disabled = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      talk.hidden = true;
      for (const problem of all(".problem", form)) problem.remove();
      const body = { seen: {} };
      for (const field of form.elements) {
        if (!field.name) continue;
        if (field.name === "environments") {
          body.environments ??= [];
          if (field.type === "checkbox" && !field.checked) continue;
          body.environments.push(field.value);
          body.seen[field.value] = field.dataset.seen ?? "-";
        } else {
          body[field.name] = field.type === "checkbox" ? field.checked : field.value;
          if (field.name === "value" && form.untouched?.shown === field.value) body.value = form.untouched.value;
        }
      }
      const button = event.submitter ?? one("button", form);
      button.disabled = true;
      go(await post(form.dataset.post, body, form));
      button.disabled = false;
    });
  }

  // The browser would ask for the page with what was typed in its address, whoever answers by now.
  for (const form of all("form[data-get]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await isOurs()) form.submit();
    });
  }

  const drop = one("form[data-drop]");
  if (drop) {
    drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", async (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      const file = event.dataTransfer.files[0];
      if (!file) return;
      const ending = file.name.toLowerCase().split(".").pop();
      drop.elements.format.value = { json: "json", yaml: "yaml", yml: "yaml" }[ending] ?? "dotenv";
      drop.elements.text.value = await file.text();
    });
  }

  // A file that is dropped beside the form would be opened by the browser, in the clear, and stand in its history.
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => {
      const isText = event.target.matches?.("input, textarea") && !event.dataTransfer.types.includes("Files");
      if (event.defaultPrevented || isText) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "none";
    });
  }

  // Without reading it, which the browser would ask about: what was copied since then goes too. The time is kept from page to page.
  const clearLater = () => {
    const due = Number(sessionStorage.getItem("clear"));
    if (!due) return;
    setTimeout(() => {
      navigator.clipboard.writeText("").then(() => sessionStorage.removeItem("clear")).catch(() => addEventListener("focus", clearLater, { once: true }));
    }, Math.max(0, due - Date.now()));
  };
  clearLater();

  // Values: shown one at a time, and hidden again.
  let presses = 0;
  const revealed = async (holder, purpose) => {
    const { environment, name } = holder.dataset;
    let told = await post("/reveal", { environment, name, purpose });
    // A passphrase was given meanwhile: the value itself is asked for once more.
    if (told && !("value" in told)) {
      told = await post("/reveal", { environment, name, purpose });
      if (told) one('form[data-post="/unlock"]')?.remove();
    }
    return told && "value" in told ? told : null;
  };
  // What somebody types stays, unseen until they go on in it. What Edit took into the form and nobody touched goes.
  const secret = all("textarea[name=value], textarea[name=text]"), set = one("#set");
  let veiling;
  const veil = () => {
    clearTimeout(veiling);
    const field = set?.elements.value;
    if (set?.untouched && set.untouched.shown === field.value) {
      field.value = "";
      field.placeholder = "Hidden again. Edit takes it once more.";
      set.elements.empty.checked = false;
    }
    if (set) set.untouched = null;
    for (const one of secret) one.classList.add("veiled");
  };
  const unveil = (field) => {
    field.classList.remove("veiled");
    clearTimeout(veiling);
    veiling = setTimeout(veil, SHOWN_SECONDS * 1000);
  };
  for (const field of secret) {
    for (const kind of ["focus", "keydown", "input", "pointerdown"]) field.addEventListener(kind, () => unveil(field));
  }
  for (const holder of all(".value")) {
    const shown = one(".shown", holder), encoding = one(".encoding", holder), button = one("[data-reveal]", holder);
    button.addEventListener("click", async () => {
      const was = button.textContent;
      hide();
      if (was === "Hide") return;
      const press = ++presses;
      const told = await revealed(holder, "show");
      if (!told || document.hidden || press !== presses) return;
      shown.textContent = told.value;
      encoding.textContent = told.value === "" ? `(empty: ${told.type})` : told.base64 ? "(bytes, in base64)" : "";
      button.textContent = "Hide";
      const timer = setTimeout(() => hide(), SHOWN_SECONDS * 1000);
      hide = () => {
        clearTimeout(timer);
        shown.textContent = MASK;
        encoding.textContent = "";
        button.textContent = "Show";
        hide = () => {};
      };
    });
    one("[data-edit]", holder)?.addEventListener("click", async () => {
      hide();
      const press = ++presses;
      const told = await revealed(holder, "edit"), form = one("#set");
      if (!told || document.hidden || press !== presses) return;
      form.elements.value.value = told.value;
      // A text field knows no CR: what was not touched goes back as it came.
      form.untouched = { shown: form.elements.value.value, value: told.value };
      form.elements.type.value = told.type;
      form.elements.empty.checked = told.value === "";
      for (const field of all("input[name=environments]", form)) field.checked = field.value === holder.dataset.environment;
      form.elements.value.focus();
      unveil(form.elements.value);
      hide = () => {
        hide = () => {};
        veil();
      };
    });
    one("[data-copy]", holder).addEventListener("click", async (event) => {
      const told = await revealed(holder, "copy");
      if (!told) return;
      await navigator.clipboard.writeText(told.value);
      const copy = event.target;
      copy.textContent = told.base64 ? "Copied in base64" : "Copied";
      setTimeout(() => { copy.textContent = "Copy"; }, 2000);
      sessionStorage.setItem("clear", String(Date.now() + COPIED_SECONDS * 1000));
      clearLater();
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return;
    hide();
    veil();
    document.activeElement?.blur();
  });
  // The browser may keep the page as it is for its back button.
  addEventListener("pagehide", () => {
    hide();
    for (const field of all("textarea, input[type=password]")) field.value = "";
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  const state = document.body.dataset.state;
  // One look after the other: a slow answer is waited for once.
  let looking;
  const look = async () => {
    if (await isOurs()) looking = setTimeout(look, LOOK_SECONDS * 1000);
  };
  looking = setTimeout(look, LOOK_SECONDS * 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) isOurs(); });
  const isTyped = () => all("form[data-post] :is(textarea, input:not([type=hidden], [type=checkbox]))")
    .some((field) => field.value !== field.defaultValue && !(field.name === "value" && field.form.untouched?.shown === field.value));
  // A page that somebody else serves by now could look like ours.
  for (const link of all("a[href]")) {
    link.addEventListener("click", async (event) => {
      if (link.getAttribute("href").startsWith("#") || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (isTyped() && !confirm("What you typed here is not set yet. Leave it behind?")) return;
      if (await isOurs()) location.assign(link.href);
    });
  }

  // The matrix.
  const filter = one("#filter");
  if (filter) {
    const rows = all("#matrix tbody tr[data-name]").map((row) => ({ row, name: row.dataset.name.toLowerCase(), cells: all("td", row) }));
    const heads = all("#matrix thead th[data-environment]");
    const apply = () => {
      const name = filter.elements.name.value.toLowerCase(), state = filter.elements.state.value;
      const owner = filter.elements.owner?.value ?? "", service = filter.elements.service?.value ?? "";
      const at = heads.findIndex((head) => head.dataset.environment === filter.elements.environment.value);
      heads.forEach((head, index) => { head.hidden = at >= 0 && index !== at; });
      let count = 0;
      for (const { row, name: own, cells } of rows) {
        cells.forEach((cell, index) => { if (cell.hidden !== (at >= 0 && index !== at)) cell.hidden = at >= 0 && index !== at; });
        const there = at >= 0 ? [cells[at]] : cells;
        const fits = own.includes(name) && (!owner || row.dataset.owner === owner)
          && (!service || row.dataset.services.split(" ").includes(service))
          && (!state || there.some((cell) => cell.dataset.state === state));
        if (row.hidden === fits) row.hidden = !fits;
        count += fits;
      }
      for (const head of all("#matrix tr.section")) head.hidden = !all("tr[data-name]", head.parentElement).some((row) => !row.hidden);
      one("#matrix").classList.toggle("filtering", Boolean(name || owner || service || state));
      one("#count").textContent = count === 1 ? "1 name" : `${count} names`;
      one("#none").hidden = count > 0;
      // So that the way back from a name leads to the same rows.
      const kept = new URLSearchParams([...new FormData(filter)].filter(([, value]) => value)).toString();
      history.replaceState(null, "", kept ? `#${kept}` : location.pathname);
    };
    for (const [field, value] of new URLSearchParams(location.hash.slice(1))) {
      if (filter.elements[field]) filter.elements[field].value = value;
    }
    if (location.hash.length > 1) apply();
    filter.addEventListener("input", apply);
    filter.addEventListener("submit", (event) => event.preventDefault());
    for (const button of all("tr.section button")) {
      button.addEventListener("click", () => {
        const folded = button.closest("tbody").classList.toggle("folded");
        button.setAttribute("aria-expanded", String(!folded));
      });
    }
  }
})();
