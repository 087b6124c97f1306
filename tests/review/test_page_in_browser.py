"""The page of a review in a real browser: it runs alone, explains itself, and takes no name for more."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile import HOSTILE, hostile
from reviewed import changed, located, mesh, scene

from meshgen.review.page import render, render_reach

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

PICTURE = Path(__file__).parents[2] / "docs/images/review-page.png"
LARGEST_PICTURE = 150_000

Opened = Callable[..., Any]

CONTRAST = Path(__file__).with_name("contrast.js").read_text("utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Whichever Chromium there is."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("no chromium, chromium-browser or google-chrome is on PATH")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=found)
        yield running
        running.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Opened]:
    """Opens a page as a file, without a network; in the end nothing may have gone wrong."""
    seen: list[str] = []
    context: list[Any] = []

    def open_page(content: str, scheme: str = "light", size: tuple[int, int] = (1200, 900)) -> Any:
        file = tmp_path / "review.html"
        file.write_text(content, encoding="utf-8")
        context.append(
            browser.new_context(
                color_scheme=scheme, viewport={"width": size[0], "height": size[1]}, offline=True
            )
        )
        page = context[-1].new_page()
        page.on("console", lambda message: seen.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: seen.append(f"uncaught: {error}"))
        page.on("dialog", lambda dialog: seen.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: seen.append(request.url))
        page.add_init_script("window.boom = () => { window.boomed = true; }")
        page.goto(file.as_uri())
        assert seen == [file.as_uri()]
        return page

    yield open_page
    assert len(seen) == len(context), seen
    assert not any(page.evaluate("window.boomed") for each in context for page in each.pages)
    for each in context:
        each.close()


@pytest.fixture(scope="module")
def review_page() -> str:
    return render(located(mesh(), changed(), "world"))


def test_a_click_explains_a_cell(opened: Opened, review_page: str) -> None:
    page = opened(review_page)
    assert not page.locator("#panel").is_visible()
    page.get_by_label("web@cluster1 to db@cluster2: opened").click()
    told = page.locator("#panel").inner_text()
    edges = (
        "[...document.querySelectorAll('#grid td.opened, #panel')].map((one) => one.getBoundingClientRect())"
    )
    assert page.evaluate(f"(() => {{ const all = {edges}; return all[1].bottom <= all.at(-1).top; }})()")
    assert "web@cluster1 → db@cluster2: opened" in told
    assert "Before: none. After: 5432/TCP." in told
    assert "Decided at 5432/TCP" in told
    assert "denied: closed, and no rule allows it" in told
    assert "allowed: by a rule" in told
    assert "data/web-db-ingress in cluster2 (mesh.yaml:" in told


def test_the_keyboard_is_enough(opened: Opened, review_page: str) -> None:
    page = opened(review_page)
    focused = "document.activeElement.getAttribute('aria-label')"
    page.locator("#only-changed").focus()
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "api@cluster1 to api@cluster1: denied, unchanged"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "web@cluster1 to db@cluster2: opened"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.locator("#panel").is_visible()
    assert page.evaluate("document.activeElement.id") == "panel"
    page.keyboard.press("Escape")
    assert not page.locator("#panel").is_visible()
    assert page.evaluate(focused) == "web@cluster1 to db@cluster2: opened"
    for key, there in (
        ("Home", "web@cluster1 to api@cluster1: widened"),
        ("Control+End", "web@cluster2 to cidr:203.0.113.0/24: denied, unchanged"),
        ("ArrowRight", "web@cluster2 to cidr:203.0.113.0/24: denied, unchanged"),
        ("PageUp", "api@cluster1 to cidr:203.0.113.0/24: denied, unchanged"),
    ):
        page.keyboard.press(key)
        assert page.evaluate(focused) == there
    assert page.locator("#grid td[tabindex='0']").count() == 1


def test_rows_and_columns_can_be_chosen(opened: Opened, review_page: str) -> None:
    page = opened(review_page)
    shown = page.locator("#shown")
    every = int(shown.inner_text().split()[2])
    assert every > 20
    assert shown.inner_text() == f"4 of {every} rows, 4 of {every} columns"
    page.locator("#only-changed").uncheck()
    assert shown.inner_text() == f"{every} of {every} rows, {every} of {every} columns"
    page.get_by_label("From", exact=True).fill("cluster1 web")
    page.get_by_label("To", exact=True).fill("db@")
    assert shown.inner_text() == f"1 of {every} rows, 1 of {every} columns"
    assert page.locator("#grid tbody th").all_inner_texts() == ["cluster1 / shop", "web@cluster1"]
    page.get_by_label("To", exact=True).fill("nobody")
    assert page.locator("#grid td:not(.fill)").count() == 0


def test_a_cell_leads_to_its_row(opened: Opened, review_page: str) -> None:
    page = opened(review_page)
    row = page.locator("#row-2")
    assert not row.locator("table").is_visible()
    page.get_by_label("web@cluster1 to db@cluster2: opened").click()
    page.locator("#panel a", has_text="row 2").click()
    assert row.locator("table").is_visible()
    assert "db@cluster2" in row.inner_text()


def test_who_reaches_whom_has_one_side(opened: Opened) -> None:
    made, places = scene(mesh())
    analysis = made.analysis()
    everyone = analysis.universe.everyone
    page = opened(render_reach(made, analysis, everyone, everyone, places))
    page.get_by_label("web@cluster1 to api@cluster1: allowed").click()
    told = page.locator("#panel").inner_text()
    assert "Allowed: 8080/TCP." in told
    assert "now" in told
    assert "before" not in told


def test_no_name_is_more_than_text(opened: Opened) -> None:
    page = opened(render(hostile()))
    told = page.locator("body").inner_text()
    for text in HOSTILE:
        visible = "".join(char for char in text if char.isprintable())[:20]
        assert visible in told
    page.locator("#only-changed").uncheck()
    for cell in page.locator("#grid td:not(.fill)").all()[:40]:
        cell.dispatch_event("click")
        assert page.locator("#panel h3").count() == 1
    for details in page.locator("details").all():
        details.evaluate("each => { each.open = true; }")
    assert (
        page.locator("img, iframe, object, embed, script[src], link, [onerror], [onmouseover]").count() == 0
    )
    assert page.locator("script").count() == 2
    assert set(page.locator("a").evaluate_all("all => all.map((one) => one.protocol)")) == {"file:"}


def test_nothing_but_its_own_script_may_run(browser: Any, tmp_path: Path, review_page: str) -> None:
    file = tmp_path / "review.html"
    file.write_text(review_page, encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    finished: list[str] = []
    failed: list[str] = []
    page.on("requestfinished", lambda request: finished.append(request.url))
    page.on("requestfailed", lambda request: failed.append(request.failure))
    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.boomed = true";
          const image = document.createElement("img");
          image.src = "https://example.com/x.png";
          image.setAttribute("onerror", "window.boomed = true");
          document.body.append(script, image);
        }"""
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.boomed") is None
    assert not finished
    assert failed == ["csp"]
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_stand_out(opened: Opened, review_page: str, scheme: str) -> None:
    page = opened(review_page, scheme)
    page.locator("#only-changed").uncheck()
    page.get_by_label("web@cluster1 to db@cluster2: opened").click()
    for details in page.locator("details").all():
        details.evaluate("each => { each.open = true; }")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark is (scheme == "dark")
    poor = page.evaluate(CONTRAST)
    assert poor == []


