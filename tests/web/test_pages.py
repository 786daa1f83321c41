"""The built pages, read as files: links, hosts, structure."""

import json
import re
import zipfile
from functools import cache
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from bs4 import BeautifulSoup
from PIL import Image
from site_pages import ROOT, SITE, pages

LOADS = {
    "script": "src", "img": "src", "iframe": "src", "source": "src",
    "audio": "src", "video": "src", "embed": "src", "object": "data",
}  # fmt: skip
LOADING_LINKS = {"stylesheet", "preload", "icon", "modulepreload", "prefetch"}

each_page = pytest.mark.parametrize("page", pages())


@cache
def soup(page):
    return BeautifulSoup((SITE / page).read_text("utf-8"), "html.parser")


@cache
def anchors(path):
    tags = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    return {t["id"] for t in tags.select("[id]")} | {
        t["name"] for t in tags.select("a[name]")
    }


def test_there_are_pages(site):
    assert len(pages()) >= 13


def elsewhere(url):
    return bool(urlsplit(url).netloc)


@each_page
def test_asks_no_other_host(page):
    for tag in soup(page).find_all(LOADS):
        assert not elsewhere(tag.get(LOADS[tag.name], "")), tag
    for link in soup(page).select("link[href]"):
        if LOADING_LINKS & set(link.get("rel", [])):
            assert not elsewhere(link["href"]), link


def test_styles_ask_no_other_host(site):
    for path in site.rglob("*.css"):
        for url in re.findall(r"url\(([^)]+)\)", path.read_text("utf-8")):
            assert not elsewhere(url.strip("'\" ")), f"{path.name}: {url}"


@each_page
def test_links_lead_somewhere(page):
    here = SITE / page
    for tag in soup(page).select("a[href], img[src], script[src], link"):
        url = tag.get("href") or tag.get("src") or ""
        if not url or urlsplit(url).scheme or elsewhere(url):
            continue
        path, fragment = urldefrag(url)
        path = unquote(urlsplit(path).path)
        target = (here.parent / path).resolve() if path else here
        if target.is_dir():
            target /= "index.html"
        assert target.exists(), f"{url}: no such file"
        if fragment and target.suffix == ".html":
            assert unquote(fragment) in anchors(target), f"{url}: no anchor"


@each_page
def test_ids_are_unique(page):
    ids = [tag["id"] for tag in soup(page).select("[id]")]
    twice = {i for i in ids if ids.count(i) > 1}
    assert not twice


@each_page
def test_headings_are_in_order(page):
    article = soup(page).select_one("article")
    levels = [
        int(tag.name[1]) for tag in article.find_all(re.compile("^h[1-6]$"))
    ]
    assert levels[0] == 1 and levels.count(1) == 1
    for before, after in zip(levels, levels[1:]):
        assert after <= before + 1


@each_page
def test_says_what_it_is(page):
    head = soup(page).head
    assert head.title.text.strip()
    assert head.select_one('meta[name="description"]')["content"].strip()
    address = head.select_one('link[rel="canonical"]')["href"]
    assert address.endswith("/" + page)
    assert head.select_one('meta[property="og:url"]')["content"] == address
    assert head.select_one('meta[name="twitter:card"]')["content"] == (
        "summary_large_image"
    )
    assert f"<loc>{address}</loc>" in (SITE / "sitemap.xml").read_text()
    assert soup(page).html["lang"] == "en"


@each_page
def test_social_card_is_a_picture_of_its_size(page):
    head = soup(page).head
    home = head.select_one('link[rel="canonical"]')["href"][: -len(page)]
    card = head.select_one('meta[property="og:image"]')["content"]
    assert card.startswith(home)
    with Image.open(SITE / card.removeprefix(home)) as picture:
        assert picture.format == "PNG"
        assert picture.size == (1200, 630)
    for name, size in (("width", "1200"), ("height", "630")):
        meta = head.select_one(f'meta[property="og:image:{name}"]')
        assert meta["content"] == size


