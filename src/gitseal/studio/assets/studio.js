"use strict";
(() => {
  const SHOWN_SECONDS = 30, COPIED_SECONDS = 60, LOOK_SECONDS = 3;
  const MASK = "••••••••";
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const talk = one("#talk");

  const say = (words, hint) => {
    talk.textContent = hint ? `${words}. ${hint}` : words;
    talk.hidden = false;
    talk.scrollIntoView({ block: "nearest" });
  };

  // Whatever answers on this port from now on may be another program, so the page keeps nothing that it could be sent or shown.
  const lock = (words) => {
    clearInterval(looking);
    document.body.classList.add("locked");
    one("main").replaceChildren();
    one("nav").replaceChildren();
    for (const dialog of all("dialog")) dialog.remove();
    say(words);
  };

  const post = async (address, body) => {
    let answer;
    try {
      answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), redirect: "error" });
    } catch {
      lock("gitseal studio has ended. Start it again in a terminal: gitseal studio");
      return null;
    }
    if (answer.status === 403) {
      lock(await answer.text());
      return null;
    }
    const told = await answer.json();
    if (told.error) {
      say(told.error, told.hint);
      return null;
    }
    if (told.question) return ask(told.question);
    return told;
  };

  // Resolves with what the action gives in the end; with null if somebody says no.
  const ask = (question) => new Promise((resolve) => {
    const dialog = one("#question"), field = one("#question-passphrase"), input = one("input", field);
    one("#question-words").replaceChildren(...(question.prompt ? [question.prompt] : question.questions).map((words) => {
      const line = document.createElement("p");
      line.textContent = words;
      return line;
    }));
    field.hidden = !question.prompt;
    one("#question-yes").textContent = question.prompt ? "Unlock" : "Believe it";
    one("#question-no").textContent = question.prompt ? "Leave it" : "No";
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
      end(post("/answer", body));
    };
    one("#question-no").onclick = () => end(null);
    dialog.onclose = () => end(null);
    dialog.showModal();
  });

  const go = (told) => {
    if (told && told.to) location.assign(told.to);
  };

  for (const form of all("form[data-post]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      talk.hidden = true;
      const body = { seen: {} };
      for (const field of form.elements) {
        if (!field.name) continue;
        if (field.name === "environments") {
          body.environments ??= [];
          if (!field.checked) continue;
          body.environments.push(field.value);
          body.seen[field.value] = field.dataset.seen ?? "-";
        } else {
          body[field.name] = field.type === "checkbox" ? field.checked : field.value;
        }
      }
      const button = one("button", form);
      button.disabled = true;
      go(await post(form.dataset.post, body));
      button.disabled = false;
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
      if (file) one("textarea", drop).value = await file.text();
    });
  }

  // Values: shown one at a time, and hidden again.
  let hide = () => {};
  const revealed = async (holder, purpose) => {
    const { environment, name } = holder.dataset;
    let told = await post("/reveal", { environment, name, purpose });
    // A passphrase was given meanwhile: the value itself is asked for once more.
    if (told && !("value" in told)) told = await post("/reveal", { environment, name, purpose });
    return told && "value" in told ? told : null;
  };
  for (const holder of all(".value")) {
    const shown = one(".shown", holder), button = one("[data-reveal]", holder);
    button.addEventListener("click", async () => {
      const was = button.textContent;
      hide();
      if (was === "Hide") return;
      const told = await revealed(holder, "show");
      if (!told || document.hidden) return;
      shown.textContent = told.value;
      button.textContent = "Hide";
      const timer = setTimeout(() => hide(), SHOWN_SECONDS * 1000);
      hide = () => {
        clearTimeout(timer);
        shown.textContent = MASK;
        button.textContent = "Show";
        hide = () => {};
      };
    });
    one("[data-edit]", holder).addEventListener("click", async () => {
      const told = await revealed(holder, "edit"), form = one("#set");
      if (!told || document.hidden) return;
      form.elements.value.value = told.value;
      form.elements.type.value = told.type;
      for (const field of all("input[name=environments]", form)) field.checked = field.value === holder.dataset.environment;
      form.elements.value.focus();
    });
    one("[data-copy]", holder).addEventListener("click", async (event) => {
      const told = await revealed(holder, "copy");
      if (!told) return;
      await navigator.clipboard.writeText(told.value);
      const copy = event.target;
      copy.textContent = "Copied";
      setTimeout(() => { copy.textContent = "Copy"; }, 2000);
      // Without reading it, which the browser would ask about: what was copied since then goes too.
      setTimeout(() => { navigator.clipboard.writeText("").catch(() => {}); }, COPIED_SECONDS * 1000);
    });
  }
  document.addEventListener("visibilitychange", () => { if (document.hidden) hide(); });
  // The browser may keep the page as it is for its back button.
  addEventListener("pagehide", () => {
    hide();
    for (const field of all("textarea, input[type=password]")) field.value = "";
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  const state = document.body.dataset.state;
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch("/alive", { redirect: "error" });
      if (!answer.ok) throw new Error();
      const told = await answer.json();
      one("#changed").hidden = told.state === state;
    } catch {
      lock("gitseal studio has ended. Start it again in a terminal: gitseal studio");
    }
  };
  const looking = setInterval(look, LOOK_SECONDS * 1000);

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
      one("#count").textContent = `${count} names`;
    };
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
