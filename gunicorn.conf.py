"""What gunicorn reads from the folder it is started in: what it believes of a request, and how it logs one; and
when a worker looks for memory to give back."""

import gc

# A page makes some thousand objects and lets go of them by itself. At 700, as Python has it, each page is looked
# through several times, which is 3% of it.
COLLECT_AFTER = (20_000, 20, 50)

# gunicorn takes the path and the scheme from headers of whoever is on this machine, and of every Unix socket. A client
# whose headers a proxy passes on could choose where we redirect to. gunicorn believes none of them here. One place
# reads the headers of proxies, of as many proxies as PROXY_COUNT says (cycle_tracker/web_app.py).
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
forwarded_allow_ips = ""
header_map = "drop"
proxy_protocol = "off"
proxy_allow_ips = ""

# Tokens in addresses never stand in a log of requests.
logger_class = "cycle_tracker.web.access_log.AccessLog"


def post_worker_init(_worker: object) -> None:
    """What a worker made as it started lives as long as it does: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