@each_page
def test_pictures_have_alt_texts(page):
    for picture in soup(page).select("article img"):
        assert picture.get("alt"), str(picture)[:120]


@each_page
def test_formulas_are_set(page):
    article = soup(page).select_one("article")
    for formula in article.select(".math"):
        assert formula.select_one("math"), str(formula)[:120]
    assert not article.select(".temml-error, merror")


@each_page
def test_nothing_is_left_raw(page):
    """Markdown and directives that were not understood show as text."""
    article = BeautifulSoup(
        str(soup(page).select_one("article")), "html.parser"
    )
    for tag in article.select("pre, code, math, script"):
        tag.decompose()
    text = article.get_text(" ")
    for raw in (":::", "{prf:", "{eq}", "{cite}", "{numref}", "$$", "**"):
        assert raw not in text, text[text.index(raw) - 40 :][:80]


@each_page
def test_stored_frames_are_complete(page):
    for figure in soup(page).select("figure.explore"):
        controls = json.loads(figure["data-controls"])
        frames = json.loads(figure.script.string)
        start = ",".join(str(c["start"]) for c in controls)
        assert frames[start]["png"] in figure.img["src"]
        for which, control in enumerate(controls):
            for place in range(len(control["values"])):
                places = [c["start"] for c in controls]
                places[which] = place
                assert ",".join(map(str, places)) in frames


def test_search_and_sitemap_are_there(site):
    for name in (
        "search.html",
        "searchindex.js",
        "sitemap.xml",
        ".nojekyll",
    ):
        assert (site / name).exists(), name


def test_licenses_are_named_with_their_texts(site):
    text = (site / "_static/licenses.txt").read_text("utf-8-sig")
    rule = "\n" + "=" * 78 + "\n"
    head, *rest = text.split(rule)
    assert "Pyodide" in head and "MPL-2.0" in head
    assert "https://github.com/pyodide/pyodide" in head
    texts = {
        title.split(" ")[0]: text
        for titles, text in zip(rest[::2], rest[1::2])
        for title in titles.splitlines()
    }
    expected = {
        "@fontsource/stix-two-math": "SIL OPEN FONT LICENSE",
        "@fontsource-variable/source-serif-4": "SIL OPEN FONT LICENSE",
        "bootstrap": "The Bootstrap Authors",
        "temml": "Permission is hereby granted",
        "sphinx-book-theme": "Redistributions in binary form",
    }
    if (site / "_static/live").exists():
        expected |= {
            "@codemirror/view": "Permission is hereby granted",
            "@jupyterlab/outputarea": "Project Jupyter Contributors",
            "@lumino/widgets": "PhosphorJS Contributors",
            "@jupyter-widgets/base": "Redistributions in binary form",
        }
    for wheel in site.glob("pyodide/*.whl"):
        inside = zipfile.ZipFile(wheel).namelist()
        own = [name for name in inside if ".dist-info/" in name]
        if not any(re.search("licen[cs]e|copying", n, re.I) for n in own):
            expected[wheel.name.split("-")[0]] = "copyright"
    for name, words in expected.items():
        assert words.lower() in texts[name].lower(), name
    assert all(len(text) > 500 for text in texts.values())
    assert not list(site.glob("_static/**/*.LEGAL.txt"))


@each_page
def test_page_links_the_licenses(page):
    [link] = soup(page).select("footer a[href$='licenses.txt']")
    target = (SITE / page).parent / link["href"]
    assert target.resolve() == SITE.resolve() / "_static/licenses.txt"


def test_chapters_link_to_their_neighbors_and_their_source():
    for page in pages():
        if "/appendix/" in page or page.endswith("index.html"):
            continue
        text = str(soup(page))
        notebook = (ROOT / page).with_suffix(".ipynb")
        if notebook.exists():  # a page of words alone has nothing to launch
            assert "mybinder.org" in text and ".ipynb" in text, page
        assert soup(page).select_one(".prev-next-area a"), page
        assert "/edit/" in text, page
