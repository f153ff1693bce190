"""Lets a client's document show before its scripts begin to come: the first view needs none of them (figure 1)."""

import re

_MODULE = re.compile(
    r'<script type="module" async="">import "(?P<manifest>[^"]+)";(?P<routes>(?:\s*import \* as \w+ from "[^"]+";)+)'
    r"\s*window\.__reactRouterRouteModules = (?P<modules>\{[^}]*\});\s*import\(\"(?P<entry>[^\"]+)\"\);?</script>"
)
_ROUTE = re.compile(r'import \* as (\w+) from "([^"]+)"')
_EARLY = re.compile(r'<link rel="modulepreload" href="[^"]+"[^>]*/>')
_AT_ONCE = 5
"""Addresses asked for before a cheap phone's only thread is free again."""
_AT_LATEST = 600
"""Milliseconds until the scripts come though the browser tells of no paint: in a tab that nobody sees yet."""


def after_paint(html: str) -> str:
    """The document with its scripts asked for, all at once, when something has been painted.

    Their addresses lie in a `template` before the end of the body, where no browser fetches ahead and React looks
    for nothing. Raises ValueError when React Router writes its document another way.
    """
    found = _MODULE.search(html)
    links = "".join(_EARLY.findall(html))
    if not found or not links:
        raise ValueError("The document starts its modules another way: read React Router's template again.")
    names, sources = zip(*_ROUTE.findall(found["routes"]), strict=True)
    modules = ",".join(f'import("{source}")' for source in (found["manifest"], *sources))
    begin = (
        '<script type="module">let gone=0;const go=async()=>{if(gone++)return;'
        'const links=[...document.getElementById("early").content.cloneNode(true).children];'
        f"while(links.length){{document.head.append(...links.splice(0,{_AT_ONCE}));await new Promise(free=>setTimeout(free))}}"
        f"const [,{','.join(names)}]=await Promise.all([{modules}]);"
        f'window.__reactRouterRouteModules={found["modules"]};import("{found["entry"]}")}};'
        'new PerformanceObserver(go).observe({type:"paint",buffered:true});'
        f"setTimeout(go,{_AT_LATEST})</script>"
    )
    html = _EARLY.sub("", html.replace(found[0], begin, 1))
    head, end, tail = html.rpartition("</body>")
    return f'{head}<template id="early">{links}</template>{end}{tail}'
