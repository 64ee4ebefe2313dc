"""Prints the seconds that `gitseal studio` takes: `studio_browser.py GITSEAL ready|paint|filter`, in a repository.

`ready`: until it prints its address. `paint`: the browser's first contentful paint of the matrix, the second time it is
opened. `filter`: from a typed letter to the laid-out rows.
"""

import shutil
import subprocess
import sys
import time

_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
_FILTER = """() => {
  const field = document.querySelector('#filter').elements.name, start = performance.now();
  field.value = '19';
  field.dispatchEvent(new Event('input', {bubbles: true}));
  document.body.offsetHeight;
  return (performance.now() - start) / 1000;
}"""


def main(gitseal: str, what: str) -> None:
    """Measure and print."""
    start = time.perf_counter()
    with subprocess.Popen([gitseal, "studio", "--no-browser"], stdout=subprocess.PIPE, text=True) as child:
        if child.stdout is None:
            raise RuntimeError
        address = child.stdout.readline().strip()
        took = time.perf_counter() - start
        try:
            print(took if what == "ready" else in_browser(address, what))
        finally:
            child.terminate()


def in_browser(address: str, what: str) -> float:
    """The seconds that the browser tells."""
    from playwright.sync_api import sync_playwright  # the command is measured where there is no browser too

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        page = started.new_page()
        page.goto(address)
        page.wait_for_selector("#matrix")
        page.goto(address.partition("/open")[0])
        page.wait_for_timeout(500)
        seconds = float(page.evaluate(_PAINT if what == "paint" else _FILTER))
        started.close()
        return seconds


if __name__ == "__main__":
    main(*sys.argv[1:])