def test_a_screen_reader_finds_its_way(opened: Opened, review_page: str) -> None:
    page = opened(review_page)
    page.get_by_label("web@cluster1 to db@cluster2: opened").click()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title() == "Mesh review: shop"
    assert page.locator("h1").count() == 1
    assert page.locator("th:not([scope])").count() == 0
    unnamed = "all => all.filter((one) => !one.labels || !one.labels.length).map((one) => one.outerHTML)"
    assert page.locator("input").evaluate_all(unnamed) == []
    ids = page.locator("[id]").evaluate_all("all => all.map((one) => one.id)")
    assert len(ids) == len(set(ids))
    for attribute in ("aria-labelledby", "aria-describedby"):
        named = page.locator(f"[{attribute}]").evaluate_all(
            f"all => all.map((one) => one.getAttribute('{attribute}'))"
        )
        assert set(named) <= set(ids)
    assert page.get_by_role("grid", name="Matrix: from the rows to the columns").count() == 1
    assert page.get_by_role("gridcell", name="web@cluster1 to db@cluster2: opened").count() == 1
    assert page.get_by_role("rowheader", name="web@cluster1").count() >= 1


def test_the_documentation_shows_it(opened: Opened, review_page: str, update_golden: bool) -> None:  # noqa: FBT001
    """A picture is made anew with --update-golden only, since every browser draws letters its own way."""
    if update_golden:
        page = opened(review_page, size=(960, 960))
        page.locator("#only-changed").uncheck()
        page.get_by_label("From", exact=True).fill("shop")
        page.get_by_label("To", exact=True).fill("@cluster")
        page.get_by_label("web@cluster1 to db@cluster2: opened").click()
        page.locator("#matrix").evaluate("each => each.scrollIntoView()")
        PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=PICTURE)
    assert PICTURE.stat().st_size < LARGEST_PICTURE
